import * as z from 'zod';
import { given, side } from '../../../steps/given.ts';
import { atRest, verifying } from '../../../steps/standing.ts';
import { defineStep, type StepContext } from '../../../steps/step.ts';
import { isStable, primaryOf, readAll, servicePermissions, servicesFound, targetsFound } from '../asking.ts';
import { servicesOn, sizeFor } from '../place.ts';

const params = z.object({
  region: z.string(),
  cluster: z.string(),
  services: z.array(z.object({ name: z.string(), tasks: z.int() })),
});
type Params = z.output<typeof params>;

/** Sees that a region which serves is at its full size, and that load balancers find its tasks healthy. */
export const proveServices = defineStep<Params, { failed: string[] }>({
  kind: 'ecs.prove-services',
  params,
  given: given(z.strictObject({ in: side.default('recovery') }), ({ in: where }, around) => {
    const { place, services } = servicesOn(where, around);
    return {
      ...place,
      services: services.map(({ service, name }) => ({ name, tasks: sizeFor(service, 'serving').tasks })),
    };
  }),
  needs: ({ region, cluster, services }) => [
    { need: 'ecs-services', region, cluster, services: services.map(({ name }) => name), warm: [], runsOn: {} },
  ],
  plane: 'control',
  title: ({ cluster }) => `Check that ${cluster} is at full size`,
  region: ({ region }) => region,
  calls: [
    'ecs:DescribeServices',
    'applicationautoscaling:DescribeScalableTargets',
    'elasticloadbalancing:DescribeTargetHealth',
  ],
  permissions: (target, account) => [
    ...servicePermissions(
      target,
      target.services.map(({ name }) => name),
      account,
      ['ecs:DescribeServices'],
    ),
    ...readAll('application-autoscaling:DescribeScalableTargets', 'elasticloadbalancing:DescribeTargetHealth'),
  ],
  command: ({ region, cluster, services }) =>
    `aws ecs describe-services --region ${region} --cluster ${cluster} --services ${services.map(({ name }) => name).join(' ')} --query 'services[].{name:serviceName,desired:desiredCount,running:runningCount,rollout:deployments[0].rolloutState}' --output table`,
  doneWhen: () => 'Every service runs all of its tasks, and its rollout is COMPLETED.',
  usuallyMs: () => 5_000,
  observe: async () => ({ done: false, underway: true, state: null }),
  async settle(target, context) {
    const { note, failed } = verifying(context);
    const missing = await atRest(() => missingFrom(target, context), context);
    note('capacity', missing.length === 0, missing.join('; ') || 'all tasks run and are healthy');
    return { failed };
  },
});

async function missingFrom(target: Params, context: StepContext): Promise<string[]> {
  const names = target.services.map(({ name }) => name);
  const [services, targets] = await Promise.all([
    servicesFound(target, names, context),
    targetsFound(target, names, context),
  ]);
  const all = target.services.map(async ({ name, tasks }) => {
    const service = services.get(name);
    if (!service) return [`there is no service ${name}`];
    const { max = Number.POSITIVE_INFINITY } = targets.get(name) ?? {};
    const { runningCount = 0, desiredCount = 0 } = service;
    const why = max < tasks ? `: Application Auto Scaling allows ${max}` : '';
    const groups = (service.loadBalancers ?? []).flatMap(({ targetGroupArn }) => targetGroupArn ?? []);
    const unhealthy = await Promise.all(
      groups.map((group) => lackingTargets(target.region, group, Math.min(tasks, desiredCount), context)),
    );
    return [
      ...(runningCount < tasks ? [`${runningCount} of ${tasks} tasks of ${name} run${why}`] : []),
      ...(isStable(service) ? [] : [`the deployment of ${name} is ${primaryOf(service)?.rolloutState ?? 'unknown'}`]),
      ...unhealthy.flat(),
    ];
  });
  return (await Promise.all(all)).flat();
}

/** Tasks that run and that a load balancer sends nobody to. */
async function lackingTargets(
  region: string,
  TargetGroupArn: string,
  tasks: number,
  { aws }: StepContext,
): Promise<string[]> {
  const { TargetHealthDescriptions = [] } = await aws.call('elasticloadbalancing', region, 'DescribeTargetHealth', {
    TargetGroupArn,
  });
  const healthy = TargetHealthDescriptions.filter(({ TargetHealth }) => TargetHealth?.State === 'healthy').length;
  const name = TargetGroupArn.split('/').at(-2) ?? TargetGroupArn;
  return healthy >= tasks ? [] : [`${healthy} of ${tasks} targets of ${name} are healthy`];
}
