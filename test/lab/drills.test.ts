import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Entry } from '../../src/journal/events.ts';
import { readJournal } from '../../src/journal/journal.ts';
import { drDrill, type LiveRun, liveRun, onlyRun } from './command.ts';
import { type Lab, startLab } from './lab.ts';
import { rowsIn } from './servers/heartbeats.ts';

const phasesIn = (entries: readonly Entry[]): string[] =>
  entries.flatMap((entry) =>
    entry.type === 'phase-entered' || entry.type === 'phase-left' ? [`${entry.type} ${entry.phase}`] : [],
  );

/** Steps with their outcomes, by name: those that go side by side end in no set order. */
const stepsIn = (entries: readonly Entry[]): string[] =>
  entries.flatMap((entry) => (entry.type === 'step-ended' ? [`${entry.step} ${entry.outcome}`] : [])).sort();

function callsIn(entries: readonly Entry[]): Map<string, number> {
  const calls = new Map<string, number>();
  for (const entry of entries) {
    if (entry.type !== 'call') continue;
    const call = `${entry.step ?? ''} ${entry.service}:${entry.operation} ${entry.outcome}`;
    calls.set(call, (calls.get(call) ?? 0) + 1);
  }
  return calls;
}

/**
 * Where the two asked AWS otherwise, as a table. Polls differ, as everything takes another time in the lab; `locate` is where a live
 * run asks for the addresses of databases and clusters, which a dry run's ports know.
 */
function differences(dry: Map<string, number>, live: Map<string, number>): string {
  const all = [...new Set([...dry.keys(), ...live.keys()])].sort();
  const rows = all.filter((call) => dry.get(call) !== live.get(call));
  return [
    'dry run   lab   call',
    ...rows.map(
      (call) => `${String(dry.get(call) ?? 0).padStart(7)}${String(live.get(call) ?? 0).padStart(6)}   ${call}`,
    ),
  ].join('\n');
}

const lostRows = ({ report }: LiveRun) => report.dataLoss.rows;

const ENGINES = ['postgres', 'mariadb'] as const;

describe.each(ENGINES)('the primary region of a pair on %s loses power', (engine) => {
  let lab: Lab;
  let run: LiveRun;
  beforeAll(async () => {
    lab = await startLab({ engine, speed: 40, replicationDelayMs: 300 });
    run = await liveRun(lab, lab.drills.failover);
  });
  afterAll(() => lab.close());

  test('and the other takes over: real databases, HTTP, DNS and Kubernetes APIs', async () => {
    expect([run.code, run.out]).toEqual([
      0,
      expect.stringMatching(
        /^Passed in rehearsal\. At 127\.0\.0\.1:\d+, which is not AWS, customers were served again after/m,
      ),
    ]);
    expect(lab.controller.trouble).toEqual([]);
    expect(lab.world.writers()).toEqual(['lab-replica']);
    expect(await lab.pair.replica.isStandby()).toBe(false);
    // What went to the lab is never evidence of the real account.
    expect(run.report).toMatchObject({ mode: 'live', rehearsal: true, caveat: expect.stringMatching(/^NOT AWS: /) });
  });

  test('what was lost is what the databases themselves lack', async () => {
    const acknowledged = run.entries.flatMap((entry) =>
      entry.type === 'heartbeats' ? entry.rows.map(([row]) => row) : [],
    );
    const present = new Set(await rowsIn(lab.pair.replica));
    const lost = acknowledged.filter((row) => !present.has(row)).length;
    expect(lostRows(run)).toMatchObject({ acknowledged: acknowledged.length, lost });
    expect(lost).toBeGreaterThan(0);
    expect(run.report.dataLoss.loss).toMatchObject({ source: 'measured' });
  });

  test('a dry run of the same drill goes through the same phases and steps, with the same outcomes', async () => {
    const runs = join(lab.folder, 'rehearsals');
    // In a dry run everything takes as long as at AWS.
    const { code } = await drDrill(lab, ['run', lab.drills.failover, '--runs', runs, '--set', 'targets.rto=10 min']);
    expect(code).toBe(run.code);
    const { entries } = readJournal(join(onlyRun(runs) ?? '', 'journal.jsonl'));
    expect(phasesIn(run.entries)).toEqual(phasesIn(entries));
    expect(stepsIn(run.entries)).toEqual(stepsIn(entries));
    console.info(differences(callsIn(entries), callsIn(run.entries)));
  });

  test('nothing secret is written down', () => {
    const { DR_DRILL_LAB_PASSWORD: password = '', AWS_SECRET_ACCESS_KEY: key = '' } = lab.environment;
    for (const name of readdirSync(run.folder)) {
      const text = readFileSync(join(run.folder, name), 'utf8');
      for (const secret of [password, key, 'k8s-aws-v1.'])
        expect(text.includes(secret), `${secret} in ${name}`).toBe(false);
    }
    expect(`${run.out}${run.err}`).not.toContain(password);
  });
});

