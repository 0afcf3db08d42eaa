import type { HealthCheckRegion } from '@aws-sdk/client-route-53';
import type { Input } from '../../aws/aws.ts';
import { awsError } from '../faults.ts';
import { isDoorUp } from '../shop/serving.ts';
import { plan } from '../timeline.ts';
import type { Endpoint, HealthCheck } from '../traffic-state.ts';
import { nextDraw, type World } from '../world.ts';
import { beforeChange } from './controller.ts';

/** Two checkers in each of the regions from which Route 53 asks, unless a check names others. */
const CHECKERS = [
  'us-east-1',
  'us-west-1',
  'us-west-2',
  'eu-west-1',
  'ap-southeast-1',
  'ap-southeast-2',
  'ap-northeast-1',
  'sa-east-1',
].flatMap((region, index) =>
  [1, 2].map((nth) => ({ Region: region as HealthCheckRegion, IPAddress: `192.0.2.${2 * index + nth}` })),
);

/** What one of them saw when it asked last. */
function observed(
  world: World,
  id: string,
  { region, path, requestIntervalSeconds }: Endpoint,
  checker: (typeof CHECKERS)[number],
) {
  const everyMs = requestIntervalSeconds * 1_000;
  const phaseMs = world.draw(`checker/${id}/${checker.IPAddress}`) * everyMs;
  const checkedMs = Math.floor((world.clock.nowMs() - phaseMs) / everyMs) * everyMs + phaseMs;
  const Status = isDoorUp(world, region, path, checkedMs)
    ? 'Success: HTTP Status Code 200, OK'
    : 'Failure: The health checker could not establish a connection within the timeout limit.';
  return { ...checker, StatusReport: { Status, CheckedTime: new Date(checkedMs) } };
}

export const healthChecks = {
  GetHealthCheck(world: World, _region: string, { HealthCheckId }: Input<'route53', 'GetHealthCheck'>) {
    return { HealthCheck: described(world, found(world, HealthCheckId)) };
  },

  GetHealthCheckStatus(world: World, _region: string, { HealthCheckId }: Input<'route53', 'GetHealthCheckStatus'>) {
    const { id, endpoint } = found(world, HealthCheckId);
    if (endpoint === null)
      throw awsError('InvalidInput', `You can't get the status of the calculated health check ${HealthCheckId}`);
    return { HealthCheckObservations: CHECKERS.map((checker) => observed(world, id, endpoint, checker)) };
  },

  UpdateHealthCheck(world: World, _region: string, input: Input<'route53', 'UpdateHealthCheck'>) {
    const check = found(world, input.HealthCheckId);
    if (input.HealthCheckVersion !== undefined && input.HealthCheckVersion !== check.version) {
      const message = `The value of HealthCheckVersion in the request, ${input.HealthCheckVersion}, does not match ${check.version}.`;
      throw awsError('HealthCheckVersionMismatch', message, 409);
    }
    beforeChange(world);
    setCheck(
      world,
      check,
      { inverted: input.Inverted ?? check.inverted, disabled: input.Disabled ?? check.disabled },
      world.clock.nowMs(),
    );
    return { HealthCheck: described(world, check) };
  },
};

/** From an instant on; what name servers go by follows after a while. */
export function setCheck(
  world: World,
  check: HealthCheck,
  { inverted, disabled }: Pick<HealthCheck, 'inverted' | 'disabled'>,
  ms: number,
): void {
  Object.assign(check, { inverted, disabled, version: check.version + 1 });
  const { takes, stuck } = world.simulation.healthCheck;
  if (stuck) return;
  const takesMs = takes ?? world.durations.healthCheck(nextDraw(world, `health-check/${check.id}`));
  plan(check.inForce, ms, [[ms + Math.round(takesMs), { inverted, disabled }]]);
}

function found(world: World, id: string | undefined): HealthCheck {
  const check = world.healthChecks.find((one) => one.id === id);
  if (check) return check;
  throw awsError('NoSuchHealthCheck', `No health check exists with the specified ID: ${id}`, 404);
}

const described = ({ routingControls }: World, { id, version, inverted, disabled, endpoint }: HealthCheck) => ({
  Id: id,
  CallerReference: `simulated-${id}`,
  HealthCheckVersion: version,
  HealthCheckConfig: {
    ...kindOfCheck(endpoint, routingControls.find(({ healthCheck }) => healthCheck === id)?.arn),
    Inverted: inverted,
    Disabled: disabled,
  },
});

function kindOfCheck(endpoint: HealthCheck['endpoint'], RoutingControlArn: string | undefined) {
  if (RoutingControlArn !== undefined) return { Type: 'RECOVERY_CONTROL' as const, RoutingControlArn };
  if (endpoint === null) return { Type: 'CALCULATED' as const, HealthThreshold: 0, ChildHealthChecks: [] };
  return {
    Type: 'HTTPS' as const,
    RequestInterval: endpoint.requestIntervalSeconds,
    FailureThreshold: endpoint.failureThreshold,
  };
}
