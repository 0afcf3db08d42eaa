import * as z from 'zod';
import { isPassing } from '../../../errors.ts';
import { given, side } from '../../../steps/given.ts';
import { defineStep, type StepContext } from '../../../steps/step.ts';
import { itemIn, PROOF, putByHand, putSurely } from './items.ts';
import { findTable, onTables } from './table.ts';
import { mustServe, namesIn, SERVING, type StoreTables, storeTables, tableNeeds, tablesOn } from './tables.ts';

const params = storeTables.extend({ run: z.number() });
type Params = z.output<typeof params>;

/** Proves that every table serves in a region, by a write that is read back, and looks whether the other region still takes writes. */
export const proveTables = defineStep<Params, { wrote: boolean }>({
  kind: 'dynamodb.prove-tables',
  params,
  given: given(z.strictObject({ on: side.describe('The side that customers write to.') }), ({ on }, around) => ({
    ...tablesOn(on, around),
    run: around.startedAtMs,
  })),
  needs: (target) => tableNeeds(target).map((need) => ({ ...need, replicas: [] })),
  plane: 'data',
  title: ({ store, region }) => `Check that the tables of ${store} serve in ${region}`,
  region: ({ region }) => region,
  calls: ({ heartbeats }) => [
    'dynamodb:DescribeTable',
    ...(heartbeats ? ['dynamodb:GetItem', 'dynamodb:PutItem'] : []),
  ],
  permissions: (target, account) => {
    const { heartbeats, region, other } = target;
    const all = namesIn(target);
    return [
      ...onTables(
        ['dynamodb:DescribeTable'],
        [region, other].flatMap((one) => all.map((table) => ({ region: one, table }))),
        account,
      ),
      ...(heartbeats
        ? onTables(['dynamodb:GetItem', 'dynamodb:PutItem'], [{ region, table: heartbeats.table }], account)
        : []),
    ];
  },
  command: ({ region, run, heartbeats, tables }) =>
    heartbeats
      ? putByHand({ region, run, heartbeats }, String(PROOF))
      : `aws dynamodb describe-table --region ${region} --table-name ${tables[0]} --query Table.TableStatus`,
  doneWhen: ({ heartbeats }) => (heartbeats ? 'The command ends without an error.' : 'The command prints ACTIVE.'),
  usuallyMs: () => 1_000,
  observe: async () => ({ done: false, underway: true, state: null }),
  async settle(target, context) {
    await mustServe(target, context);
    noteCheck('serve', true, `${namesIn(target).join(', ')} serve in ${target.region}`, context);
    await lookAtOther(target, context);
    const { heartbeats, region, run } = target;
    if (!heartbeats) {
      context.notDone(
        `${target.store} names no table for numbered items: that it takes writes in ${region} was not tried`,
      );
      return { wrote: false };
    }
    const place = { region, run, heartbeats };
    const written = { sequence: PROOF, region, atMs: context.clock.nowMs() };
    await putSurely(place, written, context);
    const read = await itemIn(place, PROOF, context);
    const ok = read?.region === region && read.atMs === written.atMs;
    const detail = `${heartbeats.table} took a write in ${region}${ok ? '' : ', and did not give it back'}`;
    noteCheck('takes-writes', ok, detail, context);
    return { wrote: ok };
  },
});

/** Nothing keeps a region from writing to a global table: what clients still write there comes over, and may overwrite. */
async function lookAtOther({ other, ...target }: StoreTables, context: StepContext): Promise<void> {
  const [table = ''] = namesIn(target);
  let status: string | undefined;
  try {
    status = (await findTable({ region: other, table }, context, { once: true }))?.TableStatus;
  } catch (error) {
    context.signal.throwIfAborted();
    if (!isPassing(error)) throw error;
    context.record({
      type: 'finding',
      severity: 'warning',
      subject: target.store,
      what: `could not check what is written in ${other}: DynamoDB does not answer there`,
      why: 'Writes that were acknowledged there and have not come over come when the region returns. Where an item was written here meanwhile, the later write is kept.',
      fix: `Compare both regions when ${other} has returned, and before customers are sent there.`,
    });
    return;
  }
  if (!SERVING.includes(status)) return;
  context.record({
    type: 'finding',
    severity: 'note',
    subject: target.store,
    what: `the tables of ${target.store} take writes in ${other}, too`,
    why: 'No write is refused there. Clients that still write there and clients here overwrite each other: the last writer wins.',
    fix: 'Make sure that no client is left there, or let each region write items of its own.',
  });
}

/** Recorded under the name of the step, because a later check of the same store is a different one. */
const noteCheck = (check: string, ok: boolean, detail: string, { step, record }: StepContext): void =>
  record({ type: 'check', check: `${step}/${check}`, layer: 'verification', critical: true, ok, detail });
