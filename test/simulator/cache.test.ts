import { expect, test } from 'vitest';
import { CACHE, CACHE_COPY, DATASTORE, inWorld, type Lab, PRIMARY, RECOVERY, refusalOf } from './world.ts';

const RESTORED = { ReplicationGroupId: 'restored', ReplicationGroupDescription: 'a drill' };

const group = async ({ call }: Lab, region: string, ReplicationGroupId: string) =>
  (await call('elasticache', region, 'DescribeReplicationGroups', { ReplicationGroupId })).ReplicationGroups?.[0];

const newest = async ({ call }: Lab) =>
  (await call('elasticache', PRIMARY, 'DescribeSnapshots', { ReplicationGroupId: CACHE })).Snapshots?.[0];

const datastore = async ({ call }: Lab, region = RECOVERY) => {
  const asked = { GlobalReplicationGroupId: DATASTORE, ShowMemberInfo: true };
  return (await call('elasticache', region, 'DescribeGlobalReplicationGroups', asked)).GlobalReplicationGroups?.[0];
};

const failOver = ({ call }: Lab, PrimaryRegion = RECOVERY, PrimaryReplicationGroupId = CACHE_COPY) =>
  call('elasticache', RECOVERY, 'FailoverGlobalReplicationGroup', {
    GlobalReplicationGroupId: DATASTORE,
    PrimaryRegion,
    PrimaryReplicationGroupId,
  });

const disassociate = ({ call }: Lab, ReplicationGroupRegion = RECOVERY, ReplicationGroupId = CACHE_COPY) =>
  call('elasticache', RECOVERY, 'DisassociateGlobalReplicationGroup', {
    GlobalReplicationGroupId: DATASTORE,
    ReplicationGroupId,
    ReplicationGroupRegion,
  });

/** A metric of a node over the last ten minutes, newest first. */
const metric = async ({ call, clock }: Lab, region: string, node: string, MetricName: string) => {
  const Metric = { Namespace: 'AWS/ElastiCache', MetricName, Dimensions: [{ Name: 'CacheClusterId', Value: node }] };
  const { MetricDataResults } = await call('cloudwatch', region, 'GetMetricData', {
    StartTime: new Date(clock.nowMs() - 600_000),
    EndTime: new Date(clock.nowMs()),
    MetricDataQueries: [{ Id: 'm', MetricStat: { Metric, Period: 60, Stat: 'Average' } }],
  });
  return MetricDataResults?.[0]?.Values ?? [];
};

/** Everything that a look every second finds, each once. */
async function seen(lab: Lab, look: () => Promise<string>, seconds: number): Promise<string[]> {
  const found: string[] = [];
  for (let second = 0; second < seconds; second += 1) {
    const now = await look();
    if (found.at(-1) !== now) found.push(now);
    await lab.sleep(1_000);
  }
  return found;
}

test('a snapshot a day is kept, and one becomes a new group with about as many keys', () =>
  inWorld({}, async (lab) => {
    const { Snapshots } = await lab.call('elasticache', PRIMARY, 'DescribeSnapshots', { SnapshotSource: 'system' });
    expect(Snapshots).toHaveLength(7);
    expect(Snapshots?.[0]).toMatchObject({
      SnapshotName: `automatic.${CACHE}-002-2026-11-22-17-00`,
      SnapshotStatus: 'available',
      NodeSnapshots: [{ SnapshotCreateTime: new Date('2026-11-22T17:00:00Z') }],
    });
    const SnapshotName = Snapshots?.[0]?.SnapshotName;
    const asked = { ...RESTORED, SnapshotName, NumCacheClusters: 2, AutomaticFailoverEnabled: true };
    const { ReplicationGroup } = await lab.call('elasticache', PRIMARY, 'CreateReplicationGroup', asked);
    expect(ReplicationGroup).toMatchObject({ Status: 'creating', CacheNodeType: 'cache.r7g.large' });
    expect(ReplicationGroup?.NodeGroups?.[0]?.PrimaryEndpoint).toBeUndefined();
    expect(await refusalOf(lab.call('elasticache', PRIMARY, 'CreateReplicationGroup', asked))).toBe(
      'ReplicationGroupAlreadyExistsFault',
    );
    const statuses = await seen(lab, async () => (await group(lab, PRIMARY, 'restored'))?.Status ?? '', 600);
    expect(statuses).toEqual(['creating', 'available']);
    expect((await group(lab, PRIMARY, 'restored'))?.NodeGroups?.[0]).toMatchObject({
      PrimaryEndpoint: { Address: 'master.restored.abc123.ape2.cache.amazonaws.com', Port: 6379 },
      NodeGroupMembers: [{ CurrentRole: 'primary' }, { CurrentRole: 'replica' }],
    });
    const [live = 0] = await metric(lab, PRIMARY, `${CACHE}-001`, 'CurrItems');
    const [restored = 0] = await metric(lab, PRIMARY, 'restored-001', 'CurrItems');
    expect(live).toBeGreaterThan(1_000_000);
    expect(restored).not.toBe(live);
    expect(Math.abs(restored / live - 1)).toBeLessThan(0.05);
  }));

