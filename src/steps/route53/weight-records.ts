import * as z from 'zod';
import { setIdentifierOf } from '../../drill/traffic.ts';
import { globalRegionOf } from '../../partition.ts';
import { given, shiftGiven } from '../given.ts';
import { until } from '../poll.ts';
import { defineStep } from '../step.ts';
import { answersOnly } from './answer.ts';
import {
  haveWeights,
  inSync,
  returnWeights,
  setWeights,
  type Weights,
  weightCalls,
  weightPermissions,
  weightsCommand,
  weightsNow,
} from './weights.ts';

const params = z.object({
  region: z.string(),
  zone: z.string(),
  name: z.string(),
  /** Weight by set identifier. */
  weights: z.record(z.string(), z.int().min(0).max(255)),
  address: z.string(),
});
type Params = z.output<typeof params>;

/** Shifts all traffic by the weights of the records: needs Route 53's control plane, which lives in one region. */
export const weightRecords = defineStep<Params>({
  kind: 'route53.weight-records',
  params,
  given: given(shiftGiven, ({ to }, { topology: { regions, traffic } }) => ({
    region: globalRegionOf('route53', regions.recovery),
    zone: traffic.zone,
    name: traffic.name,
    weights: {
      [setIdentifierOf(traffic.primary)]: to === 'primary' ? 100 : 0,
      [setIdentifierOf(traffic.recovery)]: to === 'recovery' ? 100 : 0,
    },
    address: traffic[to].address,
  })),
  plane: 'control',
  title: ({ name, weights }) =>
    `Shift ${name} to ${Object.entries(weights)
      .map(([set, weight]) => `${set} ${weight}`)
      .join(', ')}`,
  region: ({ region }) => region,
  calls: weightCalls,
  permissions: weightPermissions,
  command: (target) => weightsCommand(target, target.weights),
  usuallyMs: () => 60_000,

  async observe(target, context) {
    const now = await weightsNow(target, context);
    const asked = haveWeights(now, target.weights);
    return { done: asked && (await answersOnly(target, context)), underway: asked, state: now };
  },

  repeatable: true,
  apply: (target, context) => setWeights(target, target.weights, context),

  async settle(target, context, _before, receipt) {
    const change = (receipt as { change: string } | undefined)?.change;
    if (change) await inSync(target, change, context);
    await until(context, async () => ((await answersOnly(target, context)) ? true : undefined), { maxMs: 2_000 });
    return null;
  },

  undo: (target, context, before) => returnWeights(target, before.state as Weights, context),
  undoCommand: (target, before) => weightsCommand(target, before.state as Weights),
});
