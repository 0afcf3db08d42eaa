import { globalArn, regionalArn } from '../../arn.ts';
import type { Input } from '../../aws/aws.ts';
import { awsError } from '../faults.ts';
import type { EcsService, ScalableTarget } from '../state.ts';
import type { World } from '../world.ts';
import { scaleService, serviceIn } from './service.ts';

/** Assumption: a minimum is kept within seconds; tasks that have nothing to do are taken away after some minutes. */
const RAISED_AFTER_MS = 10_000;
const IDLE_AFTER_MS = 180_000;
const DAY = 86_400_000;

const DIMENSION = 'ecs:service:DesiredCount';

/** Application Auto Scaling as its API answers, for services of ECS. */
export const applicationautoscaling = {
  DescribeScalableTargets(
    world: World,
    region: string,
    asked: Input<'applicationautoscaling', 'DescribeScalableTargets'>,
  ) {
    mustBeEcs(asked.ServiceNamespace, asked.ScalableDimension);
    const wanted = asked.ResourceIds;
    if ((wanted?.length ?? 0) > 50) throw invalid('ResourceIds must have length less than or equal to 50');
    const here = world.scalableTargets.filter((one) => one.region === region);
    const found = here.filter((one) => wanted === undefined || wanted.includes(idOf(one)));
    return {
      ScalableTargets: found.map((one) => ({
        ServiceNamespace: 'ecs' as const,
        ResourceId: idOf(one),
        ScalableDimension: DIMENSION,
        MinCapacity: one.min,
        MaxCapacity: one.max,
        RoleARN: globalArn({
          service: 'iam',
          region,
          account: world.topology.account,
          resource:
            'role/aws-service-role/ecs.application-autoscaling.amazonaws.com/AWSServiceRoleForApplicationAutoScaling_ECSService',
        }),
        CreationTime: new Date(world.startMs - 30 * DAY),
        SuspendedState: {
          DynamicScalingInSuspended: false,
          DynamicScalingOutSuspended: false,
          ScheduledScalingSuspended: false,
        },
        ScalableTargetARN: arnOf(world, one),
      })),
    };
  },

  RegisterScalableTarget(
    world: World,
    region: string,
    asked: Input<'applicationautoscaling', 'RegisterScalableTarget'>,
  ) {
    mustBeEcs(asked.ServiceNamespace, asked.ScalableDimension);
    const [, cluster = '', service = ''] = /^service\/([^/]+)\/([^/]+)$/.exec(asked.ResourceId ?? '') ?? [];
    const known = world.scalableTargets.find((one) => one.region === region && idOf(one) === asked.ResourceId);
    const min = asked.MinCapacity ?? known?.min;
    const max = asked.MaxCapacity ?? known?.max;
    if (min === undefined || max === undefined)
      throw invalid('MinCapacity and MaxCapacity are required to register a new scalable target');
    if (min > max) throw invalid('Maximum capacity cannot be less than minimum capacity');
    const found = serviceIn(world, region, cluster, service);
    if (!found) throw invalid(`ECS service doesn't exist: ${asked.ResourceId}`);
    const target: ScalableTarget = known ?? { region, cluster, service, min, max, kept: null, dueMs: null };
    if (!known) world.scalableTargets.push(target);
    const isSoon = target.kept !== null || min > found.desired;
    Object.assign(target, { min, max, dueMs: world.clock.nowMs() + (isSoon ? RAISED_AFTER_MS : IDLE_AFTER_MS) });
    return { ScalableTargetARN: arnOf(world, target) };
  },
};

const targetOf = ({ scalableTargets }: World, { region, cluster, name }: EcsService): ScalableTarget | undefined =>
  scalableTargets.find((one) => one.region === region && one.cluster === cluster && one.service === name);

/** Somebody scaled a service: its tasks are found idle some time later. */
export function scaledBy(world: World, service: EcsService): void {
  const target = targetOf(world, service);
  if (target) target.dueMs ??= world.clock.nowMs() + IDLE_AFTER_MS;
}

/** Brings a service to where Application Auto Scaling has it by now. Assumption: tasks that were just added have nothing to do yet. */
export function autoscaled(world: World, service: EcsService): void {
  const target = targetOf(world, service);
  const nowMs = world.clock.nowMs();
  if (!target || target.dueMs === null || target.dueMs > nowMs) return;
  target.dueMs = null;
  if (target.kept !== null && target.kept !== target.min) {
    Object.assign(target, { min: target.kept, dueMs: nowMs + IDLE_AFTER_MS });
    return;
  }
  // Without tasks it rests.
  if (service.desired > 0 && service.desired !== target.min) scaleService(world, service, target.min);
}

const idOf = ({ cluster, service }: ScalableTarget): string => `service/${cluster}/${service}`;

const arnOf = ({ topology: { account } }: World, target: ScalableTarget): string =>
  regionalArn({
    service: 'application-autoscaling',
    region: target.region,
    account,
    resource: `scalable-target/${Buffer.from(idOf(target)).toString('hex').slice(0, 32)}`,
  });

function mustBeEcs(namespace: string | undefined, dimension: string | undefined): void {
  if (namespace === 'ecs' && (dimension === undefined || dimension === DIMENSION)) return;
  throw invalid(`Unsupported service namespace, resource type or scalable dimension: ${namespace} ${dimension ?? ''}`);
}

const invalid = (message: string) => awsError('ValidationException', message);
