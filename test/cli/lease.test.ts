import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readJournal } from '../../src/journal/journal.ts';
import { scratch } from '../drill/files.ts';
import { drDrill, newFolder } from './command.ts';
import { askingDrill, liveAccount } from './live-account.ts';

const folder = scratch();
const LEASES = 's3://ecommerce-drill-evidence/leases';
const drill = () =>
  folder.write('asking.yaml', askingDrill({ question: 'May it begin?', roles: ['incident commander'], each: '60 s' }));
const live = (runs: string) => ['run', drill(), '--live', '--confirm', 'asking', '--runs', runs];

test('of a team whose leases are in S3, one leads a topology', async () => {
  const { env, world } = await liveAccount();
  const team = { env: { ...env, DR_DRILL_LEASES: LEASES } };
  const [mine, theirs] = [newFolder(), newFolder()];
  const second: Promise<unknown>[] = [];
  const first = await drDrill(live(mine), {
    ...team,
    watch(out, kill) {
      if (!out.includes('May it begin?') || second.length > 0) return;
      second.push(drDrill(live(theirs), team).finally(() => kill('SIGINT')));
    },
  });
  expect(await Promise.all(second)).toMatchObject([
    {
      exitCode: 2,
      err: expect.stringMatching(/Another run leads this topology: asking of .*, process \d+, and renews its lease/),
    },
  ]);
  expect([first.exitCode, readdirSync(theirs)]).toEqual([4, []]);
  const [run = ''] = readdirSync(mine);
  const { entries } = readJournal(join(mine, run, 'journal.jsonl'));
  expect(entries.filter(({ type }) => type === 'lease-taken')).toHaveLength(1);
  expect(JSON.stringify(entries)).not.toContain('PutObject');
  // It was given back, as a deletion of the version that was last written.
  const evidence = world.state().buckets.find(({ name }) => name === 'ecommerce-drill-evidence');
  const leases = evidence?.versions.filter(({ key }) => /^leases\/\d{12}-ecommerce-platform\.json$/.test(key)) ?? [];
  expect(leases.length).toBeGreaterThanOrEqual(2);
  expect(leases.at(-1)?.body).toBeNull();
});

test.each([
  ['s3://nobodys-bucket', 'There is no bucket nobodys-bucket in ap-northeast-1 to keep leases in.'],
  ['s3:evidence', 'DR_DRILL_LEASES is no place in S3: s3:evidence'],
])('where %s should keep leases, nothing begins', async (place, message) => {
  const { env } = await liveAccount();
  const runs = newFolder();
  const { exitCode, err } = await drDrill(live(runs), { env: { ...env, DR_DRILL_LEASES: place } });
  expect([exitCode, readdirSync(runs)]).toEqual([2, []]);
  expect(err).toContain(message);
});
