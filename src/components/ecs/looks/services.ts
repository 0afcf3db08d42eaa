import type { Service } from '@aws-sdk/client-ecs';
import { isAwsError } from '../../../aws/aws.ts';
import { blocker, type Finding, warning } from '../../../steps/account/findings.ts';
import {
  fact,
  type Look,
  type LookContext,
  type LookFor,
  rootOf,
  together,
  UNSAID,
} from '../../../steps/account/look.ts';
import type { NeedOf } from '../../../steps/needs.ts';
import { capacityOf, isActive, primaryOf, servicePermissions, servicesFound } from '../asking.ts';

type ServicesNeed = NeedOf<'ecs-services'>;

/** Services of a cluster: there, with a deployment that is complete, and running what they should. */
export const servicesLook: LookFor<'ecs-services'> = {
  calls: () => ['ecs:DescribeServices'],
  permissions: (need, account) => servicePermissions(need, need.services, account, ['ecs:DescribeServices']),
  subject: ({ cluster }) => `services in ${cluster}`,
  async look(need, context) {
    const found = await servicesOrNone(need, context);
    if (!found) return noCluster(need);
    return together(need.services.map((name) => serviceLook(need, name, found.get(name))));
  },
};

/** The services by name; nothing where the cluster itself is not there. */
export async function servicesOrNone(
  need: Pick<ServicesNeed, 'region' | 'cluster'> & { services: readonly string[] },
  context: Pick<LookContext, 'aws'>,
) {
  try {
    return await servicesFound(need, need.services, context);
  } catch (error) {
    if (isAwsError(rootOf(error), 'ClusterNotFound')) return undefined;
    throw error;
  }
}

function noCluster({ region, cluster }: ServicesNeed): Look {
  const row = { what: `${cluster} status`, topology: 'ACTIVE', account: 'not there' };
  const why = 'The recovery region could not take over: nothing there would run the services.';
  const fix = `Correct the name in the topology: aws ecs list-clusters --region ${region}`;
  return fact(row, [blocker(cluster, `there is no cluster ${cluster} in ${region}`, why, fix)]);
}

function serviceLook(need: ServicesNeed, name: string, service: Service | undefined): Look {
  const { cluster, region, warm, runsOn } = need;
  const row = (what: string, topology: string, account: string) => ({
    what: `${name} in ${cluster} ${what}`,
    topology,
    account,
  });
  if (!service || !isActive(service)) {
    const status = service?.status ?? 'not there';
    const fix = `Create it there, or correct its name in the topology: aws ecs list-services --region ${region} --cluster ${cluster}`;
    const found = blocker(
      name,
      `the service ${name} in ${cluster} is ${status}`,
      `${cluster} could not serve: there is nothing to scale.`,
      fix,
    );
    return fact(row('status', 'ACTIVE', status), [found]);
  }
  const { runningCount = 0, desiredCount = 0 } = service;
  const kept = runsOn[name];
  const used = capacityOf(service);
  return together([
    fact(
      row('running tasks', warm.includes(name) ? 'at least 1' : UNSAID, `${runningCount} of ${desiredCount}`),
      runningFindings(need, name, service),
    ),
    fact(
      row('deployment', 'COMPLETED', primaryOf(service)?.rolloutState ?? UNSAID),
      deploymentFindings(need, name, service),
    ),
    fact(
      row('runs on', kept ?? UNSAID, used.join(', ') || UNSAID),
      kept === undefined || used.includes(kept) ? [] : [otherCapacity(need, name, kept, used.join(', '))],
    ),
    fact(
      row('kind', 'REPLICA', service.schedulingStrategy ?? UNSAID),
      service.schedulingStrategy === 'DAEMON' ? [daemon(name)] : [],
    ),
  ]);
}

function runningFindings(
  { warm, region, cluster }: ServicesNeed,
  name: string,
  { runningCount = 0, desiredCount = 0, events = [] }: Service,
): Finding[] {
  const look = `aws ecs describe-services --region ${region} --cluster ${cluster} --services ${name} --query 'services[0].events[:5]'`;
  if (runningCount < desiredCount) {
    const said = events[0]?.message;
    const what = `${name} in ${cluster} runs ${runningCount} of ${desiredCount} tasks${said ? `: ${said}` : ''}`;
    return [
      warning(
        name,
        what,
        'What keeps a task from running today keeps all of them from it in a disaster.',
        `See why: ${look}`,
      ),
    ];
  }
  if (runningCount > 0 || !warm.includes(name)) return [];
  const fix = `Keep at least one task warm: aws ecs update-service --region ${region} --cluster ${cluster} --service ${name} --desired-count 1`;
  return [warning(name, `${name} has no running task in standby`, 'A cold start takes longer than a warm one.', fix)];
}

function deploymentFindings({ region, cluster }: ServicesNeed, name: string, service: Service): Finding[] {
  const failed = (service.deployments ?? []).find(({ rolloutState }) => rolloutState === 'FAILED');
  const look = `aws ecs describe-services --region ${region} --cluster ${cluster} --services ${name} --query 'services[0].deployments'`;
  if (failed) {
    const what = `a deployment of ${name} in ${cluster} failed: ${failed.rolloutStateReason ?? 'no reason given'}`;
    return [warning(name, what, 'New tasks of it would fail in a disaster, too.', `See why: ${look}`)];
  }
  if (primaryOf(service)?.rolloutState !== 'IN_PROGRESS') return [];
  const what = `a deployment of ${name} in ${cluster} is in progress`;
  return [warning(name, what, 'The drill waits until it is complete.', `Let it end first: ${look}`)];
}

const otherCapacity = ({ cluster }: ServicesNeed, name: string, kept: string, used: string): Finding =>
  warning(
    name,
    `${name} in ${cluster} runs on ${used}, not on ${kept}`,
    'Its tasks would come from other capacity than was planned.',
    "Correct the service, or 'runsOn' in the topology.",
  );

const daemon = (name: string): Finding =>
  blocker(
    name,
    `${name} is a DAEMON service: it has one task on each container instance, and no desired count`,
    'It cannot be scaled.',
    'Leave it out of the topology.',
  );
