import { regionalArn } from '../../arn.ts';
import type { Input } from '../../aws/aws.ts';
import { uuidOf } from '../distributions.ts';
import { awsError } from '../faults.ts';
import type { Table } from '../stores-state.ts';
import { at } from '../timeline.ts';
import type { World } from '../world.ts';
import { itemsIn } from './items.ts';
import { foundTable, nameOf, type Replica, tableIn } from './table.ts';

const DAY = 86_400_000;
/** AWS: sizes are brought up to date about every six hours. */
const SIZES_EVERY_MS = 6 * 3_600_000;
const MOST_NAMES = 100;

export const tableArn = ({ topology }: World, region: string, name: string): string =>
  regionalArn({ service: 'dynamodb', region, account: topology.account, resource: `table/${name}` });

export const looks = {
  DescribeTable(world: World, region: string, { TableName }: Input<'dynamodb', 'DescribeTable'>) {
    const { table, own } = foundTable(world, region, TableName);
    return { Table: describe(world, table, own) };
  },

  ListTables(world: World, region: string, input: Input<'dynamodb', 'ListTables'>) {
    const { ExclusiveStartTableName: behind, Limit = MOST_NAMES } = input;
    const others = Array.from(
      { length: world.simulation.neighbours },
      (_, index) => `other-${String(index + 1).padStart(4, '0')}-${region}`,
    );
    const names = [...others, ...world.tables.map(({ name }) => name).filter((name) => tableIn(world, region, name))]
      .toSorted()
      .filter((name) => behind === undefined || name > behind);
    const page = names.slice(0, Limit);
    return { TableNames: page, ...(names.length > page.length && { LastEvaluatedTableName: page.at(-1) }) };
  },

  DescribeContinuousBackups(world: World, region: string, input: Input<'dynamodb', 'DescribeContinuousBackups'>) {
    const name = nameOf(input.TableName);
    const table = tableIn(world, region, name);
    if (!table) throw awsError('TableNotFoundException', `Table not found: ${name}`);
    const { own } = foundTable(world, region, name);
    const window = restorable(world, table, own);
    return {
      ContinuousBackupsDescription: {
        ContinuousBackupsStatus: 'ENABLED' as const,
        PointInTimeRecoveryDescription: window
          ? {
              PointInTimeRecoveryStatus: 'ENABLED' as const,
              RecoveryPeriodInDays: Math.max(1, Math.round(window.keptMs / DAY)),
              EarliestRestorableDateTime: new Date(window.earliestMs),
              LatestRestorableDateTime: new Date(window.latestMs),
            }
          : { PointInTimeRecoveryStatus: 'DISABLED' as const },
      },
    };
  },

  ListTagsOfResource(world: World, region: string, { ResourceArn }: Input<'dynamodb', 'ListTagsOfResource'>) {
    return { Tags: foundTable(world, region, ResourceArn).own.tags };
  },
};

/** Between which times a replica can be restored to; nothing while point-in-time recovery is off. */
export function restorable(world: World, { createdMs }: Table, { recoverableMs }: Replica) {
  if (recoverableMs === null) return undefined;
  const keptMs = world.startMs - recoverableMs;
  const nowMs = world.clock.nowMs();
  return {
    keptMs,
    earliestMs: Math.max(createdMs, nowMs - keptMs),
    latestMs: nowMs - world.durations.tableRestorableAgo,
  };
}

export function describe(world: World, table: Table, own: Replica) {
  const nowMs = world.clock.nowMs();
  const { name, partitionKey, sortKey, restored, consistency, witness } = table;
  // The other replicas are told that a replica is being deleted.
  const others = table.replicas.filter((one) => one !== own && at(one.status, nowMs) !== null);
  const isReplicated = restored === null;
  const status = at(own.status, nowMs) ?? 'DELETING';
  const sized = itemsIn(world, table, own.region, nowMs - SIZES_EVERY_MS);
  const isChanging =
    status === 'ACTIVE' && others.some((one) => ['CREATING', 'DELETING'].includes(at(one.status, nowMs) ?? ''));
  return {
    TableName: name,
    TableArn: tableArn(world, own.region, name),
    TableId: uuidOf(`table/${own.region}/${name}/${table.createdMs}`),
    TableStatus: (isChanging ? 'UPDATING' : status) as 'ACTIVE',
    CreationDateTime: new Date(table.createdMs),
    AttributeDefinitions: [
      { AttributeName: partitionKey, AttributeType: 'S' as const },
      ...(sortKey ? [{ AttributeName: sortKey.name, AttributeType: sortKey.type }] : []),
    ],
    KeySchema: [
      { AttributeName: partitionKey, KeyType: 'HASH' as const },
      ...(sortKey ? [{ AttributeName: sortKey.name, KeyType: 'RANGE' as const }] : []),
    ],
    ItemCount: sized.length,
    TableSizeBytes: sized.reduce((sum, { item }) => sum + JSON.stringify(item).length, 0),
    DeletionProtectionEnabled: false,
    ...(own.readCapacity === null
      ? {
          BillingModeSummary: { BillingMode: 'PAY_PER_REQUEST' as const },
          ProvisionedThroughput: { NumberOfDecreasesToday: 0, ReadCapacityUnits: 0, WriteCapacityUnits: 0 },
        }
      : {
          ProvisionedThroughput: {
            NumberOfDecreasesToday: 0,
            ReadCapacityUnits: own.readCapacity,
            WriteCapacityUnits: own.readCapacity,
          },
        }),
    ...(isReplicated && {
      GlobalTableVersion: '2019.11.21',
      MultiRegionConsistency: consistency,
      Replicas: others.map((one) => ({
        RegionName: one.region,
        ReplicaStatus: at(one.status, nowMs) as 'ACTIVE',
        ...(one.readCapacity !== null && { ProvisionedThroughputOverride: { ReadCapacityUnits: one.readCapacity } }),
      })),
      ...(witness !== null && {
        GlobalTableWitnesses: [{ RegionName: witness, WitnessStatus: 'ACTIVE' as const }],
      }),
    }),
    ...(restored && {
      RestoreSummary: {
        SourceTableArn: tableArn(world, own.region, restored.from),
        RestoreDateTime: new Date(restored.atMs),
        RestoreInProgress: status === 'CREATING',
      },
    }),
  };
}
