import type { Service } from '@aws-sdk/client-ecs';
import { blocker } from '../../../steps/account/findings.ts';
import type { Look, LookContext } from '../../../steps/account/look.ts';
import { type Quota, tooFew, usageOf, withQuota } from '../../../steps/account/quotas.ts';
import type { NeedOf } from '../../../steps/needs.ts';
import { definitionOf } from '../task-definition.ts';

const vcpus: Quota = { service: 'fargate', code: 'L-3032A538', name: 'vCPUs of Fargate On-Demand' };

const UNITS_A_VCPU = 1024;

/** Whether a region has room for the tasks that a drill starts there. Only those on Fargate count, and not on its Spot. */
export async function fargateLooks(
  { region, wanted }: NeedOf<'ecs-sizes'>,
  services: ReadonlyMap<string, Service>,
  context: LookContext,
): Promise<Look[]> {
  const each = await Promise.all(
    wanted.map(async ({ name, tasks }) => {
      const service = services.get(name);
      const more = Math.max(0, tasks - (service?.desiredCount ?? tasks));
      if (!service?.taskDefinition || more === 0 || !isOnFargate(service)) return 0;
      const { taskDefinition } = await definitionOf(region, service.taskDefinition, context);
      return (more * Number(taskDefinition?.cpu ?? 0)) / UNITS_A_VCPU;
    }),
  );
  const more = each.reduce((sum, one) => sum + one, 0);
  if (more === 0) return [];
  return [
    await withQuota(region, vcpus, context, async (quota) => {
      const limit = quota.Value ?? 0;
      const used = await usageOf(region, quota, context);
      const needed = (used ?? 0) + more;
      const row = {
        what: `${region} ${vcpus.name}`,
        topology: `${more} more`,
        account: used === undefined ? `${limit} allowed` : `${used} of ${limit}`,
      };
      if (needed <= limit) return { rows: [row], findings: [] };
      const names = wanted.map(({ name }) => name).join(', ');
      const what = `${names} need ${more} more vCPUs in ${region}, ${needed} in all; ${limit} are allowed`;
      return { rows: [row], findings: [tooFew(blocker, region, vcpus, what, needed)] };
    }),
  ];
}

const isOnFargate = ({ launchType, capacityProviderStrategy = [] }: Service): boolean =>
  launchType === 'FARGATE' || capacityProviderStrategy.some(({ capacityProvider }) => capacityProvider === 'FARGATE');
