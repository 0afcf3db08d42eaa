import * as z from 'zod';
import { calledBy } from '../../../drill/deployments.ts';
import { clusterOf, component, given, side } from '../../../steps/given.ts';
import { defineStep } from '../../../steps/step.ts';
import { scaling } from '../../kubernetes/scaling.ts';

/** Scales the deployments of a compute as its topology has them. */
export const scaleDeployments = defineStep({
  ...scaling,
  kind: 'kubernetes.scale-deployments',
  given: given(
    z.strictObject({
      in: side.default('recovery'),
      to: z
        .enum(['serving', 'standby', 'none'])
        .default('serving')
        .describe('serving or standby, as in the topology, or 0.'),
    }),
    ({ in: where, to }, around) => ({
      cluster: clusterOf(where, around),
      deployments: component('eks', around).deployments.map((one) => ({
        name: calledBy(one),
        replicas: { serving: one.replicas, standby: one.standby, none: 0 }[to],
      })),
      exactly: to !== 'serving',
    }),
  ),
});
