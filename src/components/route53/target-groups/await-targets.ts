import * as z from 'zod';
import { allComponents, componentOf } from '../../../drill/components.ts';
import type { Topology } from '../../../drill/topology.ts';
import { DrillError } from '../../../errors.ts';
import { component, given, shiftGiven } from '../../../steps/given.ts';
import { until } from '../../../steps/poll.ts';
import { defineStep, type StepContext } from '../../../steps/step.ts';
import { componentName } from '../../described.ts';
import { waitingIn } from '../../schemas.ts';
import { healthCalls, healthCommand, healthInALine, healthOf, readPermissions, targetGroup } from './health.ts';

const params = z.object({
  region: z.string(),
  /** The public names whose customers are to be shifted there. */
  names: z.array(z.string()),
  /** Target groups by name or ARN. */
  groups: z.array(z.string()).min(1),
  /** The load balancers that the names lead to, by DNS name. */
  loadBalancers: z.array(z.string()),
  /** Whether there are healthy targets before the drill. */
  warm: z.boolean(),
});
type Params = z.output<typeof params>;
type Answer = { groups: { group: string; healthy: number; targets: number }[] };

/** Waits until every target group of a side has a healthy target: customers who are sent to a load balancer without one get errors. */
export const awaitTargets = defineStep<Params, Answer>({
  kind: 'elasticloadbalancing.await-targets',
  params,
  given: given(
    shiftGiven.extend({
      together: z.array(componentName).default([]).describe('Other names to move in the same change batch.'),
    }),
    ({ to, together }, around) => {
      const { topology } = around;
      const all = [component('route53', around), ...together.map((id) => componentOf(topology, 'route53', id))];
      return {
        region: topology.regions[to],
        names: all.map(({ name }) => name),
        groups: [...new Set(all.flatMap((one) => one[to].targetGroups ?? []))],
        loadBalancers: [...new Set(all.flatMap((one) => one[to].target ?? []))],
        warm: to === 'primary' || !startsCold(around.topology),
      };
    },
  ),
  needs: ({ region, groups, loadBalancers, warm }) => [{ need: 'target-groups', region, groups, loadBalancers, warm }],
  plane: 'control',
  title: ({ names, groups, region }) =>
    `Wait for a healthy target in ${groups.length === 1 ? 'the target group' : `each of ${groups.length} target groups`} of ${names.join(' and ')} in ${region}`,
  region: ({ region }) => region,
  calls: healthCalls,
  permissions: () => readPermissions(healthCalls),
  command: ({ region, groups }) => groups.map((group) => healthCommand(region, group)).join(' && '),
  doneWhen: () => 'Every target is healthy.',
  usuallyMs: () => 5_000,
  observe: async () => ({ done: false, underway: true, state: null }),

  async settle(target, context) {
    const { region } = target;
    const arns = await until(context, () => arnsIn(target, context));
    let told = '';
    const seen = await until(context, async () => {
      const health = await Promise.all(arns.map(({ group, arn }) => healthOf(region, group, arn, context)));
      const lacking = health.filter(({ healthy }) => healthy === 0).map(healthInALine);
      if (lacking.length === 0) return health;
      if (lacking.join() !== told)
        context.record({
          type: 'not-ready',
          step: context.step,
          subject: target.names.join(' and '),
          reasons: lacking,
        });
      told = lacking.join();
      return undefined;
    });
    context.record({
      type: 'check',
      check: `targets/${target.names.join()}`,
      layer: 'infrastructure',
      critical: true,
      ok: true,
      detail: seen.map(healthInALine).join('; '),
    });
    return { groups: seen.map(({ group, healthy, targets }) => ({ group, healthy, targets })) };
  },
});

/** Where something that customers need does not run before the drill, and the drill starts it: which target groups send requests to it is not known. */
const startsCold = (topology: Topology): boolean => {
  const all = allComponents(topology).flatMap(waitingIn);
  return (
    all.some(({ critical, standby }) => critical && standby === 0) ||
    (all.length > 0 && all.every(({ standby }) => standby === 0))
  );
};

const arnsIn = ({ region, groups }: Params, context: StepContext): Promise<{ group: string; arn: string }[]> =>
  Promise.all(
    groups.map(async (group) => {
      const arn = (await targetGroup(region, group, context))?.TargetGroupArn;
      if (arn !== undefined) return { group, arn };
      throw new DrillError('target-group-missing', `There is no target group ${group} in ${region}.`, {
        hint: `Correct 'targetGroups' in the topology: aws elbv2 describe-target-groups --region ${region}`,
      });
    }),
  );
