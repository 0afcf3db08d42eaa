import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { EventOf } from '../../src/journal/events.ts';
import { readJournal } from '../../src/journal/journal.ts';
import { scratch } from '../drill/files.ts';
import { drDrill, newFolder } from './command.ts';
import { askingDrill, liveAccount } from './live-account.ts';
import { hasPseudoTerminal, onTerminal } from './pseudo-terminal.ts';

const folder = scratch();
const ASKED = { question: 'May it begin?', roles: ['incident commander', 'team lead'], each: '20 s' };

/** What a person types, each as soon as the screen asks for it. */
type Script = readonly (readonly [asked: string, keys: string])[];

function following(script: Script) {
  const left = [...script];
  let seen = 0;
  return (screen: string, type: (keys: string) => void) => {
    for (const [asked, keys] of [...left]) {
      const at = screen.indexOf(asked, seen);
      if (at < 0) return;
      seen = at + asked.length;
      left.shift();
      type(keys);
    }
  };
}

async function asked(people: object, script: Script, options: string[] = []) {
  const { env } = await liveAccount();
  const runs = newFolder();
  const drill = folder.write('asking.yaml', askingDrill({ ...ASKED, ...people }));
  const args = ['run', drill, '--live', '--confirm', 'asking', '--runs', runs, ...options];
  const { exitCode, screen } = await onTerminal(args, { env, types: following(script) });
  const [run = ''] = readdirSync(runs);
  const { entries } = readJournal(join(runs, run, 'journal.jsonl'));
  const of = <T extends 'answered' | 'run-ended' | 'abort-requested'>(type: T) =>
    entries.filter((entry): entry is EventOf<T> => entry.type === type);
  return { exitCode, screen, of };
}

describe.skipIf(!hasPseudoTerminal)('at the terminal of a live run that asks', () => {
  test.each([{ options: [] }, { options: ['--quiet'] }])(
    'a person answers, mistakes and all ($options)',
    async ({ options }) => {
      const { of } = await asked(
        {},
        [
          ['Your name: ', '\r'],
          ['A name is needed.', 'Mei-Ling Chem\u007fn\r'],
          ['Your role, if not incident commander: ', 'boss\r'],
          ['One of incident commander, team lead.', 'team lead\r'],
          ['Approve, yes or no: ', 'y\r'],
          ['Please type it.', 'yes\r'],
        ],
        options,
      );
      expect(of('answered')).toMatchObject([
        { by: 'Mei-Ling Chen', role: 'team lead', approves: true, through: 'terminal' },
      ]);
      expect(of('run-ended')).toMatchObject([{ reason: expect.not.stringContaining('approve') }]);
    },
  );

  test('two people answer one after another, who are not the same', async () => {
    const { of } = await asked({ people: 2 }, [
      ['Your name: ', 'Mei-Ling Chen\r'],
      ['Your role, if not incident commander: ', '\r'],
      ['Approve, yes or no: ', 'yes\r'],
      ['Mei-Ling Chen approves', ''],
      ['Your name: ', 'Mei-Ling Chen\r'],
      ['Mei-Ling Chen has approved already.', 'Tarō Yamada\r'],
      ['Your role, if not team lead: ', '\r'],
      ['Approve, yes or no: ', 'no\r'],
      ['Why not, for the record: ', 'it is back\r'],
    ]);
    expect(of('answered')).toMatchObject([
      { by: 'Mei-Ling Chen', role: 'incident commander', approves: true },
      { by: 'Tarō Yamada', role: 'team lead', approves: false, reason: 'it is back' },
    ]);
    expect(of('run-ended')).toMatchObject([{ reason: 'agree: Tarō Yamada refused: it is back.' }]);
  });

  test('Ctrl-C aborts, in the middle of a name', async () => {
    const { exitCode, of, screen } = await asked({}, [
      ['Your name: ', 'Mei'],
      ['Mei▏', '\u0003'],
    ]);
    expect([exitCode, screen]).toEqual([4, expect.stringContaining('Aborting')]);
    expect(of('abort-requested')).toMatchObject([{ reason: 'interrupted by SIGINT' }]);
    expect(of('answered')).toEqual([]);
  });

  test('an answer from elsewhere takes the question off the screen', async () => {
    const approving: Promise<unknown>[] = [];
    const { env } = await liveAccount();
    const runs = newFolder();
    const drill = folder.write('asking.yaml', askingDrill(ASKED));
    const args = ['run', drill, '--live', '--confirm', 'asking', '--runs', runs];
    const { screen } = await onTerminal(args, {
      env,
      types(seen) {
        if (approving.length > 0 || !seen.includes('Your name: ')) return;
        const run = join(runs, readdirSync(runs)[0] ?? '');
        approving.push(drDrill(['approve', run, '--by', 'Tarō Yamada', '--role', 'team lead']));
      },
    });
    expect(await Promise.all(approving)).toMatchObject([{ exitCode: 0, out: 'May it begin? Tarō Yamada approves.\n' }]);
    expect(screen.slice(screen.indexOf('Tarō Yamada approves'))).not.toContain('Your name: ');
  });

  test('the items of a checklist are answered one by one, here and from elsewhere, a no with its reason', async () => {
    const elsewhere: Promise<unknown>[] = [];
    const { env } = await liveAccount();
    const runs = newFolder();
    const items = ['Who declares it?', 'Who tells customers?'].map((item) => ({ item, role: 'incident commander' }));
    const drill = folder.write('asking.yaml', askingDrill({ items, each: '20 s' }, 'people.checklist'));
    const here = following([
      ['Your name: ', 'Mei-Ling Chen\r'],
      ['Your role, if not incident commander: ', '\r'],
      ['Yes or no: ', 'yes\r'],
    ]);
    const { exitCode } = await onTerminal(['run', drill, '--live', '--confirm', 'asking', '--runs', runs], {
      env,
      types(seen, type) {
        here(seen, type);
        if (elsewhere.length > 0 || !seen.includes('Who tells customers? Answer here')) return;
        const run = join(runs, readdirSync(runs)[0] ?? '');
        elsewhere.push(drDrill(['approve', run, '--by', 'Tarō Yamada', '--refuse', '--reason', 'no list of them']));
      },
    });
    expect(await Promise.all(elsewhere)).toMatchObject([
      { exitCode: 0, out: 'Who tells customers? Tarō Yamada says no.\n' },
    ]);
    const { entries } = readJournal(join(runs, readdirSync(runs)[0] ?? '', 'journal.jsonl'));
    expect(entries.filter(({ type }) => type === 'answered')).toMatchObject([
      { by: 'Mei-Ling Chen', item: 'Who declares it?', approves: true, through: 'terminal' },
      {
        by: 'Tarō Yamada',
        item: 'Who tells customers?',
        approves: false,
        reason: 'no list of them',
        through: 'command',
      },
    ]);
    expect(exitCode).toBe(1);
  });
});

test('where nobody sits, nobody is asked on the screen', async () => {
  const { env } = await liveAccount();
  const drill = folder.write('asking.yaml', askingDrill({ ...ASKED, each: '1 s' }));
  const { out, err } = await drDrill(['run', drill, '--live', '--confirm', 'asking', '--runs', newFolder()], { env });
  expect(out).toContain('0 of 1 approved; incident commander, team lead had 1 s each');
  expect(out + err).not.toContain('Your name');
});
