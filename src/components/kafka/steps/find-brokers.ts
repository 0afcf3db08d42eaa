import * as z from 'zod';
import { given, side } from '../../../steps/given.ts';
import { defineStep } from '../../../steps/step.ts';
import { brokersByHand, brokersCommand } from './by-hand.ts';
import { brokersOf, clusterNeed, clusterOn, FINDING, kafkaPermissions, mskCluster, nameOf } from './cluster.ts';

/** Where producers produce to a cluster. */
export type Brokers = {
  address: string;
  name: string;
  /** Its consumers finish what was produced there before they stop. */
  serves: true;
};

/** Says by which brokers a region's cluster is reached. */
export const findBrokers = defineStep<z.output<typeof mskCluster>, Brokers>({
  kind: 'kafka.find-brokers',
  params: mskCluster,
  given: given(z.strictObject({ on: side.describe('The side whose brokers are used.') }), ({ on }, around) =>
    clusterOn(on, around),
  ),
  needs: (target) => [clusterNeed(target, {})],
  plane: 'control',
  title: ({ cluster }) => `Find the brokers of ${nameOf(cluster)}`,
  region: ({ region }) => region,
  calls: FINDING,
  permissions: (target, account) => kafkaPermissions(FINDING, target, account),
  command: brokersCommand,
  byHand: { gives: brokersByHand },
  doneWhen: () => 'The command prints the brokers.',
  usuallyMs: () => 1_000,
  observe: async () => ({ done: false, underway: true, state: null }),
  settle: async (target, context) => brokersGiven(await brokersOf(target, context)),
});

export const brokersGiven = ({ brokers, name }: { brokers: string[]; name: string }): Brokers => ({
  address: brokers.join(),
  name,
  serves: true,
});
