import * as z from 'zod';
import { globalRegionOf } from '../../../partition.ts';
import { component, given, shiftGiven } from '../../../steps/given.ts';
import { defineStep } from '../../../steps/step.ts';
import { things } from '../needs.ts';
import { destinationOf, setIdentifierOf } from '../schema.ts';
import { answersAs, destinationParams, untilAnswersAs } from './answer.ts';
import { inSync, recordCalls, recordPermissions } from './change-records.ts';
import {
  haveWeights,
  returnWeights,
  setWeights,
  type Weights,
  weightsCommand,
  weightsNow,
  weightsStanding,
} from './weights.ts';

const params = z.object({
  region: z.string(),
  zone: z.string(),
  name: z.string(),
  /** Weight by set identifier. */
  weights: z.record(z.string(), z.int().min(0).max(255)),
  to: destinationParams,
});
type Params = z.output<typeof params>;

/** Shifts all traffic by the weights of the records: needs Route 53's control plane, which lives in one region. */
export const weightRecords = defineStep<Params>({
  kind: 'route53.weight-records',
  params,
  given: given(shiftGiven, ({ to }, around) => {
    const { regions } = around.topology;
    const traffic = component('route53', around);
    return {
      region: globalRegionOf('route53', regions.recovery),
      zone: traffic.zone,
      name: traffic.name,
      weights: {
        [setIdentifierOf(traffic.primary)]: to === 'primary' ? 100 : 0,
        [setIdentifierOf(traffic.recovery)]: to === 'recovery' ? 100 : 0,
      },
      to: destinationOf(traffic[to]),
    };
  }),
  needs: ({ name }) => [{ need: 'public-name', name }],
  alters: ({ name }) => [things.publicName(name)],
  plane: 'control',
  title: ({ name, weights }) =>
    `Shift ${name} to ${Object.entries(weights)
      .map(([set, weight]) => `${set} ${weight}`)
      .join(', ')}`,
  region: ({ region }) => region,
  calls: recordCalls,
  permissions: recordPermissions,
  command: (target) => weightsCommand(target, target.weights),
  usuallyMs: () => 60_000,

  async observe(target, context) {
    const now = await weightsNow(target, context);
    const asked = haveWeights(now, target.weights);
    return { done: asked && (await answersAs(target, context)), underway: asked, state: now };
  },

  repeatable: true,
  apply: (target, context, { state }) => setWeights(target, target.weights, context, state as Weights),

  async settle(target, context, _before, receipt) {
    await inSync(target, (receipt as { change: string | null } | undefined)?.change, context);
    await untilAnswersAs(target, context);
    return null;
  },

  standing: (target, context) => weightsStanding(target, target.weights, context),

  undo: (target, context, before) => returnWeights(target, before.state as Weights, context),
  undoCommand: (target, before) => weightsCommand(target, before.state as Weights),
});
