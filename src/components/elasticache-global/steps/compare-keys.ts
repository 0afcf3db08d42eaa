import * as z from 'zod';
import { percentage } from '../../../drill/quantities.ts';
import { earlierStep, given, NOT_YET_MS } from '../../../steps/given.ts';
import { until } from '../../../steps/poll.ts';
import { defineStep, type StepContext } from '../../../steps/step.ts';
import { nodeMetric } from './node-metric.ts';

const MINUTE = 60_000;

const params = z.object({
  region: z.string(),
  /** The node that the snapshot was taken of, and when. */
  source: z.string(),
  takenMs: z.number(),
  restored: z.string(),
  /** By which share the two may differ. */
  within: z.number(),
});
type Params = z.output<typeof params>;

/** Compares how many keys were restored with how many there were when the snapshot was taken, as CloudWatch tells both. */
export const compareKeys = defineStep<Params, { expected: number | null; found: number; ok: boolean }>({
  kind: 'elasticache.compare-keys',
  params,
  given: given(
    z.strictObject({
      snapshot: earlierStep.describe('The step that chose the snapshot.'),
      restored: earlierStep.describe('The step that restored it.'),
      within: percentage
        .default(0.05)
        .describe('How much the numbers of keys may differ, because keys expire meanwhile.'),
    }),
    ({ snapshot, restored, within }, around) => {
      const taken = around.result(snapshot, { node: `<what ${snapshot} finds>`, timeMs: NOT_YET_MS });
      return {
        region: around.topology.regions.primary,
        source: taken.node,
        takenMs: taken.timeMs,
        restored: around.result(restored, { node: `<what ${restored} makes>` }).node,
        within,
      };
    },
  ),
  needs: () => [],
  plane: 'data',
  title: ({ source, restored }) => `Compare the keys of ${restored} with those that ${source} had`,
  region: ({ region }) => region,
  calls: ['cloudwatch:GetMetricData'],
  permissions: () => [{ action: 'cloudwatch:GetMetricData', resource: '*' }],
  command: ({ region, restored }) =>
    `aws cloudwatch get-metric-data --region ${region} --start-time "$(date -ud '-5 min' +%FT%TZ)" --end-time "$(date -u +%FT%TZ)" --metric-data-queries '[{"Id":"keys","MetricStat":{"Metric":{"Namespace":"AWS/ElastiCache","MetricName":"CurrItems","Dimensions":[{"Name":"CacheClusterId","Value":"${restored}"},{"Name":"CacheNodeId","Value":"0001"}]},"Period":60,"Stat":"Average"}}]'`,
  doneWhen: () => 'The number of keys is close to that of the original.',
  usuallyMs: () => 3 * MINUTE,
  observe: async () => ({ done: false, underway: true, state: null }),
  async settle({ region, source, takenMs, restored, within }, context) {
    const beganMs = context.clock.nowMs();
    const expected = (await keysOf(region, source, takenMs - 10 * MINUTE, context, takenMs)) ?? null;
    // What was published of a minute in which it was still being made is of a node that is not full yet.
    const found = await until(context, () => keysOf(region, restored, Math.ceil(beganMs / MINUTE) * MINUTE, context), {
      firstMs: 10_000,
      maxMs: 10_000,
    });
    const ok = expected !== null && expected > 0 && Math.abs(found - expected) <= within * expected;
    context.record({
      type: 'data-check',
      check: 'cache-keys',
      title: 'The restored group has as many keys as the source had at the snapshot',
      instance: restored,
      ok,
      detail: expected === null ? `${found} keys; CloudWatch tells of none before` : `${found} of ${expected} keys`,
      rows: [],
    });
    return { expected, found, ok };
  },
});

/** How many keys a node held, in the newest minute between two instants that CloudWatch tells of. */
async function keysOf(region: string, node: string, fromMs: number, context: StepContext, untilMs?: number) {
  if (fromMs >= (untilMs ?? context.clock.nowMs())) return undefined;
  const keys = await nodeMetric({ region, node, name: 'CurrItems' }, fromMs, context, untilMs);
  return keys === undefined ? undefined : Math.round(keys);
}
