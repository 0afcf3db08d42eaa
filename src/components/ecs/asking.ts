import type { ScalableTarget } from '@aws-sdk/client-application-auto-scaling';
import type { Deployment, Service } from '@aws-sdk/client-ecs';
import { globalArn, regionalArn } from '../../arn.ts';
import { listOf } from '../../aws/pages.ts';
import { DrillError } from '../../errors.ts';
import type { Permission, StepContext } from '../../steps/step.ts';

type Asking = Pick<StepContext, 'aws'>;

/** A cluster of a region. */
export interface Place {
  region: string;
  cluster: string;
}

const AT_ONCE = 10;
const DIMENSION = 'ecs:service:DesiredCount';

/** Services as ECS describes them, by the names that they were asked for; nothing for one that is not there. */
export async function servicesFound(
  { region, cluster }: Place,
  names: readonly string[],
  { aws }: Asking,
): Promise<Map<string, Service>> {
  const parts = Array.from({ length: Math.ceil(names.length / AT_ONCE) }, (_, nth) =>
    names.slice(nth * AT_ONCE, (nth + 1) * AT_ONCE),
  );
  const answers = await Promise.all(
    parts.map((services) => aws.call('ecs', region, 'DescribeServices', { cluster, services: [...services] })),
  );
  const all = answers.flatMap((answer) => answer.services ?? []);
  return new Map(all.flatMap((one) => (one.serviceName ? [[one.serviceName, one] as const] : [])));
}

/** Services that must be there. */
export async function servicesThere(
  place: Place,
  names: readonly string[],
  asking: Asking,
): Promise<Map<string, Service>> {
  const found = await servicesFound(place, names, asking);
  const gone = names.filter((name) => !isActive(found.get(name)));
  if (gone.length === 0) return found;
  throw new DrillError('service-missing', `${place.cluster} in ${place.region} has no service ${gone.join(', ')}.`, {
    hint: `Correct the names in the topology: aws ecs list-services --region ${place.region} --cluster ${place.cluster}`,
  });
}

/** The launch type or the capacity providers of a service. */
export const capacityOf = ({ capacityProviderStrategy = [], launchType }: Service = {}): string[] => {
  const providers = capacityProviderStrategy.flatMap(({ capacityProvider }) => capacityProvider ?? []);
  return providers.length > 0 ? providers : launchType ? [launchType] : [];
};

export const isActive = (service: Service | undefined): boolean => service?.status === 'ACTIVE';

/** What Application Auto Scaling keeps services between, by their names; nothing for one that it does not scale. */
export async function targetsFound(
  { region, cluster }: Place,
  names: readonly string[],
  { aws }: Asking,
): Promise<Map<string, Bounds>> {
  const found = await listOf(aws, 'applicationautoscaling', region, 'DescribeScalableTargets', 'ScalableTargets', {
    ServiceNamespace: 'ecs',
    ScalableDimension: DIMENSION,
    ResourceIds: names.map((name) => `service/${cluster}/${name}`),
  });
  return new Map(found.map((one) => [nameIn(one), { min: one.MinCapacity ?? 0, max: one.MaxCapacity ?? 0 }]));
}

const nameIn = ({ ResourceId }: ScalableTarget): string => ResourceId?.split('/').at(-1) ?? '';

export interface Bounds {
  min: number;
  max: number;
}

/** Sets the minimum of what scales a service; its maximum stays as it is. */
export const setMinimum = ({ region, cluster }: Place, name: string, min: number, { aws }: Asking) =>
  aws.call('applicationautoscaling', region, 'RegisterScalableTarget', {
    ServiceNamespace: 'ecs',
    ScalableDimension: DIMENSION,
    ResourceId: `service/${cluster}/${name}`,
    MinCapacity: min,
  });

export const minimumCommand = ({ region, cluster }: Place, name: string, min: number): string =>
  `aws application-autoscaling register-scalable-target --region ${region} --service-namespace ecs --scalable-dimension ${DIMENSION} --resource-id service/${cluster}/${name} --min-capacity ${min}`;

export const stableCommand = ({ region, cluster }: Place, names: readonly string[]): string =>
  `aws ecs wait services-stable --region ${region} --cluster ${cluster} --services ${names.join(' ')}`;

/** The deployment that counts. */
export const primaryOf = ({ deployments = [] }: Service): Deployment | undefined =>
  deployments.find(({ status }) => status === 'PRIMARY');

/** Whether everything that runs is of its newest deployment, and as many as there are to be. Other deployment controllers tell of no deployment. */
export const isStable = (service: Service): boolean =>
  (service.runningCount ?? 0) >= (service.desiredCount ?? 0) &&
  (primaryOf(service)?.rolloutState ?? 'COMPLETED') === 'COMPLETED';

export const serviceCalls = ['ecs:DescribeServices'] as const;

export const servicePermissions = (
  { region, cluster }: Place,
  names: readonly string[],
  account: string,
  actions: readonly string[],
): Permission[] =>
  actions.flatMap((action) =>
    names.map((name) => ({
      action,
      resource: regionalArn({ service: 'ecs', region, account, resource: `service/${cluster}/${name}` }),
    })),
  );

/** IAM knows no resource for what only looks at scalable targets or task definitions. */
export const readAll = (...actions: string[]): Permission[] => actions.map((action) => ({ action, resource: '*' }));

export const setMinimumPermissions = ({ region }: Place, account: string): Permission[] => [
  {
    action: 'application-autoscaling:RegisterScalableTarget',
    resource: regionalArn({ service: 'application-autoscaling', region, account, resource: 'scalable-target/*' }),
  },
];

/** A new revision names the same roles, which only tasks may take. */
export const rolePermissions = ({ region }: Place, account: string): Permission[] => [
  {
    action: 'iam:PassRole',
    resource: globalArn({ service: 'iam', region, account, resource: 'role/*' }),
    passedTo: 'ecs-tasks.amazonaws.com',
  },
];
