import type { TargetGroup } from '@aws-sdk/client-elastic-load-balancing-v2';
import { listOf } from '../../../aws/pages.ts';
import { sameTarget } from '../../../drill/dns-name.ts';
import { blocker, type Finding, warning } from '../../../steps/account/findings.ts';
import { type Look, type LookContext, type LookFor, looked, together, UNSAID } from '../../../steps/account/look.ts';
import type { NeedOf } from '../../../steps/needs.ts';
import {
  type Health,
  healthCalls,
  healthCommand,
  healthInALine,
  healthOf,
  readPermissions,
  shortName,
  targetGroup,
} from '../target-groups/health.ts';

type Groups = NeedOf<'target-groups'>;

const calls = [...healthCalls, 'elasticloadbalancing:DescribeLoadBalancers'];

/** Target groups are in their region, behind the load balancer that the name leads to, and have healthy targets. */
export const targetGroupsLook: LookFor<'target-groups'> = {
  calls: () => calls,
  permissions: () => readPermissions(calls),
  subject: ({ region }) => `target groups in ${region}`,
  look: async (need, context) =>
    together(
      await Promise.all(need.groups.map((group) => looked(group, () => groupLook(need, group, context), context))),
    ),
};

async function groupLook(need: Groups, group: string, context: LookContext): Promise<Look> {
  const { region } = need;
  const found = await targetGroup(region, group, context);
  const what = `target group ${shortName(group)} in ${region}`;
  if (!found) {
    const why = 'The drill could not check that the load balancer there can serve before customers are sent to it.';
    const fix = `Correct 'targetGroups' in the topology: aws elbv2 describe-target-groups --region ${region}`;
    const findings = [blocker(group, `there is no target group ${group} in ${region}`, why, fix)];
    return { rows: [{ what, topology: 'there', account: 'not there' }], findings };
  }
  const health = await healthOf(region, group, found.TargetGroupArn ?? '', context);
  const account = `${health.healthy} of ${health.targets} targets healthy`;
  return {
    rows: [{ what, topology: need.warm ? 'at least 1 healthy' : UNSAID, account }],
    findings: [...(await placeFindings(need, group, found, context)), ...healthFindings(need, health)],
  };
}

function healthFindings({ region, warm }: Groups, health: Health): Finding[] {
  const { group, healthy } = health;
  if (healthy > 0) return [];
  const fix = `See why: ${healthCommand(region, group)}`;
  if (!warm) {
    const why =
      'The standby runs nothing, so the drill waits until its targets are healthy before it shifts customers.';
    return [warning(group, healthInALine(health), why, fix)];
  }
  const why = 'The drill would not shift customers to a load balancer without a healthy target.';
  return [blocker(group, healthInALine(health), why, fix)];
}

/** A group that no load balancer uses has no health, and that of another one says nothing about where customers are sent. */
async function placeFindings(
  { region, loadBalancers }: Groups,
  group: string,
  { LoadBalancerArns = [] }: TargetGroup,
  { aws }: LookContext,
): Promise<Finding[]> {
  if (LoadBalancerArns.length === 0) {
    const what = `the target group ${shortName(group)} is behind no load balancer`;
    const fix = `Add it to a listener rule, or correct 'targetGroups' in the topology: aws elbv2 describe-target-groups --region ${region}`;
    return [blocker(group, what, 'AWS checks the health of targets only where a load balancer uses them.', fix)];
  }
  if (loadBalancers.length === 0) return [];
  const asked = { LoadBalancerArns };
  const behind = await listOf(aws, 'elasticloadbalancing', region, 'DescribeLoadBalancers', 'LoadBalancers', asked);
  if (behind.some(({ DNSName }) => loadBalancers.some((one) => sameTarget(one, DNSName)))) return [];
  const what = `the target group ${shortName(group)} is behind ${behind.map(({ DNSName }) => DNSName).join(', ')}, not behind ${loadBalancers.join(' or ')}`;
  const why =
    'Its health says nothing about the load balancer that customers are sent to, unless that load balancer uses it.';
  const fix = `Compare 'target' and 'targetGroups' in the topology: aws elbv2 describe-load-balancers --region ${region}`;
  return [warning(group, what, why, fix)];
}
