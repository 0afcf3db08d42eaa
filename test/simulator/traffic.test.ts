import { expect, test } from 'vitest';
import { GATE, inWorld, type Lab, PRIMARY, RECOVERY, RECOVERY_CLUSTER, REPLICA, refusalOf, ZONE } from './world.ts';

const GLOBAL_REGION = 'us-east-1';

const TAIPEI = '203.0.113.10';
const TOKYO = '198.51.100.20';

const update = ({ call }: Lab, Inverted: boolean, HealthCheckVersion?: number) =>
  call('route53', GLOBAL_REGION, 'UpdateHealthCheck', {
    HealthCheckId: GATE,
    Inverted,
    ...(HealthCheckVersion === undefined ? {} : { HealthCheckVersion }),
  });
const answer = async ({ ports }: Lab) => (await ports.dns.resolve('shop.example.com')).addresses[0];
const weigh = ({ call }: Lab, weights: Record<string, number>) =>
  call('route53', GLOBAL_REGION, 'ChangeResourceRecordSets', {
    HostedZoneId: ZONE,
    ChangeBatch: {
      Changes: Object.entries(weights).map(([SetIdentifier, Weight]) => ({
        Action: 'UPSERT' as const,
        ResourceRecordSet: {
          Name: 'shop.example.com',
          Type: 'A' as const,
          SetIdentifier,
          Weight,
          TTL: 30,
          ResourceRecords: [{ Value: SetIdentifier === 'taipei' ? TAIPEI : TOKYO }],
        },
      })),
    },
  });
const visit = ({ ports }: Lab, address: string) =>
  ports.http.request({ method: 'POST', url: 'https://shop.example.com/checkout', address, timeoutMs: 2_000 });

test('an inverted gate moves the answer to the secondary a little later, and back again', () =>
  inWorld({}, async (lab) => {
    expect(await answer(lab)).toBe(TAIPEI);
    await update(lab, true, 1);
    expect(await answer(lab)).toBe(TAIPEI);
    await lab.sleep(15_000);
    expect(await answer(lab)).toBe(TOKYO);
    expect(await refusalOf(update(lab, false, 1))).toBe('HealthCheckVersionMismatch');
    await update(lab, false);
    await lab.sleep(15_000);
    expect(await answer(lab)).toBe(TAIPEI);
    expect(await refusalOf(lab.call('route53', GLOBAL_REGION, 'GetHealthCheckStatus', { HealthCheckId: GATE }))).toBe(
      'InvalidInput',
    );
  }));

test('a stuck health check is inverted and moves nothing', () =>
  inWorld({ simulation: { healthCheck: { stuck: true } } }, async (lab) => {
    await update(lab, true);
    await lab.sleep(600_000);
    expect(await answer(lab)).toBe(TAIPEI);
  }));

const FAST = { endpointCheck: { every: '10 s', failures: 3 } };

test.each<[string, object, string, string]>([
  ['as it is, moves customers', {}, TAIPEI, TOKYO],
  ['disabled, counts as healthy', { Disabled: true }, TAIPEI, TAIPEI],
  ['inverted, turns healthy as its endpoint fails', { Inverted: true }, TOKYO, TAIPEI],
  ['disabled and inverted, stays failed', { Disabled: true, Inverted: true }, TOKYO, TOKYO],
])("an endpoint's check, %s", (_, setting, before, after) =>
  inWorld({ primary: FAST }, async (lab) => {
    await lab.call('route53', GLOBAL_REGION, 'UpdateHealthCheck', { HealthCheckId: GATE, ...setting });
    await lab.sleep(20_000);
    expect(await answer(lab)).toBe(before);
    await lab.ports.failure.inject({ kind: 'region-outage', region: PRIMARY });
    await lab.sleep(32_000);
    expect(await answer(lab)).toBe(after);
  }),
);

test('a check of an endpoint wants as many good answers in a row to turn back', () =>
  inWorld({ primary: FAST }, async (lab) => {
    const outage = { kind: 'region-outage' as const, region: PRIMARY };
    await lab.ports.failure.inject(outage);
    await lab.sleep(32_000);
    expect(await answer(lab)).toBe(TOKYO);
    await lab.ports.failure.heal(outage);
    await lab.sleep(19_000);
    expect(await answer(lab)).toBe(TOKYO);
    await lab.sleep(13_000);
    expect(await answer(lab)).toBe(TAIPEI);
  }));

test('changed weights answer once the change is in sync, and one change is worked on at a time', () =>
  inWorld({ lever: 'weighted-records' }, async (lab) => {
    const { ChangeInfo } = await weigh(lab, { taipei: 0, tokyo: 100 });
    expect(ChangeInfo?.Status).toBe('PENDING');
    expect(await refusalOf(weigh(lab, { taipei: 0, tokyo: 100 }))).toBe('PriorRequestNotComplete');
    const status = async () =>
      (await lab.call('route53', GLOBAL_REGION, 'GetChange', { Id: ChangeInfo?.Id })).ChangeInfo?.Status;
    while ((await status()) === 'PENDING') {
      await lab.sleep(1_000);
      if ((await status()) === 'PENDING') expect(await answer(lab)).toBe(TAIPEI);
    }
    expect(await answer(lab)).toBe(TOKYO);
  }));

test('there is one primary record, and one secondary', () =>
  inWorld({ lever: 'failover-records' }, async ({ call }) => {
    const { ResourceRecordSets: [first] = [] } = await call('route53', GLOBAL_REGION, 'ListResourceRecordSets', {
      HostedZoneId: ZONE,
    });
    const Changes = [
      { Action: 'UPSERT' as const, ResourceRecordSet: { ...first, Failover: 'SECONDARY' as const } as never },
    ];
    const asked = { HostedZoneId: ZONE, ChangeBatch: { Changes } };
    expect(await refusalOf(call('route53', GLOBAL_REGION, 'ChangeResourceRecordSets', asked))).toBe(
      'InvalidChangeBatch',
    );
  }));

