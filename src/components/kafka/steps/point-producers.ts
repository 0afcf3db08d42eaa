import * as z from 'zod';
import { earlierStep, given, side } from '../../../steps/given.ts';
import { defineStep } from '../../../steps/step.ts';
import { type deploymentsPointed, pointing } from '../../kubernetes/pointing.ts';
import { messagingOf, nameOf, runsIn } from './cluster.ts';

/** Has the producers of the region that serves write to the brokers of a region, and waits until every pod does. */
export const pointProducers = defineStep<z.output<typeof deploymentsPointed>>({
  ...pointing,
  kind: 'kafka.point-producers',
  given: given(
    z.strictObject({
      to: side.default('recovery').describe('The side whose brokers are used.'),
      in: side.default('primary').describe('Where the producers run.'),
      validated: earlierStep.describe('The kafka.validate step, whose result has the brokers of both regions.'),
    }),
    ({ to, in: where, validated }, around) => {
      const { producers, ...messaging } = messagingOf(around);
      const brokers = around.result<Record<'primary' | 'recovery', string> | null>(validated, null);
      const environment = { [producers.variable]: brokers?.[to] ?? `<brokers that ${validated} gives>` };
      return {
        cluster: runsIn(where, around),
        deployments: producers.deployments.map((name) => ({ name, environment })),
        writers: [nameOf(messaging[to].cluster)],
        // The undo of the consumers there waits until it is consumed.
        serves: true,
      };
    },
  ),
  title: ({ writers }) => `Point the producers at ${writers.join()}`,
});
