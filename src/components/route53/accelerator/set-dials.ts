import * as z from 'zod';
import { component, given, shiftGiven } from '../../../steps/given.ts';
import { defineStep } from '../../../steps/step.ts';
import { things } from '../needs.ts';
import { ACCELERATOR_REGION, endpointGroupsOf } from '../schema.ts';
import { dialsRisk } from '../steps/lever-risk.ts';
import {
  type Dials,
  deployed,
  dialCalls,
  dialPermissions,
  dialsByHand,
  dialsCommand,
  dialsNow,
  dialsStanding,
  haveDials,
  isDeployed,
  returnDials,
  turnDials,
} from './dials.ts';

const params = z.object({
  name: z.string(),
  /** The region that customers are sent to. */
  region: z.string(),
  dials: z.record(z.string(), z.number().min(0).max(100)),
});

/**
 * Shifts all traffic by the dials of an accelerator's endpoint groups: 100 for one, 0 for the other. The public name leads to the same
 * addresses as always, so that no resolver has anything to forget. Needs Global Accelerator's control plane, which is in us-west-2.
 */
export const setDials = defineStep<z.output<typeof params>>({
  kind: 'globalaccelerator.set-dials',
  params,
  given: given(shiftGiven, ({ to }, around) => {
    const traffic = component('route53', around);
    const groups = endpointGroupsOf(traffic);
    const dials = { [groups[to]]: 100, [groups[to === 'recovery' ? 'primary' : 'recovery']]: 0 };
    return { name: traffic.name, region: around.topology.regions[to], dials };
  }),
  needs: ({ name }) => [{ need: 'public-name', name }],
  alters: ({ name }) => [things.publicName(name)],
  plane: 'control',
  risk: dialsRisk,
  title: ({ name, region }) => `Shift ${name} to ${region} by its accelerator's traffic dials`,
  region: () => ACCELERATOR_REGION,
  calls: dialCalls,
  permissions: ({ dials }) => dialPermissions(dials),
  command: ({ dials }) => dialsCommand(dials),
  doneWhen: () => 'The accelerator is DEPLOYED, and customers are served by the region with the dial at 100.',
  usuallyMs: () => 25_000,

  async observe({ dials }, context) {
    const now = await dialsNow(dials, context);
    const asked = haveDials(now, dials);
    return { done: asked && (await isDeployed(dials, context)), underway: asked, state: now };
  },

  repeatable: true,
  async apply({ dials }, context) {
    await turnDials(dials, context);
    return undefined;
  },

  async settle({ dials }, context) {
    await deployed(dials, context);
    return null;
  },

  standing: ({ dials }, context) => dialsStanding(dials, context),

  undo: (_, context, before) => returnDials(before.state as Dials, context),
  byHand: { finds: ({ dials }, read) => dialsByHand(dials, read) },
  undoCommand: (_, before) => dialsCommand(before.state as Dials),
});
