import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Entry } from '../../src/journal/events.ts';
import { type LiveRun, liveRun } from './command.ts';
import { type Lab, startLab } from './lab.ts';
import { rowsIn } from './postgres/index.ts';

const lostRows = ({ report }: LiveRun) => report.dataLoss.rows;

describe('the primary region loses power', () => {
  let lab: Lab;
  let run: LiveRun;
  beforeAll(async () => {
    lab = await startLab({ speed: 40, replicationDelayMs: 300 });
    run = await liveRun(lab, lab.drills.failover);
  });
  afterAll(() => lab.close());

  test('and the other takes over: real databases, HTTP, DNS and Kubernetes APIs', async () => {
    expect([run.code, run.out]).toEqual([0, expect.stringMatching(/^Passed\. Customers were served again after/m)]);
    expect(lab.controller.trouble).toEqual([]);
    expect(lab.world.writers()).toEqual(['lab-replica']);
    expect(lab.world.invariants()).toEqual([]);
    expect(await lab.pair.replica.isStandby()).toBe(false);
    expect(run.report.mode).toBe('live');
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

describe('backups', () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await startLab({ speed: 60 });
  });
  afterAll(() => lab.close());

  const checked = (entries: readonly Entry[]) => entries.filter((entry) => entry.type === 'data-check');

  test('the newest snapshot becomes a real database with its data, and is gone afterwards', async () => {
    const run = await liveRun(lab, lab.drills.snapshot);
    expect([run.code, run.report.verdict.reasons]).toEqual([0, []]);
    expect(checked(run.entries).length).toBeGreaterThan(8);
    expect(lab.controller.trouble).toEqual([]);
    expect(lab.world.instances('ap-east-2')).toEqual(['lab-primary']);
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
});
