import { expect, test } from 'vitest';
import { sessionFindings } from '../../src/steps/account/session.ts';
import { FAILOVER, finished, POINT_IN_TIME, SNAPSHOT } from '../run/drill.ts';
import { inLines, lookedAt } from './prepared.ts';

test('a healthy account gives nothing but what the topology itself leaves open', async () => {
  expect(inLines(await lookedAt({}))).toEqual([
    'note: ecommerce-db-dr-replica runs in one availability zone',
    'note: ecommerce-db-dr-replica has no backups of its own',
    'note: tokyo has no health check',
  ]);
});

test.each([SNAPSHOT, POINT_IN_TIME] as const)('a healthy account gives %s nothing to complain of', async (drill) => {
  expect(inLines(await lookedAt({ drill }))).toEqual([]);
});

test('with weighted records, too', async () => {
  const { findings } = await lookedAt({ overrides: ['topology.traffic.public.lever=weighted-records'] });
  expect(findings.map(({ severity }) => severity)).toEqual(['note', 'note', 'note']);
});

test.each([FAILOVER, SNAPSHOT] as const)(
  'every fact of %s stands beside what the account says of it',
  async (drill) => {
    const { rows } = await lookedAt({ drill });
    expect(rows.length).toBeGreaterThan(15);
    expect(new Set(rows.map(({ what }) => what)).size).toBe(rows.length);
    for (const { what, topology, account } of rows) expect([what, topology, account]).not.toContain('');
    expect(JSON.stringify(rows)).not.toContain('undefined');
  },
);

test.each([FAILOVER, SNAPSHOT] as const)('the preflight of %s and its command find the same', async (drill) => {
  const run = await finished(drill);
  const { seq: endOfPreflight = 0 } = run.of('step-ended')[0] ?? {};
  const ofStep = run.of('finding').filter(({ seq }) => seq < endOfPreflight);
  const { findings } = await lookedAt({ drill });
  expect(ofStep.map(({ what }) => what)).toEqual(findings.map(({ what }) => what));
});

test('a finding says why it matters, and what fixes it', async () => {
  const change = (state: { denied: string[] }) => state.denied.push('rds:PromoteReadReplica');
  const { findings } = await lookedAt({ change });
  for (const { why, fix } of findings) {
    expect(why).toMatch(/\.$/);
    expect(fix).toMatch(/aws |kubectl |`dr-drill /);
  }
});

test('a session that ends before the drill usually does is told, with what renews it', () => {
  const lastsMs = 20 * 60_000;
  const found = { expiresAtMs: 10 * 60_000, renewsItself: false, renewal: 'aws sso login --profile prod' };
  expect(sessionFindings(found, { nowMs: 0, lastsMs })).toMatchObject([
    {
      severity: 'warning',
      what: 'the AWS session ends in 10 min; the drill usually takes about 20 min',
      fix: 'Renew it before the drill: aws sso login --profile prod',
    },
  ]);
  expect(sessionFindings({ ...found, renewsItself: true }, { nowMs: 0, lastsMs })).toEqual([]);
  expect(sessionFindings({ ...found, expiresAtMs: lastsMs }, { nowMs: 0, lastsMs })).toEqual([]);
});
