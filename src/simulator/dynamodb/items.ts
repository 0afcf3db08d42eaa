import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { Input } from '../../aws/aws.ts';
import { awsError } from '../faults.ts';
import { arrivesMs, isOutOfReach, reaches } from '../partition.ts';
import type { Table } from '../stores-state.ts';
import { at } from '../timeline.ts';
import { nextDraw, type World } from '../world.ts';
import { foundTable, invalid, notFound, type Replica, replicaIn } from './table.ts';

export type Item = Record<string, AttributeValue>;
type Write = Table['writes'][number];

/** DynamoDB gives at most this much at once. */
const PAGE_BYTES = 1_048_576;
/** Assumption: writes of one item in two regions so close together meet each other. */
const CONFLICT_MS = 150;

/** Reads and writes of items, in one region's replica. */
export const items = {
  PutItem(world: World, region: string, input: Input<'dynamodb', 'PutItem'>, beganMs: number) {
    const table = usable(world, region, input.TableName);
    if (input.ConditionExpression || input.Expected)
      throw invalid('The simulator does not model conditions of a write.');
    const item = (input.Item ?? {}) as Item;
    const key = keyOf(table, item);
    if (table.consistency === 'STRONG') mustAgree(world, table, region, key, beganMs);
    const { replication, stops } = world.simulation.tables;
    const drawn = nextDraw(world, `table-replication/${table.name}`);
    const takesMs = Math.round(replication ?? world.durations.tableReplication(drawn));
    const isStopped = stops !== undefined && world.clock.nowMs() >= world.startMs + stops;
    table.writes.push({
      key,
      item,
      region,
      atMs: world.clock.nowMs(),
      takesMs: isStopped ? null : table.consistency === 'STRONG' ? 0 : takesMs,
    });
    return {};
  },

  GetItem(world: World, region: string, input: Input<'dynamodb', 'GetItem'>) {
    const table = usable(world, region, input.TableName);
    const key = keyOf(table, (input.Key ?? {}) as Item);
    const found = itemsIn(world, table, region).find((one) => one.key === key);
    return found ? { Item: found.item } : {};
  },

  Query(world: World, region: string, input: Input<'dynamodb', 'Query'>) {
    const table = usable(world, region, input.TableName);
    const fits = conditionOf(table, input);
    return pageOf(
      table,
      itemsIn(world, table, region).filter(({ item }) => fits(item as Item)),
      input,
    );
  },

  Scan(world: World, region: string, input: Input<'dynamodb', 'Scan'>) {
    const table = usable(world, region, input.TableName);
    if (input.FilterExpression || input.TotalSegments) throw invalid('The simulator models a plain Scan only.');
    return pageOf(table, itemsIn(world, table, region), input);
  },
};

/** A table that is being made is not there yet for those who read and write. */
function usable(world: World, region: string, name: string | undefined): Table {
  const { table, own } = foundTable(world, region, name);
  const status = at(own.status, world.clock.nowMs());
  if (status === 'CREATING' || status === 'DELETING') throw notFound(`Table: ${table.name} not found`);
  if (status === 'INACCESSIBLE_ENCRYPTION_CREDENTIALS')
    throw awsError('ResourceNotFoundException', `The KMS key of ${table.name} is not accessible.`);
  return table;
}

export function keyOf({ partitionKey, sortKey }: Pick<Table, 'partitionKey' | 'sortKey'>, item: Item): string {
  const partition = item[partitionKey];
  const sort = sortKey && item[sortKey.name];
  if (partition?.S === undefined || (sortKey && sort?.[sortKey.type] === undefined))
    throw invalid('One or more parameter values were invalid: Missing the key, or Type mismatch for key');
  return JSON.stringify(sort ? [partition, sort] : [partition]);
}

/** A write with strong consistency is in another region before it is acknowledged, and meets no other write of the same item. */
function mustAgree(world: World, table: Table, region: string, key: string, beganMs: number): void {
  const nowMs = world.clock.nowMs();
  const others = [...table.replicas.map((one) => one.region), ...(table.witness === null ? [] : [table.witness])];
  const isThere = (other: string) =>
    other !== region &&
    !isOutOfReach(world, other, nowMs) &&
    (isThird(world, other) || reaches(world, region, other, nowMs));
  if (!others.some(isThere))
    throw awsError('InternalServerError', 'The request could not be completed: no other Region answers.', 500);
  const meets = table.writes.some(
    (one) => one.key === key && one.region !== region && one.atMs > beganMs - CONFLICT_MS,
  );
  if (meets)
    throw awsError(
      'ReplicatedWriteConflictException',
      'One or more items in this request are being modified by a request in another Region.',
    );
}

/** The link that may be cut is the one between the two regions of the topology. */
const isThird = ({ topology: { regions } }: World, region: string): boolean => !Object.values(regions).includes(region);