test('with all weights zero both regions are answered', () =>
  inWorld({ lever: 'weighted-records' }, async (lab) => {
    await weigh(lab, { taipei: 0, tokyo: 0 });
    await lab.sleep(60_000);
    const seen = new Set<string | undefined>();
    for (let turn = 0; turn < 40; turn += 1) seen.add(await answer(lab));
    expect([...seen].sort()).toEqual([TOKYO, TAIPEI].sort());
  }));

test('records are listed page by page in the order of their names', () =>
  inWorld({}, async ({ call }) => {
    const list = (asked: object) =>
      call('route53', GLOBAL_REGION, 'ListResourceRecordSets', { HostedZoneId: ZONE, ...asked });
    const first = await list({ MaxItems: 1 });
    expect(first).toMatchObject({ ResourceRecordSets: [{ SetIdentifier: 'taipei' }], IsTruncated: true });
    const { NextRecordName: StartRecordName, NextRecordType, NextRecordIdentifier } = first;
    const next = { StartRecordName, StartRecordType: NextRecordType, StartRecordIdentifier: NextRecordIdentifier };
    const second = await list(next);
    expect(second).toMatchObject({ ResourceRecordSets: [{ SetIdentifier: 'tokyo' }], IsTruncated: false });
    expect(second).not.toHaveProperty('NextRecordName');
  }));

test('the standby serves a request while the writer lives, and fails without it', () =>
  inWorld({}, async (lab) => {
    expect(await visit(lab, TOKYO)).toMatchObject({ status: 200, servedBy: RECOVERY });
    await lab.ports.failure.inject({ kind: 'region-outage', region: PRIMARY });
    expect(await refusalOf(visit(lab, TAIPEI))).toBe('Timeout');
    expect((await visit(lab, TOKYO)).status).toBe(500);
  }));

test("customers' error rate emerges from the region, the caches and the writer", () =>
  inWorld({ startMs: Date.UTC(2026, 10, 23, 9) }, async (lab) => {
    const metric = async (name: string, Stat: string) => {
      const answer = await lab.call('cloudwatch', RECOVERY, 'GetMetricData', {
        StartTime: new Date(lab.clock.nowMs() - 120_000),
        EndTime: new Date(lab.clock.nowMs()),
        MetricDataQueries: [
          { Id: 'm', MetricStat: { Metric: { Namespace: 'Shop', MetricName: name }, Period: 60, Stat } },
        ],
      });
      return answer.MetricDataResults?.[0]?.Values?.[0];
    };
    await lab.sleep(130_000);
    expect(await metric('ErrorRate', 'Average')).toBe(0);
    expect(await metric('ResponseTime', 'p95')).toBeLessThan(0.2);
    await lab.ports.failure.inject({ kind: 'region-outage', region: PRIMARY });
    await lab.sleep(130_000);
    expect(await metric('ErrorRate', 'Average')).toBe(1);

    await lab.call('rds', RECOVERY, 'PromoteReadReplica', { DBInstanceIdentifier: REPLICA });
    await lab.call('eks', RECOVERY, 'UpdateNodegroupConfig', {
      clusterName: RECOVERY_CLUSTER.cluster,
      nodegroupName: 'recovery-workers',
      scalingConfig: { minSize: 9, desiredSize: 9, maxSize: 30 },
    });
    await lab.sleep(300_000);
    const address = `${REPLICA}.abc123.${RECOVERY}.rds.amazonaws.com`;
    for (const name of ['order-service', 'customer-service', 'product-service']) {
      await lab.ports.kubernetes.scale(RECOVERY_CLUSTER, name, 9);
      await lab.ports.kubernetes.setEnvironment(RECOVERY_CLUSTER, name, { DATABASE_WRITER_HOST: address });
    }
    await lab.sleep(60_000);
    // Served, but hardly anyone has been told yet.
    expect((await visit(lab, TOKYO)).status).toBe(200);
    expect(await metric('ErrorRate', 'Average')).toBe(1);
    await update(lab, true);
    await lab.sleep(240_000);
    expect(await metric('ErrorRate', 'Average')).toBe(0);
    expect(lab.twoWriters()).toEqual([]);
  }));

test('a batch of more than 1,000 values or 32,000 characters is refused, and an upsert counts twice', () =>
  inWorld({}, async ({ call }) => {
    const batch = (Action: 'CREATE' | 'UPSERT', Values: string[]) =>
      refusalOf(
        call('route53', 'us-east-1', 'ChangeResourceRecordSets', {
          HostedZoneId: ZONE,
          ChangeBatch: {
            Changes: Values.map((Value, index) => ({
              Action,
              ResourceRecordSet: {
                Name: `${Action.toLowerCase()}-${index}.shop.example.com`,
                Type: 'TXT' as const,
                TTL: 60,
                ResourceRecords: [{ Value }],
              },
            })),
          },
        }),
      );
    const values = (count: number, length: number) => Array.from({ length: count }, () => 'x'.repeat(length));
    expect(await batch('CREATE', values(1_001, 1))).toBe('InvalidChangeBatch');
    expect(await batch('UPSERT', values(501, 1))).toBe('InvalidChangeBatch');
    expect(await batch('CREATE', values(321, 100))).toBe('InvalidChangeBatch');
    expect(await batch('UPSERT', values(161, 100))).toBe('InvalidChangeBatch');
    expect(await batch('CREATE', values(320, 100))).toBe('nothing');
  }));
