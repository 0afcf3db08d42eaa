import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { realClock } from '../../src/clock/real-clock.ts';
import { readJournal } from '../../src/journal/journal.ts';
import { scratch } from '../drill/files.ts';
import { newFolder } from './command.ts';
import { askingDrill, liveAccount } from './live-account.ts';
import { hasPseudoTerminal, onTerminal } from './pseudo-terminal.ts';
import { awsHome, signIn } from './sign-in.ts';

const folder = scratch();
const DEVICE = 'arn:aws:iam::111122223333:mfa/ada';
const PROFILES = `[profile base]
aws_access_key_id = AKIAIOSFODNN7EXAMPLE
aws_secret_access_key = secret
[profile prod]
source_profile = base
role_arn = arn:aws:iam::111122223333:role/drill
mfa_serial = ${DEVICE}
`;

/** An account that is reached by a role with MFA, whose sessions last so long. */
async function byMfa(lastsMs: number) {
  const account = await liveAccount();
  const ends = () => new Date(realClock().wallMs() + lastsMs).toISOString();
  const { asked, env } = await signIn(account.env.AWS_ENDPOINT_URL, { ends });
  const codes = () => asked.flatMap(({ form }) => form.get('TokenCode') ?? []);
  const { DR_DRILL_LEASES } = account.env;
  return { codes, env: { ...awsHome(PROFILES).env, ...env, DR_DRILL_LEASES, AWS_PROFILE: 'prod' } };
}

/** What a person types, each as soon as the screen asks for it; what begins with a number waits so many milliseconds. */
function following(script: readonly (readonly [asked: string, keys: string, afterMs?: number])[]) {
  const left = [...script];
  let seen = 0;
  return (screen: string, type: (keys: string) => void) => {
    const [next] = left;
    if (!next) return;
    const [asked, keys, afterMs = 0] = next;
    const at = screen.indexOf(asked, seen);
    if (at < 0) return;
    seen = at + asked.length;
    left.shift();
    void realClock()
      .sleep(afterMs)
      .then(() => type(keys));
  };
}

/** A live run, in which someone has approved when the session ends, and then types so. */
async function runWhoseSessionEnds(then: Parameters<typeof following>[0], overrides: string[] = []) {
  const { env, codes } = await byMfa(12_000);
  const runs = newFolder();
  const asking = askingDrill({ question: 'Now?', roles: ['incident commander'], each: '60 s' });
  const look = '  - { phase: look, steps: [{ step: look, uses: rds.find-writer }] }';
  const args = ['run', folder.write('asking.yaml', `${asking}\n${look}`), '--live', '--confirm', 'asking'];
  const sets = overrides.flatMap((one) => ['--set', one]);
  const answer = await onTerminal([...args, '--runs', runs, ...sets], {
    env,
    types: following([
      ['MFA code of', '111111\r'],
      ['Your name: ', 'Ada\r', 13_000],
      ['Your role, if not incident commander: ', '\r'],
      ['Approve, yes or no: ', 'yes\r'],
      ['The MFA session of profile prod has ended', ''],
      ...then,
    ]),
  });
  const { entries } = readJournal(join(runs, readdirSync(runs)[0] ?? '', 'journal.jsonl'));
  return { ...answer, codes: codes(), entries };
}

describe.skipIf(!hasPseudoTerminal)('a profile that needs an MFA code', () => {
  test('asks for it on the terminal until it is one', async () => {
    const { env, codes } = await byMfa(3_600_000);
    const { exitCode, screen } = await onTerminal(['preflight', 'drills/snapshot-restore.yaml', '--live'], {
      env,
      types: following([
        [`MFA code of ${DEVICE}: `, '12\r'],
        ['Six digits are needed.', '123456\r'],
      ]),
    });
    expect([exitCode, codes()]).toEqual([0, ['123456']]);
    expect(screen).toContain('Nothing stops the drill');
  });

  test('asks below the view of a live run when the session has ended, and the run goes on', async () => {
    const { exitCode, screen, codes, entries } = await runWhoseSessionEnds([
      [`MFA code of ${DEVICE}: `, '22'],
      ['22▏', '2222\r'],
    ]);
    expect([exitCode, codes]).toEqual([expect.any(Number), ['111111', '222222']]);
    expect(screen).toContain('The AWS session works again');
    const ends = entries.flatMap((entry) => (entry.type === 'step-ended' ? [[entry.step, entry.outcome]] : []));
    expect(ends.slice(1)).toEqual([
      ['agree', 'ok'],
      ['look', 'ok'],
    ]);
  });

  test('suspends a live run when nobody types it in time, and lets Ctrl-C abort one and end a preflight', async () => {
    const { env } = await byMfa(3_600_000);
    // Side by side, as each waits for its session to end.
    const [late, aborted, preflight] = await Promise.all([
      runWhoseSessionEnds([], ['session.renewWithin=8 s']),
      runWhoseSessionEnds([[`MFA code of ${DEVICE}: `, '\x03']]),
      onTerminal(['preflight', 'drills/snapshot-restore.yaml', '--live'], {
        env,
        types: following([['MFA code of', '\x03']]),
      }),
    ]);
    expect([late.exitCode, late.codes]).toEqual([3, ['111111']]);
    expect(late.entries.at(-1)).toMatchObject({
      type: 'run-suspended',
      step: 'look',
      reason: expect.stringContaining('no valid AWS session'),
    });
    expect([aborted.exitCode, aborted.codes]).toEqual([4, ['111111']]);
    expect(aborted.entries.at(-1)).toMatchObject({ type: 'run-ended', outcome: 'aborted' });
    expect(preflight.exitCode).toBe(130);
  });
});
