import type { RoutingControlState } from '@aws-sdk/client-route53-recovery-cluster';
import * as z from 'zod';
import { component, given, shiftGiven } from '../../../steps/given.ts';
import { defineStep, type StepContext } from '../../../steps/step.ts';
import { answerStanding, answersAs, destinationParams, untilAnswersAs } from '../../public-name/answer.ts';
import { destinationOf } from '../../public-name/destination.ts';
import { things } from '../needs.ts';
import { routingControlsOf } from '../schema.ts';
import { anywhere, type States, statesNow } from './routing-controls.ts';

const params = z.object({
  /** ARNs of routing controls: the one that is to be on, and the one that is to be off. */
  on: z.string(),
  off: z.string(),
  /** The cluster's endpoints by region, in the order in which they are tried. */
  endpoints: z.array(z.object({ region: z.string(), url: z.string() })),
  name: z.string(),
  to: destinationParams,
});
type Params = z.output<typeof params>;

/**
 * Shifts traffic by ARC's routing controls: both in one call, as a safety rule may forbid that neither is on. The cluster answers in five
 * regions. Any one of them is enough, and no control plane is called.
 */
export const setRoutingControls = defineStep<Params>({
  kind: 'arc.set-routing-controls',
  params,
  given: given(shiftGiven, ({ to }, around) => {
    const { regions } = around.topology;
    const traffic = component('route53', around);
    const controls = routingControlsOf(traffic);
    return {
      on: controls[to],
      off: controls[to === 'recovery' ? 'primary' : 'recovery'],
      endpoints: endpointsFrom(controls.endpoints, regions.recovery),
      name: traffic.name,
      to: destinationOf(traffic[to]),
    };
  }),
  needs: ({ name, on, off, endpoints }) => [
    { need: 'public-name', name },
    { need: 'routing-controls', on, off, endpoints },
  ],
  alters: ({ name, on, off }) => [things.publicName(name), things.routingControls(on, off)],
  plane: 'data',
  title: ({ name }) => `Shift ${name} by ARC's routing controls`,
  region: ({ endpoints }) => endpoints[0]?.region ?? '',
  calls: ['route53recoverycluster:GetRoutingControlState', 'route53recoverycluster:UpdateRoutingControlStates'],
  permissions: ({ on, off }) =>
    ['GetRoutingControlState', 'UpdateRoutingControlStates'].flatMap((action) =>
      [on, off].map((resource) => ({ action: `route53-recovery-cluster:${action}`, resource })),
    ),
  command: ({ on, off, endpoints }) => updateCommand({ [on]: 'On', [off]: 'Off' }, endpoints),
  doneWhen: () => 'The routing controls have the states of the command, and customers are served.',
  usuallyMs: () => 15_000,

  async observe(target, context) {
    const state = await statesNow(target, context);
    const asked = state[target.on] === 'On' && state[target.off] === 'Off';
    return { done: asked && (await answersAs(target, context)), underway: asked, state };
  },

  repeatable: true,
  async apply(target, context) {
    await set({ [target.on]: 'On', [target.off]: 'Off' }, target, context);
    return undefined;
  },

  async settle(target, context) {
    await untilAnswersAs(target, context);
    return null;
  },

  async standing(target, context, settled) {
    const states = await statesNow(target, context);
    const answer = await answerStanding(target, context, settled);
    return {
      asAsked: states[target.on] === 'On' && states[target.off] === 'Off' && answer.asAsked,
      facts: [...Object.entries(states).map(([arn, state]) => `routing control ${arn}: ${state}`), ...answer.facts],
    };
  },

  async undo(target, context, before) {
    const former = before.state as States;
    const now = await statesNow(target, context);
    if (Object.entries(former).every(([arn, state]) => now[arn] === state)) return;
    await set(former, target, context);
  },
  byHand: {
    finds: ({ endpoints, on, off }, read) =>
      Object.fromEntries(
        [on, off].map((arn, index) => [
          arn,
          read.text(
            `control ${index + 1}`,
            `aws route53-recovery-cluster get-routing-control-state --region ${endpoints[0]?.region} --endpoint-url ${endpoints[0]?.url} --routing-control-arn ${arn} --query RoutingControlState --output text`,
          ),
        ]),
      ),
  },
  undoCommand: ({ endpoints }, before) => updateCommand(before.state as States, endpoints),
});

/** That of the region which takes over first: the others may be as far away as the disaster. */
export const endpointsFrom = (endpoints: Record<string, string>, first: string): Params['endpoints'] =>
  Object.entries(endpoints)
    .map(([region, url]) => ({ region, url }))
    .sort((a, b) => Number(b.region === first) - Number(a.region === first) || (a.region < b.region ? -1 : 1));

async function set(states: States, target: Params, context: StepContext): Promise<void> {
  const entries = Object.entries(states).map(([RoutingControlArn, state]) => ({
    RoutingControlArn,
    RoutingControlState: state as RoutingControlState,
  }));
  await anywhere('UpdateRoutingControlStates', { UpdateRoutingControlStateEntries: entries }, target, context);
}

function updateCommand(states: States, endpoints: Params['endpoints']): string {
  const entries = Object.entries(states).map(([arn, state]) => `RoutingControlArn=${arn},RoutingControlState=${state}`);
  const [first, ...others] = endpoints;
  const call = `aws route53-recovery-cluster update-routing-control-states --region ${first?.region} --endpoint-url ${first?.url} --update-routing-control-state-entries ${entries.join(' ')}`;
  return others.length === 0
    ? call
    : `${call}  # or, where that is silent: ${others.map(({ region, url }) => `--region ${region} --endpoint-url ${url}`).join(', ')}`;
}
