import * as z from 'zod';
import { duration } from '../../../drill/quantities.ts';
import { acceptLag } from '../../../steps/data/accept-lag.ts';
import { lookOn } from '../../../steps/data/look-on.ts';
import { given, side } from '../../../steps/given.ts';
import { deciders, decidersGiven, decidersOf } from '../../../steps/people/asking.ts';
import { defineStep, type StepContext } from '../../../steps/step.ts';
import { numberedIn } from './items.ts';
import { reportedLatencyMs } from './latency.ts';
import { countsIn } from './sample.ts';
import { onTables } from './table.ts';
import { bothSides, mustServe, namesIn, storeTables, tableNeeds, tablesOn } from './tables.ts';

const MINUTE = 60_000;
/** How many of the newest numbers are looked for: hours of a drill are not read for the last one. */
const NEWEST_WITHIN_MS = 10 * MINUTE;

const params = storeTables.extend({
  run: z.number(),
  lastsMs: z.number(),
  /** Null where the other region may have no replica yet. */
  lagMaxMs: z.number().nullable(),
  /** Who decides about a greater lag. */
  deciders,
});
type Params = z.output<typeof params>;

/** Looks at tables that are well first: whether both regions serve them, and how long a write takes to the other one. */
export const lookAtTables = defineStep<Params, { lagMs: number | null; items: Record<string, number> }>({
  kind: 'dynamodb.look-at-tables',
  params,
  given: given(
    z.strictObject({
      on: side.default('primary').describe('The side that customers write to.'),
      lasts: duration.default(0),
      lag: z
        .union([z.literal('none'), duration])
        .default(MINUTE)
        .describe(
          'Above this lag people decide whether the drill goes on; none, where the other side may have no replica yet.',
        ),
      deciders: decidersGiven,
    }),
    ({ on, lasts, lag, deciders: asked }, around) => ({
      ...tablesOn(on, around),
      run: around.startedAtMs,
      lastsMs: lasts,
      lagMaxMs: lag === 'none' ? null : lag,
      deciders: decidersOf(asked),
    }),
  ),
  needs: (target) => tableNeeds(target).map((need) => (target.lagMaxMs === null ? { ...need, replicas: [] } : need)),
  plane: 'data',
  title: ({ store, region }) => `Look at the tables of ${store} in ${region}`,
  region: ({ region }) => region,
  calls: ({ heartbeats }) => [
    'dynamodb:DescribeTable',
    'dynamodb:Scan',
    'cloudwatch:GetMetricData',
    ...(heartbeats ? ['dynamodb:Query'] : []),
  ],
  permissions: (target, account) => [
    ...onTables(['dynamodb:DescribeTable'], bothSides(target), account),
    ...onTables(
      ['dynamodb:Scan'],
      target.tables.map((table) => ({ region: target.region, table })),
      account,
    ),
    { action: 'cloudwatch:GetMetricData', resource: '*' },
    ...(target.heartbeats
      ? onTables(['dynamodb:Query'], [{ region: target.other, table: target.heartbeats.table }], account)
      : []),
  ],
  command: (target) =>
    namesIn(target)
      .map(
        (table) =>
          `aws dynamodb describe-table --region ${target.region} --table-name ${table} --query 'Table.[TableStatus,Replicas]'`,
      )
      .join(' && '),
  doneWhen: ({ other }) => `Every table is ACTIVE, and so is its replica in ${other}.`,
  usuallyMs: ({ lastsMs }) => lastsMs,
  observe: async () => ({ done: false, underway: true, state: null }),
  async settle(target, context) {
    await mustServe(target, context, { joined: target.lagMaxMs !== null });
    const lagNow = async (): Promise<number | null> => {
      if (target.lagMaxMs === null) return null;
      const lagMs = await lagOf(target, context);
      const late = {
        instance: `${target.store} in ${target.other}`,
        mostMs: target.lagMaxMs,
        deciders: target.deciders,
      };
      if (lagMs !== null && lagMs > target.lagMaxMs) await acceptLag({ ...late, lagMs }, context);
      return lagMs;
    };
    const lagMs = await lookOn(target.lastsMs, lagNow, context);
    return { lagMs, items: await countsIn(target.region, target.tables, context) };
  },
});

/** How old the newest item is that the other region has; without numbered items, what CloudWatch says of the slowest table. */
async function lagOf(target: Params, context: StepContext): Promise<number | null> {
  const { record, clock } = context;
  const { other, region, heartbeats, run, tables } = target;
  if (heartbeats && isWriting(target, context)) {
    const place = { region: other, run, heartbeats };
    const from = Math.max(run, newestNumber(target, context) - NEWEST_WITHIN_MS / 1_000);
    const atMs = (await numberedIn(place, context, { from })).at(-1)?.atMs ?? run;
    const lagMs = Math.max(0, clock.nowMs() - atMs);
    record({ type: 'lag', instance: `${heartbeats.table} in ${other}`, lagMs, source: 'heartbeat' });
    return lagMs;
  }
  const all: number[] = [];
  for (const table of tables) {
    const lagMs = await reportedLatencyMs({ region, table, to: other }, context);
    record({ type: 'lag', instance: `${table} in ${other}`, lagMs, source: 'metric' });
    if (lagMs !== null) all.push(lagMs);
  }
  return all.length === 0 ? null : Math.max(...all);
}

/** Whether this run has written numbered items by now: without any, none is late. */
const isWriting = ({ store }: Params, { entries }: StepContext): boolean =>
  entries().some((entry) => entry.type === 'heartbeats' && entry.of === store);

function newestNumber({ store, run }: Params, { entries }: StepContext): number {
  const last = entries().findLast((entry) => entry.type === 'heartbeats' && entry.of === store);
  return last?.type === 'heartbeats' ? (last.rows.at(-1)?.[0] ?? run) : run;
}
