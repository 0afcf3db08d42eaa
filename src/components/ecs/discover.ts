import type { Service } from '@aws-sdk/client-ecs';
import { nameIn } from '../../arn.ts';
import type { Aws } from '../../aws/aws.ts';
import { listOf } from '../../aws/pages.ts';
import { commonName, type Discover, notKnown, pairedByName, supposed, without } from '../discovery.ts';
import { capacityOf, isActive, servicesFound, targetsFound } from './asking.ts';

/** The clusters of the two regions, joined by their names, and so are the services in them. */
export const discoverEcs: Discover<'ecs'> = async (aws, { primary, recovery }) => {
  const [here, there] = await Promise.all([clustersIn(aws, primary), clustersIn(aws, recovery)]);
  const { pairs, alone } = pairedByName(here, there);
  const passedOver = [
    ...without(`ECS clusters of ${primary} without a counterpart in ${recovery}`, alone.primary),
    ...without(`ECS clusters of ${recovery} without a counterpart in ${primary}`, alone.recovery),
  ];
  const found = await Promise.all(
    pairs.map(async (pair) => {
      // An account may have hundreds of clusters that are no pair: nobody waits for their services.
      const [serving, standing] = await Promise.all([
        servicesIn(aws, primary, pair.primary),
        servicesIn(aws, recovery, pair.recovery),
      ]);
      const services = pairedByName(serving.map(nameOf), standing.map(nameOf));
      passedOver.push(
        ...without(`services of ${pair.primary} without a counterpart in ${pair.recovery}`, services.alone.primary),
        ...without(`services of ${pair.recovery} without a counterpart in ${pair.primary}`, services.alone.recovery),
      );
      if (services.pairs.length === 0) return [];
      const names = services.pairs.map((one) => one.recovery);
      const targets = await targetsFound({ region: recovery, cluster: pair.recovery }, names, { aws });
      const sizeIn = (all: readonly Service[], name: string) =>
        all.find((one) => nameOf(one) === name)?.desiredCount ?? 0;
      return [
        {
          id: commonName(pair.primary, pair.recovery),
          component: {
            kind: 'ecs' as const,
            uses: notKnown(
              'which data stores it writes to: { variable: … } for an address in the environment, { restart: true } for one that is read as a task starts; {} for none',
              {},
            ),
            primary: { cluster: pair.primary },
            recovery: { cluster: pair.recovery },
            services: services.pairs.map((one) => {
              const capacity = capacityOf(standing.find((each) => nameOf(each) === one.recovery));
              const minimum = targets.get(one.recovery)?.min;
              const standby = sizeIn(standing, one.recovery);
              return {
                name: one.primary,
                ...(one.recovery !== one.primary && { recoveryName: one.recovery }),
                tasks: supposed(
                  sizeIn(serving, one.primary),
                  'how many tasks carry all customers; this is what the primary region wants now',
                ),
                standby,
                ...(capacity.length === 1 && { runsOn: capacity[0] as string }),
                ...(minimum !== undefined && minimum !== standby && { minimum }),
                critical: supposed(
                  isBehindLoadBalancer(serving, one.primary),
                  'whether customers can only be served while it runs; this is whether a load balancer sends requests to it',
                ),
              };
            }),
          },
        },
      ];
    }),
  );
  return { found: found.flat(), passedOver };
};

const clustersIn = async (aws: Aws, region: string): Promise<string[]> =>
  (await listOf(aws, 'ecs', region, 'ListClusters', 'clusterArns', {})).map(nameIn);

async function servicesIn(aws: Aws, region: string, cluster: string): Promise<Service[]> {
  const arns = await listOf(aws, 'ecs', region, 'ListServices', 'serviceArns', { cluster, maxResults: 100 });
  const found = await servicesFound({ region, cluster }, arns.map(nameIn), { aws });
  return [...found.values()].filter(isActive).filter(isScaled);
}

const isBehindLoadBalancer = (all: readonly Service[], name: string): boolean =>
  (all.find((one) => nameOf(one) === name)?.loadBalancers ?? []).length > 0;

const nameOf = ({ serviceName = '' }: Service): string => serviceName;

const isScaled = ({ schedulingStrategy }: Service): boolean => schedulingStrategy !== 'DAEMON';
