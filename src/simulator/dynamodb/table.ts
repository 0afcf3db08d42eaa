import type { DynamodbGlobalTable } from '../../components/dynamodb-global-table/schema.ts';
import { componentsOf } from '../../drill/components.ts';
import type { Simulation } from '../../drill/simulation.ts';
import type { Topology } from '../../drill/topology.ts';
import { type AwsFault, awsError } from '../faults.ts';
import type { Table } from '../stores-state.ts';
import { always, at } from '../timeline.ts';
import type { World } from '../world.ts';

const DAY = 86_400_000;
/** What is in every table of the platform before anybody comes. */
const FIRST_ITEMS = 3;
const READ_CAPACITY = 100;

export type Replica = Table['replicas'][number];

/** The tables that the topology names, and those that drills write numbered items to. */
export const newTables = (topology: Topology, simulation: Simulation, startMs: number): Table[] =>
  componentsOf(topology, 'dynamodb-global-table').flatMap((one) => {
    const names = one.tables.map((name) => ({ name, partitionKey: 'id', sortKey: null, items: FIRST_ITEMS }));
    const { table, partitionKey, sortKey, sortKeyType } = one.heartbeats ?? {};
    const all =
      table === undefined || partitionKey === undefined || sortKey === undefined || sortKeyType === undefined
        ? names
        : [
            ...names.filter(({ name }) => name !== table),
            { name: table, partitionKey, sortKey: { name: sortKey, type: sortKeyType }, items: 0 },
          ];
    return all.map((each) => newTable(each, one, topology, simulation, startMs));
  });

type First = Pick<Table, 'name' | 'partitionKey' | 'sortKey'> & { items: number };

function newTable(
  { name, partitionKey, sortKey, items }: First,
  { consistency, third, backups }: DynamodbGlobalTable,
  { regions }: Topology,
  { tables: simulated }: Simulation,
  startMs: number,
): Table {
  const isStrong = (simulated.consistency ?? consistency) === 'strong';
  const createdMs = startMs - 400 * DAY;
  const keptMs = backups?.retention ?? 35 * DAY;
  const replica = (region: string, side?: 'primary' | 'recovery'): Replica => ({
    region,
    status: always((side && simulated.status[side]) ?? 'ACTIVE'),
    recoverableMs: simulated.pointInTime ? startMs - keptMs : null,
    readCapacity: side && side in simulated.readCapacity ? (simulated.readCapacity[side] ?? READ_CAPACITY) : null,
    tags: [],
  });
  const sides = (['primary', 'recovery'] as const).filter((side) => side !== simulated.removed);
  const hasWitness = isStrong && third?.holds === 'witness';
  return {
    name,
    createdMs,
    consistency: isStrong ? 'STRONG' : 'EVENTUAL',
    witness: hasWitness ? third.region : null,
    partitionKey,
    sortKey,
    replicas: [
      ...sides.map((side) => replica(regions[side], side)),
      ...(isStrong && third && !hasWitness ? [replica(third.region)] : []),
    ],
    writes: Array.from({ length: items }, (_, index) => {
      const item = { [partitionKey]: { S: `${name}-${index + 1}` }, total: { N: String(10 * (index + 1)) } };
      const atMs = startMs - (30 - index) * DAY;
      return { key: JSON.stringify([item[partitionKey]]), item, region: regions.primary, atMs, takesMs: 0 };
    }),
    restored: null,
  };
}

export const replicaIn = ({ replicas }: Table, region: string, ms: number): Replica | undefined =>
  replicas.findLast((one) => one.region === region && at(one.status, ms) !== null);

/** The table of a name that has a replica in a region. */
export const tableIn = (world: World, region: string, name: string | undefined): Table | undefined =>
  world.tables.findLast((one) => one.name === name && replicaIn(one, region, world.clock.nowMs()) !== undefined);

/** A table is named by its name or its ARN. */
export const nameOf = (given = ''): string => given.split(':table/').at(-1) ?? given;

export function foundTable(world: World, region: string, given: string | undefined): { table: Table; own: Replica } {
  const name = nameOf(given);
  const table = tableIn(world, region, name);
  const own = table && replicaIn(table, region, world.clock.nowMs());
  if (table && own) return { table, own };
  throw notFound(`Table: ${name} not found`);
}

export const notFound = (what: string): AwsFault =>
  awsError('ResourceNotFoundException', `Requested resource not found: ${what}`);

/** DynamoDB takes no other change of a table while one is under way. */
export function mustBeActive(world: World, { name }: Table, { status }: Replica): void {
  const now = at(status, world.clock.nowMs());
  if (now === 'ACTIVE') return;
  throw awsError(
    'ResourceInUseException',
    `Attempt to change a resource which is still in use: Table is being ${now === 'CREATING' ? 'created' : 'updated'}: ${name}`,
  );
}

export const invalid = (message: string): AwsFault => awsError('ValidationException', message);
