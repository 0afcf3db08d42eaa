import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { type CallOptions, isAwsError } from '../../../aws/aws.ts';
import { pagesOf } from '../../../aws/pages.ts';
import { untilAnswered } from '../../../steps/poll.ts';
import type { StepContext } from '../../../steps/step.ts';
import type { CountedTables, Heartbeats } from './tables.ts';

const WEEK_MS = 7 * 86_400_000;

/** Items that are not numbered have small numbers: a run's own begin with its time. */
export const SHARED = 1;
export const PROOF = 2;

/** The keys of an item, and everything that tells who wrote it. */
export interface Written {
  sequence: number;
  /** The region that took it. */
  region: string;
  /** Epoch milliseconds of the one who wrote it. */
  atMs: number;
  /** Of the shared item, the number of the item that was written with it. */
  last?: number | undefined;
}

type Place = Pick<CountedTables, 'run' | 'heartbeats'> & { region: string };
type Item = Record<string, AttributeValue>;

const partitionOf = (run: number): AttributeValue => ({ S: `dr-drill:${run}` });

/** As text, numbers sort by their size only if all are of one length. */
const sortOf = ({ sortType }: Heartbeats, sequence: number): AttributeValue =>
  sortType === 'N' ? { N: String(sequence) } : { S: String(sequence).padStart(16, '0') };

const itemOf = ({ run, heartbeats }: Place, { sequence, region, atMs, last }: Written): Item => ({
  [heartbeats.partition]: partitionOf(run),
  [heartbeats.sort]: sortOf(heartbeats, sequence),
  writtenIn: { S: region },
  writtenAt: { N: String(atMs) },
  ...(last !== undefined && { last: { N: String(last) } }),
  // A table with this attribute for its time to live throws items away by itself.
  expiresAt: { N: String(Math.floor((atMs + WEEK_MS) / 1_000)) },
});

function writtenIn({ heartbeats: { sort, sortType } }: Place, item: Item): Written {
  const last = item.last?.N;
  return {
    sequence: Number(item[sort]?.[sortType]),
    region: item.writtenIn?.S ?? '',
    atMs: Number(item.writtenAt?.N ?? Number.NaN),
    ...(last !== undefined && { last: Number(last) }),
  };
}

/** Writes one item, once: it may have been written where nobody answers. */
export const put = (place: Place, written: Written, { aws }: Pick<StepContext, 'aws'>, options?: CallOptions) =>
  aws.call('dynamodb', place.region, 'PutItem', putInput(place, written), options);

const putInput = (place: Place, written: Written) => ({
  TableName: place.heartbeats.table,
  Item: itemOf(place, written),
});

const AGAIN_MS = 200;

/** Writes one item until it is acknowledged. The same item twice is one item; one that meets another region's write is written again. */
export async function putSurely(place: Place, written: Written, context: StepContext): Promise<void> {
  for (;;) {
    try {
      await untilAnswered(context, () => put(place, written, context));
      return;
    } catch (error) {
      if (!isAwsError(error, 'ReplicatedWriteConflict')) throw error;
    }
    await context.clock.sleep(AGAIN_MS, context.signal);
  }
}

/** One item as a region has it; `undefined` where it has none. */
export async function itemIn(
  place: Place,
  sequence: number,
  { aws }: Pick<StepContext, 'aws'>,
  options?: CallOptions,
): Promise<Written | undefined> {
  const { run, heartbeats, region } = place;
  const { Item } = await aws.call(
    'dynamodb',
    region,
    'GetItem',
    {
      TableName: heartbeats.table,
      Key: { [heartbeats.partition]: partitionOf(run), [heartbeats.sort]: sortOf(heartbeats, sequence) },
      ConsistentRead: true,
    },
    options,
  );
  return Item && writtenIn(place, Item);
}

/** The numbered items of the run that a region has, ascending; those from `from` on. */
export async function numberedIn(
  place: Place,
  { aws }: Pick<StepContext, 'aws'>,
  { from = place.run, options }: { from?: number; options?: CallOptions } = {},
): Promise<Written[]> {
  const { run, heartbeats, region } = place;
  const found: Written[] = [];
  const asked = {
    TableName: heartbeats.table,
    KeyConditionExpression: '#run = :run and #sequence >= :from',
    ExpressionAttributeNames: { '#run': heartbeats.partition, '#sequence': heartbeats.sort },
    ExpressionAttributeValues: { ':run': partitionOf(run), ':from': sortOf(heartbeats, from) },
    ConsistentRead: true,
  };
  for await (const { Items = [] } of pagesOf(aws, 'dynamodb', region, 'Query', asked, options))
    found.push(...Items.map((item) => writtenIn(place, item)));
  return found;
}

/** What a person types to write an item; the number is a shell's variable. */
export function putByHand({ region, run, heartbeats }: Place, sequence: string): string {
  const { table, partition, sort, sortType } = heartbeats;
  const item = `{"${partition}":{"S":"dr-drill:${run}"},"${sort}":{"${sortType}":"'"${sequence}"'"}}`;
  return `aws dynamodb put-item --region ${region} --table-name ${table} --item '${item}'`;
}

/** What a person types to count the numbered items. */
export function countByHand({ region, run, heartbeats }: Place): string {
  const { table, partition, sort } = heartbeats;
  const names = JSON.stringify({ '#run': partition, '#sequence': sort });
  const values = JSON.stringify({ ':run': partitionOf(run), ':from': sortOf(heartbeats, run) });
  return `aws dynamodb query --region ${region} --table-name ${table} --consistent-read --select COUNT --key-condition-expression '#run = :run and #sequence >= :from' --expression-attribute-names '${names}' --expression-attribute-values '${values}' --query Count`;
}
