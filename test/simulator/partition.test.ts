import { expect, test } from 'vitest';
import { followersQuery, sourceQuery } from '../../src/components/rds-replica/in-sql.ts';
import { readRight, writeRight } from '../../src/components/witness/right.ts';
import { proveWrite, readHeartbeats, writeHeartbeat } from '../../src/steps/data/heartbeat.ts';
import { DATABASE, inWorld, type Lab, LIMIT, PRIMARY, RECOVERY, refusalOf, SEEN, STANDBY, WITNESS } from './world.ts';

const GLOBAL_REGION = 'us-east-1';

const CUT = { kind: 'network-partition', region: PRIMARY, otherRegion: RECOVERY } as const;
const LEASE_MS = 20_000;
const OBJECT = { ...WITNESS, leaseMs: LEASE_MS };

const cutting = (partition: object, story: (lab: Lab) => Promise<void>) =>
  inWorld({ simulation: { partition } }, async (lab) => {
    await lab.ports.failure.inject(CUT);
    await story(lab);
  });

const silences = async ({ ports }: Lab) => [
  (await ports.sql.query(DATABASE, followersQuery, LIMIT))[0]?.silent,
  (await ports.sql.query(STANDBY, sourceQuery, LIMIT))[0]?.silent,
];
const writes = ({ ports }: Lab) => refusalOf(ports.sql.query(DATABASE, proveWrite, LIMIT));
const right = async (lab: Lab) =>
  (await readRight(OBJECT, { aws: lab })) ?? expect.fail('nothing stands at the witness');
const claim = (lab: Lab, version: string) => writeRight(OBJECT, { holder: 'recovery', version }, { ...lab, aws: lab });

async function lagSeconds({ call, clock }: Lab): Promise<number | undefined> {
  const Metric = {
    Namespace: 'AWS/RDS',
    MetricName: 'ReplicaLag',
    Dimensions: [{ Name: 'DBInstanceIdentifier', Value: STANDBY.instance }],
  };
  const answer = await call('cloudwatch', RECOVERY, 'GetMetricData', {
    StartTime: new Date(clock.nowMs() - 300_000),
    EndTime: new Date(clock.nowMs()),
    MetricDataQueries: [{ Id: 'lag', MetricStat: { Metric, Period: 60, Stat: 'Average' } }],
  });
  return answer.MetricDataResults?.[0]?.Values?.[0];
}

test('both regions live on, and neither hears of the other until the link is back', () =>
  inWorld({}, async (lab) => {
    const { failure } = lab.ports;
    expect(await silences(lab)).toEqual([0, 0]);
    await failure.inject(CUT);
    expect(await failure.active(CUT)).toBe(true);
    await lab.sleep(10_000);
    for (const silent of await silences(lab)) expect(silent).toBeGreaterThanOrEqual(10_000);
    expect(await writes(lab)).toBe('nothing');
    await lab.sleep(60_000);
    expect(await silences(lab)).toEqual([null, null]);
    await failure.heal(CUT);
    expect(await failure.active(CUT)).toBe(false);
    await lab.sleep(10_000);
    expect(await silences(lab)).toEqual([0, 0]);
  }));

test('what is written meanwhile stays away, the lag grows, and all of it comes over when the link is back', () =>
  cutting({ catchUp: '20 s' }, async (lab) => {
    const { sql, failure } = lab.ports;
    await sql.query(DATABASE, writeHeartbeat(1, lab.clock.nowMs()), LIMIT);
    await lab.sleep(240_000);
    const there = async () => (await sql.query(STANDBY, readHeartbeats(1), LIMIT)).length;
    expect(await there()).toBe(0);
    expect(await lagSeconds(lab)).toBeGreaterThan(120);
    await failure.heal(CUT);
    await lab.sleep(30_000);
    expect(await there()).toBe(1);
    await lab.sleep(120_000);
    expect(await lagSeconds(lab)).toBeLessThan(3);
  }));

