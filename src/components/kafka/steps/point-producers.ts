import * as z from 'zod';
import { earlierStep, given, side } from '../../../steps/given.ts';
import { defineStep } from '../../../steps/step.ts';
import { pointApplications } from '../../eks/steps/point-applications.ts';
import { messagingOf, nameOf, runsIn } from './cluster.ts';

const params = pointApplications.params.and(z.object({ name: z.string() }));

/** Has the producers of the region that serves write to the brokers of a region, and waits until every pod does. */
export const pointProducers = defineStep<z.output<typeof params>>({
  ...pointApplications,
  kind: 'kafka.point-producers',
  params,
  given: given(
    z.strictObject({
      to: side.default('recovery').describe('Whose brokers.'),
      in: side.default('primary').describe('Where the producers run.'),
      validated: earlierStep.describe('The step that gave the brokers of both regions: kafka.validate.'),
    }),
    ({ to, in: where, validated }, around) => {
      const { producers, ...messaging } = messagingOf(around);
      const brokers = around.result<Record<'primary' | 'recovery', string> | null>(validated, null);
      return {
        cluster: runsIn(where, around),
        deployments: producers.deployments,
        variable: producers.variable,
        address: brokers?.[to] ?? `<brokers that ${validated} gives>`,
        name: nameOf(messaging[to].cluster),
      };
    },
  ),
  title: ({ name }) => `Have the producers write to ${name}`,
  // The undo of whoever consumes there waits until it is consumed.
  staysBehindUndo: () => undefined,
});
