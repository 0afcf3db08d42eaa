import { expect, test } from 'vitest';
import { regionalArn } from '../../src/arn.ts';
import {
  CACHE,
  CACHE_COPY,
  DATASTORE,
  GLOBAL_CLUSTER,
  inWorld,
  type Lab,
  MESSAGES,
  MESSAGES_COPY,
  PRIMARY,
  RECOVERY,
  RECOVERY_CLUSTER,
  REPLICA,
  WRITER,
} from './world.ts';

const MINUTE = 60_000;

const promote = ({ call }: Lab) => call('rds', RECOVERY, 'PromoteReadReplica', { DBInstanceIdentifier: REPLICA });

const failOverAurora = ({ call }: Lab) =>
  call('rds', RECOVERY, 'FailoverGlobalCluster', {
    GlobalClusterIdentifier: GLOBAL_CLUSTER,
    TargetDbClusterIdentifier: regionalArn({
      service: 'rds',
      region: RECOVERY,
      account: '111122223333',
      resource: 'cluster:shop-aurora-recovery',
    }),
    AllowDataLoss: true,
  });

const failOverCache = ({ call }: Lab) =>
  call('elasticache', RECOVERY, 'FailoverGlobalReplicationGroup', {
    GlobalReplicationGroupId: DATASTORE,
    PrimaryRegion: RECOVERY,
    PrimaryReplicationGroupId: CACHE_COPY,
  });

const leaveDatastore = ({ call }: Lab) =>
  call('elasticache', RECOVERY, 'DisassociateGlobalReplicationGroup', {
    GlobalReplicationGroupId: DATASTORE,
    ReplicationGroupId: CACHE_COPY,
    ReplicationGroupRegion: RECOVERY,
  });

const consume = ({ ports }: Lab) => ports.kubernetes.scale(RECOVERY_CLUSTER, 'notifications', 2);

test.each([
  ['an instance that is promoted beside its writer', {}, promote, [WRITER, REPLICA]],
  [
    'an Aurora cluster that goes on after a failover',
    { globalCluster: { oldTakesWrites: true } },
    failOverAurora,
    ['shop-aurora-primary', 'shop-aurora-recovery'],
  ],
  [
    'a cache that goes on after a failover',
    { cacheFailover: { oldTakesWrites: true } },
    failOverCache,
    [CACHE, CACHE_COPY],
  ],
  ['a cache that leaves its global datastore', {}, leaveDatastore, [CACHE, CACHE_COPY]],
  [
    'consumers that run in both regions',
    {},
    consume,
    [`notifications at ${MESSAGES}`, `notifications at ${MESSAGES_COPY}`],
  ],
])('%s is a second writer', async (_, simulation, act, writers) => {
  const found = await inWorld({ simulation }, async (lab) => {
    expect(lab.twoWriters()).toEqual([]);
    await act(lab);
    await lab.sleep(30 * MINUTE);
    return lab.twoWriters();
  });
  expect(found.map((one) => one.writers)).toEqual([writers]);
});

test.each([
  ['Aurora', failOverAurora],
  ['ElastiCache', failOverCache],
])('%s moves its writer without a second one', async (_, act) => {
  const found = await inWorld({}, async (lab) => {
    await act(lab);
    await lab.sleep(30 * MINUTE);
    return lab.twoWriters();
  });
  expect(found).toEqual([]);
});

test('what a lost region holds takes no writes', async () => {
  const found = await inWorld({ simulation: { globalCluster: { oldTakesWrites: true } } }, async (lab) => {
    await lab.ports.failure.inject({ kind: 'region-outage', region: PRIMARY });
    await failOverAurora(lab);
    await consume(lab);
    await lab.sleep(30 * MINUTE);
    return lab.twoWriters();
  });
  expect(found).toEqual([]);
});