test('what the source no longer keeps never comes over', () =>
  cutting({ breaksReplication: true, heals: '60 s' }, async (lab) => {
    await lab.sleep(300_000);
    const found = await lab.call('rds', RECOVERY, 'DescribeDBInstances', { DBInstanceIdentifier: STANDBY.instance });
    expect(found.DBInstances?.[0]?.StatusInfos).toMatchObject([{ Normal: false, Status: 'error' }]);
    expect((await silences(lab))[1]).toBe(null);
  }));

test.each([
  ['both', 200, 200],
  ['primary', 200, 'Timeout'],
  ['recovery', 'Timeout', 200],
  ['neither', 'Timeout', 'Timeout'],
] as const)('customers and health checkers reach what the third vantage point sees: %s', (thirdSees, atHome, away) =>
  cutting({ thirdSees }, async ({ ports, sleep, call }) => {
    await sleep(11_000);
    const visit = (address: string) =>
      ports.http.request({ method: 'GET', url: 'https://shop.example.com/health', address, timeoutMs: 2_000 }).then(
        ({ status }) => status,
        ({ name }: Error) => name,
      );
    expect([await visit('203.0.113.10'), await visit('198.51.100.20')]).toEqual([atHome, away]);
    const reports = async (HealthCheckId: string) =>
      (await call('route53', GLOBAL_REGION, 'GetHealthCheckStatus', { HealthCheckId })).HealthCheckObservations ?? [];
    for (const [id, reached] of [
      [SEEN.primary, atHome === 200],
      [SEEN.recovery, away === 200],
    ] as const) {
      const seen = (await reports(id)).map(({ StatusReport }) => StatusReport?.Status?.startsWith('Success'));
      expect(seen).toEqual(Array(16).fill(reached));
    }
  }),
);

test('a guard renews its right, and nobody comes through upon an older version', () =>
  inWorld({}, async (lab) => {
    const first = await right(lab);
    expect(first.holder).toBe('primary');
    await lab.sleep(6_000);
    expect((await right(lab)).version).not.toBe(first.version);
    expect(await claim(lab, first.version)).toBe(false);
  }));

test('a guard that cannot renew stops writes before its right has run out, and allows them when it can again', () =>
  cutting({ thirdSees: 'neither' }, async (lab) => {
    const { body } = lab.state().buckets.at(-1)?.versions.at(-1) ?? { body: null };
    const { renewedAt } = JSON.parse(Buffer.from(body ?? '', 'base64').toString());
    await lab.sleep(60_000);
    expect(lab.state().instances[0]?.readOnly.at(-1)).toEqual([Date.parse(renewedAt) + 0.9 * LEASE_MS, true]);
    await lab.ports.failure.heal(CUT);
    await lab.sleep(5_000);
    expect(await writes(lab)).toBe('nothing');
    expect((await right(lab)).holder).toBe('primary');
  }));

test('one whose right was claimed meanwhile stays stopped, also when the link is back', () =>
  cutting({ thirdSees: 'recovery' }, async (lab) => {
    await lab.sleep(25_000);
    expect(await claim(lab, (await right(lab)).version)).toBe(true);
    await lab.ports.failure.heal(CUT);
    await lab.sleep(600_000);
    expect((await right(lab)).holder).toBe('recovery');
    expect(await writes(lab)).toBe('ReadOnly');
  }));

test('objects wait for the link, too', () =>
  cutting({ heals: '5 min' }, async ({ call, sleep }) => {
    await call('s3', PRIMARY, 'PutObject', { Bucket: 'shop-media-taipei', Key: 'new', Body: 'x' });
    const status = async () =>
      (await call('s3', PRIMARY, 'HeadObject', { Bucket: 'shop-media-taipei', Key: 'new' })).ReplicationStatus;
    await sleep(240_000);
    expect(await status()).toBe('PENDING');
    await sleep(240_000);
    expect(await status()).toBe('COMPLETED');
  }));