/** `npm run lab:platforms` takes them all. */
const BACKED_UP = [
  ['rds-replica', 'postgres'],
  ['aurora-global', 'postgres'],
  ['rds-replica', 'mariadb'],
  ['aurora-global', 'mysql'],
] as const;

describe.each(process.env.PLATFORMS === 'all' ? BACKED_UP : BACKED_UP.slice(0, 2))(
  'backups of %s on %s',
  (store, engine) => {
    let lab: Lab;
    beforeAll(async () => {
      lab = await startLab({ store, engine, speed: 120 });
    });
    afterAll(() => lab.close());

    const checked = (entries: readonly Entry[]) => entries.filter((entry) => entry.type === 'data-check');

    test('the newest snapshot becomes a real database with its data, and is gone afterwards', async () => {
      const own = "[{ check: own, title: Orders came in, expect: 'value >= 1000', sql: select count(*) from orders }]";
      const asked = `dataChecks={ checksums: [products, order_items], checks: ${own} }`;
      const run = await liveRun(lab, lab.drills.snapshot, { args: ['--set', asked] });
      expect([run.code, run.report.verdict.reasons]).toEqual([0, []]);
      expect(checked(run.entries).length).toBeGreaterThan(8);
      const mine = checked(run.entries).filter(({ check }) => /^(own|checksum-of-.*)$/.test(check));
      expect(mine.map(({ check, ok }) => [check, ok])).toEqual([
        ['checksum-of-products', true],
        ['checksum-of-order_items', true],
        ['own', true],
      ]);
      expect(lab.controller.trouble).toEqual([]);
      expect(lab.controller.servers()).toEqual([lab.pair.writer, lab.pair.replica]);
      if (store === 'rds-replica') expect(lab.world.instances('ap-east-2')).toEqual(['lab-primary']);
      expect(lab.controller.server('lab-snapshot-drill')).toBeUndefined();
    });

    test('a restore to a point in time holds every row up to it, and none after', async () => {
      const run = await liveRun(lab, lab.drills.pointInTime);
      expect([run.code, run.report.verdict.reasons]).toEqual([0, []]);
      const point = run.entries.find((entry) => entry.type === 'recovery-point');
      const found = run.entries.find((entry) => entry.type === 'heartbeats-found');
      const acknowledged = run.entries.flatMap((entry) => (entry.type === 'heartbeats' ? entry.rows : []));
      const until = Date.parse(point?.time ?? '');
      expect(acknowledged.filter(([, at]) => at < until).length).toBeGreaterThan(0);
      // A row is committed a moment before its acknowledgement arrives.
      const kept = found?.count ?? 0;
      expect(kept).toBeGreaterThanOrEqual(acknowledged.filter(([, at]) => at <= until).length);
      expect(kept).toBeLessThanOrEqual(acknowledged.filter(([, at]) => at <= until + 100).length + 1);
      expect(lostRows(run)).toMatchObject({ lost: acknowledged.length - kept });
    });
  },
);
