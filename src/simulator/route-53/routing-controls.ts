import type { Input } from '../../aws/aws.ts';
import { awsError } from '../faults.ts';
import { plan } from '../timeline.ts';
import type { RoutingControl } from '../traffic-state.ts';
import { nextDraw, type World } from '../world.ts';
import { beforeChange } from './controller.ts';

/** The data plane of ARC's routing controls: the same behind each of the cluster's endpoints. */
export const route53recoverycluster = {
  GetRoutingControlState(
    world: World,
    _region: string,
    { RoutingControlArn }: Input<'route53recoverycluster', 'GetRoutingControlState'>,
  ) {
    const { arn, name, on } = controlOf(world, RoutingControlArn);
    return {
      RoutingControlArn: arn,
      RoutingControlName: name,
      RoutingControlState: on ? ('On' as const) : ('Off' as const),
    };
  },

  UpdateRoutingControlStates(
    world: World,
    _region: string,
    input: Input<'route53recoverycluster', 'UpdateRoutingControlStates'>,
  ) {
    const asked = (input.UpdateRoutingControlStateEntries ?? []).map(({ RoutingControlArn, RoutingControlState }) => ({
      control: controlOf(world, RoutingControlArn),
      on: RoutingControlState === 'On',
    }));
    const stays = world.zone.routingControls.filter((one) => !asked.some(({ control }) => control === one));
    // The cluster's safety rule, as everybody has it: customers must be able to go somewhere.
    if (![...stays, ...asked].some(({ on }) => on)) {
      throw awsError(
        'ConflictException',
        'Safety rule at-least-one-region: at least one routing control must be On.',
        409,
      );
    }
    beforeChange(world);
    for (const { control, on } of asked) setControl(world, control, on, world.clock.nowMs());
    return {};
  },
};

/** From an instant on; the health check that it turns follows after a while. */
export function setControl(world: World, control: RoutingControl, on: boolean, ms: number): void {
  control.on = on;
  const check = world.zone.healthChecks.find(({ id }) => id === control.healthCheck);
  const { takes, stuck } = world.simulation.healthCheck;
  if (!check || stuck) return;
  const takesMs = takes ?? world.durations.healthCheck(nextDraw(world, `routing-control/${control.name}`));
  plan(check.healthy, ms, [[ms + Math.round(takesMs), on]]);
}

function controlOf({ zone }: World, arn: string | undefined): RoutingControl {
  const found = zone.routingControls.find((one) => one.arn === arn);
  if (found) return found;
  throw awsError('ResourceNotFoundException', `Routing control ${arn} does not exist.`, 404);
}
