import * as z from 'zod';
import { DrillError } from '../../../errors.ts';
import { given, side } from '../../../steps/given.ts';
import { until } from '../../../steps/poll.ts';
import { defineStep, type StepContext } from '../../../steps/step.ts';
import { acknowledgedIn } from './acknowledged.ts';
import { itemIn, numberedIn, putByHand, putSurely, SHARED } from './items.ts';
import { onTables } from './table.ts';
import { endpointIn, mustServe, namesIn, type StoreTables, storeTables, tableNeeds, tablesOn } from './tables.ts';
import { TAKE_OVER } from './write-items.ts';

const params = storeTables.extend({
  run: z.number(),
  how: z.enum(['failover', 'switchover']),
});
type Params = z.output<typeof params>;

/** Up to which number the shared item had come there when the region took over; null where there is no table for it. */
export type TakenOver = { address: string; sawLast: number | null };

/** Proves that a region takes writes. No role moves: each region of a global table takes them at any time. */
export const takeOverTables = defineStep<Params, TakenOver>({
  kind: TAKE_OVER,
  params,
  given: given(
    z.strictObject({
      to: side.default('recovery').describe('The side that is to take the writes.'),
      how: z
        .enum(['failover', 'switchover'])
        .default('failover')
        .describe('A switchover waits until every numbered item has arrived.'),
    }),
    ({ to, how }, around) => ({ ...tablesOn(to, around), run: around.startedAtMs, how }),
  ),
  needs: tableNeeds,
  plane: 'data',
  title: ({ store, region }) => `Check that the tables of ${store} take writes in ${region}`,
  region: ({ region }) => region,
  calls: ({ heartbeats, how }) => [
    'dynamodb:DescribeTable',
    ...(heartbeats ? ['dynamodb:GetItem', 'dynamodb:PutItem'] : []),
    ...(heartbeats && how === 'switchover' ? ['dynamodb:Query'] : []),
  ],
  permissions: ({ heartbeats, region, ...target }, account) => [
    ...onTables(
      ['dynamodb:DescribeTable'],
      namesIn({ ...target, heartbeats }).map((table) => ({ region, table })),
      account,
    ),
    ...(heartbeats
      ? onTables(
          ['dynamodb:GetItem', 'dynamodb:PutItem', ...(target.how === 'switchover' ? ['dynamodb:Query'] : [])],
          [{ region, table: heartbeats.table }],
          account,
        )
      : []),
  ],
  command: ({ region, run, heartbeats, tables }) =>
    heartbeats
      ? putByHand({ region, run, heartbeats }, String(SHARED))
      : `aws dynamodb describe-table --region ${region} --table-name ${tables[0]} --query Table.TableStatus`,
  byHand: { gives: ({ region }) => ({ address: endpointIn(region), sawLast: null }) },
  doneWhen: ({ heartbeats }) => (heartbeats ? 'The command ends without an error.' : 'The command prints ACTIVE.'),
  usuallyMs: () => 1_000,
  observe: async () => ({ done: false, state: null }),
  repeatable: true,
  async apply(target, context) {
    await mustServe(target, context);
    const { heartbeats, run, region } = target;
    if (!heartbeats) return undefined;
    const place = { region, run, heartbeats };
    if (target.how === 'switchover') await allArrived(target, context);
    // Asked again after a crash, it finds its own item, with what it saw then.
    const sawLast = (await itemIn(place, SHARED, context))?.last ?? run - 1;
    const written = { sequence: SHARED, region, atMs: context.clock.nowMs(), last: sawLast };
    await putSurely(place, written, context);
    const read = await itemIn(place, SHARED, context);
    const ok = read?.region === region && read.atMs === written.atMs;
    noteCheck(ok, `${heartbeats.table} took a write in ${region}${ok ? '' : ', and did not give it back'}`, context);
    return { sawLast };
  },
  async settle({ region, heartbeats, store }, context, _before, receipt) {
    if (!heartbeats)
      context.notDone(`${store} names no table for numbered items: that it takes writes in ${region} was not tried`);
    return {
      address: endpointIn(region),
      sawLast: (receipt as { sawLast: number | null } | undefined)?.sawLast ?? null,
    };
  },
});

/** Nothing that was acknowledged before is on its way any more. */
async function allArrived({ heartbeats, run, region, store }: StoreTables & { run: number }, context: StepContext) {
  if (!heartbeats) return;
  const acknowledged = acknowledgedIn(store, context);
  await until(context, async () => {
    const there = new Set((await numberedIn({ region, run, heartbeats }, context)).map(({ sequence }) => sequence));
    return acknowledged.every((sequence) => there.has(sequence)) || undefined;
  });
}

function noteCheck(ok: boolean, detail: string, { step, record }: StepContext): void {
  record({ type: 'check', check: `${step}/takes-writes`, layer: 'verification', critical: true, ok, detail });
  if (ok) return;
  throw new DrillError('no-writes', `${detail}.`, { hint: 'See whether another region writes the same item.' });
}