test('a group made for a drill is deleted, and is gone after a while', () =>
  inWorld({ simulation: { cacheRestore: { takes: '3 min' } } }, async (lab) => {
    await lab.call('elasticache', PRIMARY, 'CreateReplicationGroup', RESTORED);
    const remove = () => lab.call('elasticache', PRIMARY, 'DeleteReplicationGroup', RESTORED);
    expect(await refusalOf(remove())).toBe('InvalidReplicationGroupStateFault');
    await lab.sleep(180_000);
    await lab.call('elasticache', PRIMARY, 'DeleteReplicationGroup', {
      ...RESTORED,
      FinalSnapshotIdentifier: 'at-the-end',
    });
    expect(await refusalOf(remove())).toBe('InvalidReplicationGroupStateFault');
    const look = () =>
      group(lab, PRIMARY, 'restored').then(
        (found) => found?.Status ?? '',
        (error: Error) => error.name,
      );
    expect(await seen(lab, look, 300)).toEqual(['deleting', 'ReplicationGroupNotFoundFault']);
    const { Snapshots } = await lab.call('elasticache', PRIMARY, 'DescribeSnapshots', { SnapshotSource: 'user' });
    expect(Snapshots?.map(({ SnapshotName }) => SnapshotName)).toEqual(['at-the-end']);
  }));

test('a restore that fails leaves a group that can only be deleted, and one that loses keys shows it', async () => {
  await inWorld({ simulation: { cacheRestore: { fails: true } } }, async (lab) => {
    await lab.call('elasticache', PRIMARY, 'CreateReplicationGroup', RESTORED);
    await lab.sleep(900_000);
    expect((await group(lab, PRIMARY, 'restored'))?.Status).toBe('create-failed');
    expect(await refusalOf(lab.call('elasticache', PRIMARY, 'DeleteReplicationGroup', RESTORED))).toBe('nothing');
  });
  await inWorld({ simulation: { cacheRestore: { takes: '1 min', losesKeys: '40 %' } } }, async (lab) => {
    const { SnapshotName } = (await newest(lab)) ?? {};
    await lab.call('elasticache', PRIMARY, 'CreateReplicationGroup', { ...RESTORED, SnapshotName });
    await lab.sleep(240_000);
    const [restored = 0] = await metric(lab, PRIMARY, 'restored-001', 'CurrItems');
    const [live = 0] = await metric(lab, PRIMARY, `${CACHE}-001`, 'CurrItems');
    expect(restored / live).toBeLessThan(0.65);
  });
});

