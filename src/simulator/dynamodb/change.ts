import type { Input } from '../../aws/aws.ts';
import { awsError } from '../faults.ts';
import { at, plan } from '../timeline.ts';
import { nextDraw, type World } from '../world.ts';
import { describe, restorable } from './describe.ts';
import { itemsIn } from './items.ts';
import { foundTable, invalid, mustBeActive, nameOf, notFound, replicaIn, tableIn } from './table.ts';

/** AWS: so many tables may be restored at once. */
const MOST_RESTORES = 50;

/** What makes, changes and deletes tables. */
export const changes = {
  RestoreTableToPointInTime(world: World, region: string, input: Input<'dynamodb', 'RestoreTableToPointInTime'>) {
    const nowMs = world.clock.nowMs();
    const name = nameOf(input.SourceTableArn ?? input.SourceTableName);
    const source = tableIn(world, region, name);
    if (!source) throw awsError('TableNotFoundException', `Source table not found: ${name}`);
    const { own } = foundTable(world, region, name);
    const target = input.TargetTableName ?? '';
    if (!/^[\w.-]{3,255}$/.test(target)) throw invalid(`Invalid table name: ${target}`);
    if (tableIn(world, region, target))
      throw awsError('TableAlreadyExistsException', `Table already exists: ${target}`);
    const window = restorable(world, source, own);
    if (!window)
      throw awsError(
        'PointInTimeRecoveryUnavailableException',
        `Point in time recovery is not enabled for table '${name}'`,
      );
    const atMs = input.UseLatestRestorableTime ? window.latestMs : (input.RestoreDateTime?.getTime() ?? Number.NaN);
    if (!(atMs >= window.earliestMs && atMs <= window.latestMs))
      throw awsError(
        'InvalidRestoreTimeException',
        'RestoreDateTime must be between EarliestRestorableDateTime and LatestRestorableDateTime.',
      );
    const underway = world.tables.filter(
      (one) =>
        one.restored && one.replicas.some((each) => each.region === region && at(each.status, nowMs) === 'CREATING'),
    );
    if (underway.length >= MOST_RESTORES)
      throw awsError('LimitExceededException', `Too many restores at once: ${MOST_RESTORES} are allowed.`);
    const { takes, fails, losesItems } = world.simulation.tableRestore;
    const takesMs = takes ?? world.durations.tableRestore(world.draw(`table-restore/${target}`));
    const held = itemsIn(world, source, region, atMs);
    const kept = held.toSorted((a, b) => a.atMs - b.atMs).slice(0, Math.max(0, held.length - losesItems));
    const made = {
      replica: {
        region,
        status: [
          [nowMs, 'CREATING'],
          [nowMs + Math.round(takesMs), fails ? 'INACCESSIBLE_ENCRYPTION_CREDENTIALS' : 'ACTIVE'],
        ] as [number, string | null][],
        recoverableMs: null,
        readCapacity: own.readCapacity,
        tags: [],
      },
    };
    const table = {
      name: target,
      createdMs: nowMs,
      consistency: 'EVENTUAL' as const,
      witness: null,
      partitionKey: source.partitionKey,
      sortKey: source.sortKey,
      replicas: [made.replica],
      writes: kept.map((one) => ({ ...one, region, takesMs: 0 })),
      restored: { from: name, atMs },
    };
    world.tables.push(table);
    return { TableDescription: describe(world, table, made.replica) };
  },

  /** Adds a replica, or takes one away; nothing else of a table is changed here. */
  UpdateTable(world: World, region: string, input: Input<'dynamodb', 'UpdateTable'>) {
    const nowMs = world.clock.nowMs();
    const { table, own } = foundTable(world, region, input.TableName);
    const [update, second] = input.ReplicaUpdates ?? [];
    if (!update || second || !(update.Create || update.Delete))
      throw invalid('The simulator models one replica that is added or deleted, and no other change of a table.');
    mustBeActive(world, table, own);
    const isUnderway = table.replicas.some((one) =>
      ['CREATING', 'DELETING', 'UPDATING'].includes(at(one.status, nowMs) ?? ''),
    );
    if (isUnderway)
      throw awsError(
        'ResourceInUseException',
        `Attempt to change a resource which is still in use: Table is being updated: ${table.name}`,
      );
    if (table.consistency === 'STRONG')
      throw invalid('Replicas of a table with multi-Region strong consistency cannot be added or deleted one by one.');
    const where = (update.Create ?? update.Delete)?.RegionName ?? '';
    const there = replicaIn(table, where, nowMs);
    if (update.Delete) {
      if (!there || there === own)
        throw invalid('Replica specified in the Replica Update or Replica Delete action of the request was not found.');
      const takesMs = world.durations.tableDeletion(nextDraw(world, `table-deletion/${table.name}`));
      plan(there.status, nowMs, [
        [nowMs, 'DELETING'],
        [nowMs + Math.round(takesMs), null],
      ]);
      return { TableDescription: describe(world, table, own) };
    }
    if (there || tableIn(world, where, table.name))
      throw invalid(
        `Failed to create a the new replica of table with name: '${table.name}' because one or more replicas already existed as tables.`,
      );
    if (!Object.values(world.topology.regions).includes(where)) throw invalid(`Unsupported region: ${where}`);
    const { takes, fails } = world.simulation.tableReplica;
    const takesMs = takes ?? world.durations.tableReplica(nextDraw(world, `table-replica/${table.name}`));
    table.replicas.push({
      region: where,
      status: [
        [nowMs, 'CREATING'],
        [nowMs + Math.round(takesMs), fails ? 'CREATION_FAILED' : 'ACTIVE'],
      ],
      recoverableMs: null,
      readCapacity: own.readCapacity,
      tags: [],
    });
    return { TableDescription: describe(world, table, own) };
  },

  DeleteTable(world: World, region: string, input: Input<'dynamodb', 'DeleteTable'>) {
    const nowMs = world.clock.nowMs();
    const { table, own } = foundTable(world, region, input.TableName);
    const status = at(own.status, nowMs);
    if (status === 'CREATING' || status === 'DELETING')
      throw awsError(
        'ResourceInUseException',
        `Attempt to change a resource which is still in use: Table is being ${status === 'CREATING' ? 'created' : 'deleted'}: ${table.name}`,
      );
    if (table.restored === null) throw invalid('The simulator deletes no table of the platform.');
    const takesMs = world.durations.tableDeletion(nextDraw(world, `table-deletion/${table.name}`));
    plan(own.status, nowMs, [
      [nowMs, 'DELETING'],
      [nowMs + Math.round(takesMs), null],
    ]);
    return { TableDescription: describe(world, table, own) };
  },

  /** AWS: what is still being made cannot be tagged. */
  TagResource(world: World, region: string, { ResourceArn, Tags = [] }: Input<'dynamodb', 'TagResource'>) {
    const { own } = foundTable(world, region, ResourceArn);
    if (at(own.status, world.clock.nowMs()) === 'CREATING') throw notFound(`ResourcArn: ${ResourceArn} not found`);
    own.tags = [...own.tags.filter(({ Key }) => !Tags.some((one) => one.Key === Key)), ...Tags];
    return {};
  },
};
