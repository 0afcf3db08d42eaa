import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readJournal } from '../../src/journal/journal.ts';
import { shippedTopology } from '../drill/files.ts';
import { drDrill, newFolder } from './command.ts';
import { askingDrill, liveAccount } from './live-account.ts';

/** A surprise that begins so soon, of two drills that ask people and do nothing else. */
function soon(within: string, ahead: string): { path: string; runs: string; draws: string } {
  const folder = newFolder();
  for (const name of ['asking', 'asking-too'])
    writeFileSync(
      join(folder, `${name}.yaml`),
      askingDrill({ question: `May ${name} begin?`, roles: ['on call'], each: '60 s' }).replace('asking', name),
    );
  const path = join(folder, 'soon.yaml');
  writeFileSync(
    path,
    [
      'drill: soon',
      'title: Somebody is asked, sometime',
      'machine: surprise',
      `topology: ${shippedTopology}`,
      'of: [asking.yaml, asking-too.yaml]',
      'window:',
      '  zone: UTC',
      '  days: [monday, tuesday, wednesday, thursday, friday, saturday, sunday]',
      '  from: "00:00"',
      '  until: "23:59"',
      `  within: ${within}`,
      `announce: { ahead: ${ahead} }`,
    ].join('\n'),
  );
  return { path, runs: newFolder(), draws: newFolder() };
}

const live = ({ path, runs }: { path: string; runs: string }) => [
  'run',
  path,
  '--live',
  '--confirm',
  'soon',
  '--runs',
  runs,
];
const runIn = (runs: string): string => join(runs, readdirSync(runs).find((one) => one !== 'index.jsonl') ?? '');
const journalOf = (folder: string) => readJournal(join(folder, 'journal.jsonl')).entries;
const everythingIn = (folder: string): string =>
  readdirSync(folder, { withFileTypes: true })
    .filter((one) => one.isFile())
    .map((one) => readFileSync(join(folder, one.name), 'utf8'))
    .join('\n');

test('killed while it waits, a live surprise keeps its draw, which only its user can read until it begins', async () => {
  const { env, world } = await liveAccount();
  const asked = soon('30 s', '12 s');
  const own = { env: { ...env, DR_DRILL_DRAWS: asked.draws } };
  const killed = await drDrill(live(asked), {
    ...own,
    watch: (out, kill) => (out.includes('Waiting for its moment') ? kill('SIGKILL') : undefined),
  });
  const folder = runIn(asked.runs);
  const [kept = ''] = readdirSync(asked.draws);
  const draw = JSON.parse(readFileSync(join(asked.draws, kept), 'utf8'));
  expect(statSync(join(asked.draws, kept)).mode & 0o077).toBe(0);
  const seen = `${killed.out}${killed.err}${everythingIn(folder)}`;
  for (const secret of [draw.moment, draw.moment.slice(0, 19), draw.nonce]) expect(seen).not.toContain(secret);
  expect(journalOf(folder).map(({ type }) => type)).not.toContain('lease-taken');

  let hasAsked = false;
  const resumed = await drDrill(['resume', folder], {
    ...own,
    watch(out, kill) {
      if (hasAsked || !/May asking(-too)? begin\?/.test(out)) return;
      hasAsked = true;
      kill('SIGINT');
    },
  });
  expect([resumed.exitCode, resumed.err]).toEqual([4, expect.stringContaining('Aborting')]);
  const entries = journalOf(folder);
  expect(entries.filter(({ type }) => type === 'draw-sealed')).toHaveLength(1);
  expect(entries.find(({ type }) => type === 'draw-revealed')).toMatchObject({ ...draw, begins: true });
  expect(entries.filter(({ type }) => type === 'lease-taken')).toHaveLength(1);
  expect(readdirSync(asked.draws)).toEqual([]);
  expect(JSON.parse(readFileSync(join(folder, 'report.json'), 'utf8')).surprise).toMatchObject({
    how: 'random',
    fits: true,
  });
  expect(world.state().topics.map(({ published }) => published.length)).toEqual([2]);
  expect((await drDrill(['verify', folder], own)).exitCode).toBe(0);
});

test('aborted from another terminal while it waits, it ends with nothing touched', async () => {
  const { env } = await liveAccount();
  const asked = soon('10 min', '5 min');
  const own = { env: { ...env, DR_DRILL_DRAWS: asked.draws } };
  const aborting: Promise<{ exitCode: number | null }>[] = [];
  const { exitCode, out } = await drDrill(live(asked), {
    ...own,
    watch(seen) {
      if (!seen.includes('Waiting for its moment') || aborting.length > 0) return;
      aborting.push(drDrill(['abort', runIn(asked.runs), '--reason', 'a real incident'], own));
    },
  });
  expect(await Promise.all(aborting)).toMatchObject([{ exitCode: 0 }]);
  expect([exitCode, out]).toEqual([4, expect.stringMatching(/a real incident/)]);
  const entries = journalOf(runIn(asked.runs));
  expect(entries.find(({ type }) => type === 'draw-revealed')).toMatchObject({ begins: false });
  const services = entries.flatMap((entry) => (entry.type === 'call' ? [entry.service] : []));
  expect([...new Set(services)]).toEqual(['sns']);
  expect(readdirSync(asked.draws)).toEqual([]);
});

test('while another run leads the topology it does not begin, and is over when its window closes', async () => {
  const { env } = await liveAccount();
  const asked = soon('12 s', '6 s');
  const own = { env: { ...env, DR_DRILL_DRAWS: asked.draws } };
  const surprise: Promise<unknown>[] = [];
  const other = join(newFolder(), 'asking.yaml');
  writeFileSync(other, askingDrill({ question: 'Now?', roles: ['on call'], each: '120 s' }));
  await drDrill(['run', other, '--live', '--confirm', 'asking', '--runs', newFolder()], {
    ...own,
    watch(out, kill) {
      if (!out.includes('Now?') || surprise.length > 0) return;
      surprise.push(drDrill(live(asked), own).finally(() => kill('SIGINT')));
    },
  });
  expect(await Promise.all(surprise)).toMatchObject([
    {
      exitCode: 4,
      out: expect.stringMatching(/could not begin before its window closed: Another run leads this topology/),
    },
  ]);
  expect(existsSync(join(runIn(asked.runs), 'report.html'))).toBe(true);
});

test('a surprise is not looked at by --read-only, and one waits at a time', async () => {
  const { env } = await liveAccount();
  const asked = soon('10 min', '5 min');
  const own = { env: { ...env, DR_DRILL_DRAWS: asked.draws } };
  const reading = await drDrill(['run', asked.path, '--live', '--read-only', '--runs', asked.runs], own);
  expect([reading.exitCode, reading.err]).toEqual([
    2,
    expect.stringContaining('--read-only does not work with a surprise drill'),
  ]);
  const second: Promise<{ exitCode: number | null; err: string }>[] = [];
  await drDrill(live(asked), {
    ...own,
    watch(out, kill) {
      if (!out.includes('Waiting for its moment') || second.length > 0) return;
      second.push(drDrill(live(asked), own).finally(() => kill('SIGINT')));
    },
  });
  const [{ exitCode, err } = { exitCode: null, err: '' }] = await Promise.all(second);
  expect([exitCode, err]).toEqual([2, expect.stringContaining('An earlier live run has not ended')]);
});