/** What a region holds at an instant, by key: of several writes of an item that have come there, the last one. */
export function itemsIn(world: World, table: Table, region: string, ms = world.clock.nowMs()): Write[] {
  const own = replicaIn(table, region, ms);
  const last = new Map<string, Write>();
  for (const write of table.writes) {
    if (!own || !isThere(world, write, own, ms)) continue;
    const known = last.get(write.key);
    if (!known || isLater(write, known)) last.set(write.key, write);
  }
  return [...last.values()].sort((a, b) => byKey(a.key, b.key));
}

const isLater = (one: Write, other: Write): boolean =>
  one.atMs === other.atMs ? one.region >= other.region : one.atMs > other.atMs;

function isThere(world: World, { region, atMs, takesMs }: Write, own: Replica, ms: number): boolean {
  if (atMs > ms) return false;
  if (region === own.region) return true;
  return takesMs !== null && arrivesMs(world, atMs, takesMs) <= ms;
}

/** Numbers by their size, texts by their bytes. */
function byKey(one: string, other: string): number {
  const [keys, others] = [JSON.parse(one), JSON.parse(other)] as [Item[string][], Item[string][]];
  for (const [index, key] of keys.entries()) {
    const against = others[index];
    const order =
      key.N !== undefined
        ? Number(key.N) - Number(against?.N)
        : Buffer.compare(Buffer.from(key.S ?? ''), Buffer.from(against?.S ?? ''));
    if (order !== 0) return order;
  }
  return 0;
}

type Asked = Pick<
  Input<'dynamodb', 'Query'>,
  'KeyConditionExpression' | 'ExpressionAttributeNames' | 'ExpressionAttributeValues' | 'FilterExpression' | 'IndexName'
>;

/** A key condition of one partition: `#run = :run`, or with `and #sequence >= :first` behind it. */
function conditionOf({ partitionKey, sortKey }: Table, asked: Asked): (item: Item) => boolean {
  const {
    KeyConditionExpression = '',
    ExpressionAttributeNames: names = {},
    ExpressionAttributeValues: values = {},
  } = asked;
  if (asked.FilterExpression || asked.IndexName) throw invalid('The simulator models no filters and no indexes.');
  const parts = KeyConditionExpression.split(/\s+and\s+/i).map((part) => {
    const [, name = '', operator = '', value = ''] = /^\s*([#\w]+)\s*(=|>=|>|<=|<)\s*(:\w+)\s*$/.exec(part) ?? [];
    const attribute = name.startsWith('#') ? names[name] : name;
    const wanted = values[value];
    if (attribute === undefined || wanted === undefined)
      throw invalid(`Invalid KeyConditionExpression: ${KeyConditionExpression}`);
    return { attribute, operator, wanted };
  });
  const [first, second] = parts;
  if (first?.attribute !== partitionKey || first.operator !== '=')
    throw invalid(`Query condition missed key schema element: ${partitionKey}`);
  if (second && second.attribute !== sortKey?.name)
    throw invalid(`Query key condition not supported: ${second.attribute}`);
  return (item) => parts.every(({ attribute, operator, wanted }) => holds(item[attribute], operator, wanted));
}

function holds(value: AttributeValue | undefined, operator: string, wanted: AttributeValue): boolean {
  if (value === undefined) return false;
  const order = byKey(JSON.stringify([value]), JSON.stringify([wanted]));
  if (operator === '=') return order === 0;
  return operator.startsWith('>')
    ? order > 0 || (operator === '>=' && order === 0)
    : order < 0 || (operator === '<=' && order === 0);
}

interface Page {
  ExclusiveStartKey?: Record<string, AttributeValue> | undefined;
  Limit?: number | undefined;
  Select?: string | undefined;
  ScanIndexForward?: boolean | undefined;
}

/** As much as DynamoDB gives at once, or as was asked for; what it goes on behind is a key. */
function pageOf(
  table: Table,
  all: readonly Write[],
  { ExclusiveStartKey, Limit, Select, ScanIndexForward = true }: Page,
) {
  const ordered = ScanIndexForward ? all : all.toReversed();
  const behind = ExclusiveStartKey && keyOf(table, ExclusiveStartKey as Item);
  const from = behind === undefined ? 0 : ordered.findIndex(({ key }) => key === behind) + 1;
  let bytes = 0;
  const page: Write[] = [];
  for (const one of ordered.slice(from)) {
    bytes += JSON.stringify(one.item).length;
    if (page.length > 0 && (bytes > PAGE_BYTES || (Limit !== undefined && page.length >= Limit))) break;
    page.push(one);
  }
  const last = page.at(-1);
  const hasMore = last !== undefined && from + page.length < ordered.length;
  const { partitionKey, sortKey } = table;
  return {
    ...(Select === 'COUNT' ? {} : { Items: page.map(({ item }) => item as Item) }),
    Count: page.length,
    ScannedCount: page.length,
    ...(hasMore && {
      LastEvaluatedKey: Object.fromEntries(
        [partitionKey, ...(sortKey ? [sortKey.name] : [])].map((name) => [name, last.item[name]]),
      ) as Item,
    }),
  };
}
