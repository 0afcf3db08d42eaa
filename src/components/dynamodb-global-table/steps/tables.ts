import * as z from 'zod';
import type { ComponentOf } from '../../../drill/components.ts';
import { DrillError } from '../../../errors.ts';
import { dnsSuffixOf } from '../../../partition.ts';
import { type Around, component, needed, type side } from '../../../steps/given.ts';
import type { NeedOf } from '../../../steps/needs.ts';
import { until } from '../../../steps/poll.ts';
import type { StepContext } from '../../../steps/step.ts';
import { otherSide } from '../../described.ts';
import { findTable, replicaOf, type TableAt } from './table.ts';

type Side = z.output<typeof side>;
type Store = ComponentOf<'dynamodb-global-table'>;

const heartbeats = z.object({
  table: z.string(),
  partition: z.string(),
  sort: z.string(),
  sortType: z.enum(['N', 'S']),
});
export type Heartbeats = z.output<typeof heartbeats>;

/** The tables of a data store, seen from one of its two regions. */
export const storeTables = z.object({
  store: z.string(),
  region: z.string(),
  other: z.string(),
  tables: z.array(z.string()),
  consistency: z.enum(['eventual', 'strong']),
  third: z.object({ region: z.string(), holds: z.enum(['replica', 'witness']) }).nullable(),
  /** Null where the topology names no table for numbered items. */
  heartbeats: heartbeats.nullable(),
});
export type StoreTables = z.output<typeof storeTables>;

export const tablesOn = (on: Side, around: Around): StoreTables =>
  seenFrom(on, component('dynamodb-global-table', around), around.topology.regions);

export function seenFrom(on: Side, store: Store, regions: Around['topology']['regions']): StoreTables {
  const { id, tables, consistency, third = null, heartbeats: written } = store;
  return {
    store: id,
    region: regions[on],
    other: regions[otherSide(on)],
    tables,
    consistency,
    third,
    heartbeats: written
      ? {
          table: written.table,
          partition: written.partitionKey,
          sort: written.sortKey,
          sortType: written.sortKeyType,
        }
      : null,
  };
}

/** The same, of a store whose numbered items are written or counted, with when the run began: they are numbered from there. */
export const countedTables = storeTables.extend({ heartbeats, run: z.number() });
export type CountedTables = z.output<typeof countedTables>;

export function countedOn(on: Side, around: Around): CountedTables {
  const target = tablesOn(on, around);
  return {
    ...target,
    heartbeats: needed(target.heartbeats ?? undefined, `data.${target.store}.heartbeats`),
    run: around.startedAtMs,
  };
}

/** The counted items are in one table, in every region. */
export const instanceOf = ({ heartbeats: { table } }: { heartbeats: Heartbeats }): string => table;

/** Where applications of a region find their tables. */
export const endpointIn = (region: string): string => `dynamodb.${region}.${dnsSuffixOf(region)}`;

/** With the table of numbered items. */
export const namesIn = ({ tables, heartbeats: written }: Pick<StoreTables, 'tables' | 'heartbeats'>): string[] => [
  ...new Set([...tables, ...(written ? [written.table] : [])]),
];

export const bothSides = ({ region, other, ...target }: StoreTables): TableAt[] =>
  [region, other].flatMap((one) => namesIn(target).map((table) => ({ region: one, table })));

/** What a preflight must find of every table in a region, and of its replicas elsewhere. */
export const tableNeeds = (target: StoreTables): NeedOf<'dynamodb-table'>[] =>
  namesIn(target).map((table) => tableNeed(target, table));

function tableNeed(target: StoreTables, table: string): NeedOf<'dynamodb-table'> {
  const { region, other, consistency, third, heartbeats: written } = target;
  const { partition = '', sort = '', sortType = 'N' } = written ?? {};
  return {
    need: 'dynamodb-table',
    region,
    table,
    replicas: [other, ...(third?.holds === 'replica' ? [third.region] : [])],
    consistency,
    ...(third?.holds === 'witness' && { witness: third.region }),
    ...(written?.table === table && { keys: { partition, sort, sortType } }),
  };
}

/** The table that numbered items are written to, in one region. */
export const countedNeed = (target: CountedTables): NeedOf<'dynamodb-table'> =>
  tableNeed(target, target.heartbeats.table);

/** Reads and writes of a table's items go on while it is updated. */
export const SERVING: readonly (string | undefined)[] = ['ACTIVE', 'UPDATING'];
const ON_THE_WAY: readonly (string | undefined)[] = ['CREATING', 'UPDATING'];

/** Waits until every table serves in a region; where `joined`, its replica in the other one, too. Fails where one cannot. */
export async function mustServe(
  target: StoreTables,
  context: StepContext,
  { joined = false }: { joined?: boolean } = {},
): Promise<void> {
  const { region, other } = target;
  for (const table of namesIn(target))
    await until(context, async () => {
      const found = await findTable({ region, table }, context);
      const status = found?.TableStatus ?? 'not there';
      if (!SERVING.includes(status)) {
        if (ON_THE_WAY.includes(status)) return undefined;
        throw notServing(table, region, status);
      }
      if (!joined || !found) return true;
      const replica = replicaOf(found, other)?.ReplicaStatus ?? 'not there';
      if (SERVING.includes(replica)) return true;
      if (ON_THE_WAY.includes(replica)) return undefined;
      throw notServing(table, other, replica);
    });
}

const notServing = (table: string, region: string, status: string): DrillError =>
  new DrillError('table-not-serving', `The replica of ${table} in ${region} is ${status}.`, {
    hint: `See it: aws dynamodb describe-table --region ${region} --table-name ${table}`,
  });
