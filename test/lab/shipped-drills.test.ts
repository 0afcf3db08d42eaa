import { afterEach, expect, test } from 'vitest';
import { type LiveRun, liveRun } from './command.ts';
import { type Lab, type LabSettings, startLab } from './lab.ts';

const labs: Lab[] = [];
afterEach(async () => {
  await Promise.all(labs.splice(0).map((lab) => lab.close()));
});

async function newLab(settings: LabSettings = {}): Promise<Lab> {
  const lab = await startLab({ speed: 240, records: 'weighted', ...settings });
  labs.push(lab);
  return lab;
}

/** Fails with the reasons that the run itself gives. */
function expectPassed(run: LiveRun, { controller }: Lab): void {
  expect([run.code, run.report.verdict.reasons, run.err]).toEqual([0, [], '']);
  expect(controller.trouble).toEqual([]);
}

test('a planned switchover stops writes, and loses none of them', async () => {
  const lab = await newLab();
  await lab.letStopWrites();
  const run = await liveRun(lab, lab.drills.shipped('planned-switchover'));
  expectPassed(run, lab);
  expect(lab.world.writers()).toEqual(['lab-replica']);
  expect(await lab.pair.replica.isStandby()).toBe(false);
  expect(run.report.dataLoss.rows).toMatchObject({ lost: 0 });
});

test('a lost writer is replaced by the replica, while the applications stay where they are', async () => {
  const lab = await newLab({ replicationDelayMs: 300 });
  const run = await liveRun(lab, lab.drills.shipped('database-failure'));
  expectPassed(run, lab);
  expect(lab.world.writers()).toEqual(['lab-replica']);
  const { databases } = await lab.truth();
  const written = run.entries.flatMap((entry) => (entry.type === 'heartbeats' ? entry.rows.map(([row]) => row) : []));
  const kept = new Set(databases.find(({ identifier }) => identifier === 'lab-replica')?.heartbeats);
  expect(run.report.dataLoss.rows).toMatchObject({ lost: written.filter((row) => !kept.has(row)).length });
});

test('a throw-away replica is made, promoted, written to and deleted; a table is carried over from a restored database', async () => {
  const lab = await newLab();
  await lab.letStopWrites();
  expectPassed(await liveRun(lab, lab.drills.shipped('replica-promotion')), lab);
  expectPassed(await liveRun(lab, lab.drills.shipped('partial-restore')), lab);
  expect(lab.controller.servers().map(({ identifier }) => identifier)).toEqual(['lab-primary', 'lab-replica']);
  expect(lab.world.writers()).toEqual(['lab-primary']);
});

test('a table is carried over from a restored database on MariaDB, too', async () => {
  const lab = await newLab({ engine: 'mariadb' });
  await lab.pair.writer.query("grant create, drop, select, insert, update on `drill\\_restored`.* to dr_drill@'127.%'");
  const run = await liveRun(lab, lab.drills.shipped('partial-restore'));
  expectPassed(run, lab);
  const carried = run.entries.flatMap((entry) =>
    entry.type === 'data-check' && entry.check.startsWith('carried-') ? [[entry.check, entry.ok]] : [],
  );
  expect(carried).toEqual([
    ['carried-products', true],
    ['carried-contents-products', true],
  ]);
});
