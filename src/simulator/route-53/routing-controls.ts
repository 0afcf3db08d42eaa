import type { Input } from '../../aws/aws.ts';
import { componentsOf } from '../../drill/components.ts';
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
    const isOnThen = (arn: string) => (asked.find(({ control }) => control.arn === arn) ?? controlOf(world, arn)).on;
    // The cluster's safety rule for each name, as everyone has it: customers must be able to go somewhere.
    if (asked.some(({ control }) => !pairOf(world, control).some(isOnThen))) {
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
  const check = world.healthChecks.find(({ id }) => id === control.healthCheck);
  const { takes, stuck } = world.simulation.healthCheck;
  if (!check || stuck) return;
  const takesMs = takes ?? world.durations.healthCheck(nextDraw(world, `routing-control/${control.name}`));
  plan(check.finds, ms, [[ms + Math.round(takesMs), on]]);
}

/** The ARNs of both controls of a name. */
function pairOf({ topology }: World, { arn }: RoutingControl): string[] {
  const pairs = componentsOf(topology, 'route53').flatMap(({ routingControls: pair }) => pair ?? []);
  const found = pairs.find(({ primary, recovery }) => [primary, recovery].includes(arn));
  return found ? [found.primary, found.recovery] : [];
}

function controlOf({ routingControls }: World, arn: string | undefined): RoutingControl {
  const found = routingControls.find((one) => one.arn === arn);
  if (found) return found;
  throw awsError('ResourceNotFoundException', `Routing control ${arn} does not exist.`, 404);
}