test('the secondary becomes the primary although the region of the old one is lost, and keeps that when it comes back', () =>
  inWorld({ simulation: { outage: { lasts: '10 min' } } }, async (lab) => {
    expect((await datastore(lab))?.Members?.map(({ Role }) => Role)).toEqual(['PRIMARY', 'SECONDARY']);
    const lags = await metric(lab, RECOVERY, `${CACHE_COPY}-001`, 'GlobalDatastoreReplicationLag');
    expect(Math.max(...lags)).toBeLessThan(1);
    await lab.ports.failure.inject({ kind: 'region-outage', region: PRIMARY });
    expect(await refusalOf(datastore(lab, PRIMARY))).toBe('TimeoutError');

    const { GlobalReplicationGroup } = await failOver(lab);
    expect(GlobalReplicationGroup?.Status).toBe('available');
    expect(await refusalOf(failOver(lab))).toBe('InvalidGlobalReplicationGroupStateFault');
    const look = async () => {
      const found = await datastore(lab);
      const role = found?.Members?.find(({ ReplicationGroupId }) => ReplicationGroupId === CACHE_COPY)?.Role;
      return `${found?.Status} ${role}`;
    };
    expect(await seen(lab, look, 120)).toEqual(['available SECONDARY', 'modifying SECONDARY', 'available PRIMARY']);
    expect(await refusalOf(failOver(lab))).toBe('InvalidParameterValueException');
    expect(await refusalOf(failOver(lab, PRIMARY, CACHE))).toBe('InvalidGlobalReplicationGroupStateFault');
    await lab.sleep(600_000);
    expect((await group(lab, PRIMARY, CACHE))?.GlobalReplicationGroupInfo).toEqual({
      GlobalReplicationGroupId: DATASTORE,
      GlobalReplicationGroupMemberRole: 'SECONDARY',
    });
  }));

test('a failover that fails is available again with the roles as they were', () =>
  inWorld({ simulation: { cacheFailover: { takes: '30 s', fails: true } } }, async (lab) => {
    await failOver(lab);
    await lab.sleep(10_000);
    expect((await datastore(lab))?.Status).toBe('modifying');
    await lab.sleep(30_000);
    const after = await datastore(lab);
    expect([after?.Status, after?.Members?.map(({ Role }) => Role)]).toEqual(['available', ['PRIMARY', 'SECONDARY']]);
  }));

test('a secondary that leaves stands alone, and only then can it be deleted', () =>
  inWorld({}, async (lab) => {
    const target = { ReplicationGroupId: CACHE_COPY };
    expect(await refusalOf(lab.call('elasticache', RECOVERY, 'DeleteReplicationGroup', target))).toBe(
      'InvalidReplicationGroupStateFault',
    );
    expect(await refusalOf(disassociate(lab, PRIMARY, CACHE))).toBe('InvalidParameterValueException');
    expect(await refusalOf(disassociate(lab, PRIMARY, CACHE_COPY))).toBe('InvalidParameterValueException');
    await disassociate(lab);
    const look = async () => {
      const found = await datastore(lab, PRIMARY);
      return `${found?.Status} ${found?.Members?.map(({ Status }) => Status)}`;
    };
    expect(await seen(lab, look, 240)).toEqual([
      'available associated,disassociating',
      'modifying associated,disassociating',
      'primary-only associated',
    ]);
    expect(await refusalOf(datastore(lab))).toBe('GlobalReplicationGroupNotFoundFault');
    expect((await group(lab, RECOVERY, CACHE_COPY))?.GlobalReplicationGroupInfo).toEqual({});
    expect(await refusalOf(lab.call('elasticache', RECOVERY, 'DeleteReplicationGroup', target))).toBe('nothing');
  }));

test.each<[why: string, input: object, refusal: string]>([
  ['a snapshot that is not there', { SnapshotName: 'none' }, 'SnapshotNotFoundFault'],
  ['a name that is none', { ReplicationGroupId: '1-' }, 'InvalidParameterValueException'],
  ['failover of a single node', { AutomaticFailoverEnabled: true }, 'InvalidParameterCombinationException'],
  ['what is not simulated', { NumNodeGroups: 3 }, 'InvalidParameterCombinationException'],
])('%s makes no group', (_, input, refusal) =>
  inWorld({}, async (lab) => {
    const made = lab.call('elasticache', PRIMARY, 'CreateReplicationGroup', { ...RESTORED, ...input });
    expect(await refusalOf(made)).toBe(refusal);
    const { ReplicationGroups } = await lab.call('elasticache', PRIMARY, 'DescribeReplicationGroups', {});
    expect(ReplicationGroups?.map(({ ReplicationGroupId }) => ReplicationGroupId)).toEqual([CACHE]);
  }),
);
