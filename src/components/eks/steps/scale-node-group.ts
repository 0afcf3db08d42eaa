import * as z from 'zod';
import { regionalArn } from '../../../arn.ts';
import { isAwsError } from '../../../aws/aws.ts';
import { DrillError } from '../../../errors.ts';
import { clusterOf, component, given, needed, side } from '../../../steps/given.ts';
import type { NeedOf } from '../../../steps/needs.ts';
import { until } from '../../../steps/poll.ts';
import { defineStep, type Observation, type StepContext } from '../../../steps/step.ts';
import { accessNeed } from '../../kubernetes/cluster.ts';
import { nodeGroupThing, reservations } from '../needs.ts';
import type { Eks } from '../schema.ts';

const size = z.object({ min: z.int(), desired: z.int(), max: z.int() });
const params = z.object({
  region: z.string(),
  cluster: z.string(),
  nodegroup: z.string(),
  size,
  /** What is to be reserved for it, where it serves because its region took over. */
  reservations: reservations.optional(),
});
type Params = z.output<typeof params>;
type Size = z.output<typeof size>;

/** Gives a node group its size, and waits until that many nodes are ready. */
export const scaleNodeGroup = defineStep<Params, { readyNodes: number }>({
  kind: 'eks.scale-node-group',
  params,
  given: given(
    z.strictObject({
      in: side.default('recovery'),
      to: z
        .enum(['serving', 'standby'])
        .default('serving')
        .describe('The size that the topology gives for a serving region, or for a standby region.'),
      size: size.optional().describe('A size to use instead of it.'),
    }),
    ({ in: where, to, size: asked }, around) => {
      const { region, cluster } = clusterOf(where, around);
      const { id, primary, recovery } = component('eks', around);
      const { nodegroup, nodes } =
        where === 'primary' ? primary : to === 'standby' ? recovery : { ...recovery, nodes: recovery.failoverNodes };
      return {
        region,
        cluster,
        nodegroup: needed(nodegroup, `${id}.${where}.nodegroup`),
        size: asked ?? needed(nodes, `${id}.${where}.nodes`),
        ...(where === 'recovery' && to === 'serving' && { reservations: countedOn(recovery) }),
      };
    },
  ),
  needs: ({ reservations, ...target }) => [
    { need: 'node-group', ...target },
    ...(reservations ? [reservedNeed(target, reservations)] : []),
    accessNeed({ region: target.region, cluster: target.cluster, namespace: '' }, ['list nodes']),
  ],
  alters: ({ region, cluster, nodegroup }) => [nodeGroupThing(region, cluster, nodegroup)],
  plane: 'control',
  title: ({ nodegroup, size: { desired } }) => `Scale ${nodegroup} to ${desired} nodes`,
  region: ({ region }) => region,
  calls: ['eks:DescribeNodegroup', 'eks:UpdateNodegroupConfig', 'eks:DescribeUpdate'],
  permissions: ({ region, cluster, nodegroup }, account) => [
    ...['eks:DescribeNodegroup', 'eks:UpdateNodegroupConfig', 'eks:DescribeUpdate'].map((action) => ({
      action,
      resource: regionalArn({ service: 'eks', region, account, resource: `nodegroup/${cluster}/${nodegroup}/*` }),
    })),
    {
      action: 'eks:DescribeUpdate',
      resource: regionalArn({ service: 'eks', region, account, resource: `cluster/${cluster}` }),
    },
  ],
  risk: ({ size: { desired } }, { region, recovery }) =>
    region === recovery
      ? {
          severity: 'note',
          why: 'New nodes need the EKS and EC2 control planes, and free capacity when everyone wants it; only a reservation guarantees it.',
          fix: `Statically stable: keep ${desired} nodes running there at all times, and the step finds its work done. Next best: a capacity reservation.`,
        }
      : undefined,
  command: (target) => resizeCommand(target, target.size),
  doneWhen: ({ nodegroup }) => `${nodegroup} is ACTIVE, and all its nodes are Ready.`,
  usuallyMs: () => 90_000,

  async observe(target, context) {
    const group = await nodegroupOf(target, context);
    const ready = await readyNodes(target, context);
    const asked = group.size.desired === target.size.desired && group.size.min === target.size.min;
    return {
      done: asked && group.status === 'ACTIVE' && ready >= target.size.desired,
      underway: asked,
      state: { ...group, ready },
    };
  },

  apply: (target, context) => resize(target, target.size, context),

  async settle(target, context, _before, receipt) {
    const update = (receipt as { update: string } | undefined)?.update;
    if (update) await updateDone(target, update, context);
    let told = '';
    const ready = await until(context, async () => {
      const nodes = await readyNodes(target, context);
      if (nodes >= target.size.desired) return nodes;
      const { status, issues, size: now } = await nodegroupOf(target, context);
      if (issues.length > 0 && issues.join() !== told)
        context.record({ type: 'not-ready', step: context.step, subject: target.nodegroup, reasons: issues });
      told = issues.join();
      if (status === 'DEGRADED') throw noCapacity(target, issues);
      if (status === 'ACTIVE' && now.desired < target.size.desired) throw scaledBack(target, now.desired);
      return undefined;
    });
    return { readyNodes: ready };
  },

  async undo(target, context, before) {
    const former = sizeBefore(before);
    let refusals = 0;
    const update = await until(context, async () => {
      const { status, size: now, issues } = await nodegroupOf(target, context);
      // One update at a time: the one under way ends by itself.
      if (status === 'UPDATING') return undefined;
      if (now.min === former.min && now.desired === former.desired && now.max === former.max) return '';
      try {
        return (await resize(target, former, context)).update;
      } catch (error) {
        if (!isAwsError(error, 'ResourceInUse')) throw error;
        refusals += 1;
        if (refusals >= REFUSALS_MAX) throw refusesSizes(target, status, issues);
        return undefined;
      }
    });
    if (update) await updateDone(target, update, context);
  },

  byHand: {
    finds: ({ region, cluster, nodegroup }, read) => {
      const ask = (size: string) =>
        `aws eks describe-nodegroup --region ${region} --cluster-name ${cluster} --nodegroup-name ${nodegroup} --query nodegroup.scalingConfig.${size} --output text`;
      return {
        size: {
          min: read.number('min', ask('minSize')),
          desired: read.number('desired', ask('desiredSize')),
          max: read.number('max', ask('maxSize')),
        },
      };
    },
  },
  undoCommand: (target, before) => resizeCommand(target, sizeBefore(before)),
});

const countedOn = ({ capacityReservations: said }: Eks['recovery']): z.output<typeof reservations> =>
  said === undefined || said === 'required' ? { required: said !== undefined } : { named: said, required: true };

const reservedNeed = (
  { region, cluster, nodegroup, size: { desired } }: Params,
  counted: z.output<typeof reservations>,
): NeedOf<'reserved-nodes'> => ({
  need: 'reserved-nodes',
  region,
  groups: [{ cluster, nodegroup, desired, reservations: counted }],
});

/**
 * A group that could not grow is DEGRADED until a scale-out succeeds. Reports differ on whether it takes a smaller size meanwhile
 * (aws/containers-roadmap 2326) or refuses as if an update were under way (2204): no wait helps where it refuses.
 */
const REFUSALS_MAX = 3;

const sizeBefore = ({ state }: Observation): Size => (state as unknown as { size: Size }).size;

const resizeCommand = ({ region, cluster, nodegroup }: Params, { min, desired, max }: Size): string =>
  `aws eks update-nodegroup-config --region ${region} --cluster-name ${cluster} --nodegroup-name ${nodegroup} --scaling-config minSize=${min},maxSize=${max},desiredSize=${desired}`;

async function resize({ region, cluster, nodegroup }: Params, to: Size, { aws }: StepContext) {
  const answer = await aws.call('eks', region, 'UpdateNodegroupConfig', {
    clusterName: cluster,
    nodegroupName: nodegroup,
    // All three together: a desired size above the old maximum would be refused.
    scalingConfig: { minSize: to.min, desiredSize: to.desired, maxSize: to.max },
  });
  return { update: answer.update?.id ?? '' };
}

async function nodegroupOf({ region, cluster, nodegroup }: Params, { aws }: StepContext) {
  const answer = await aws.call('eks', region, 'DescribeNodegroup', { clusterName: cluster, nodegroupName: nodegroup });
  const config = answer.nodegroup?.scalingConfig;
  return {
    status: answer.nodegroup?.status ?? 'unknown',
    size: { min: config?.minSize ?? 0, desired: config?.desiredSize ?? 0, max: config?.maxSize ?? 0 },
    issues: (answer.nodegroup?.health?.issues ?? []).map((issue) => issue.message ?? issue.code ?? 'unknown'),
  };
}

async function readyNodes(
  { region, cluster, nodegroup }: Params,
  { kubernetes, signal }: StepContext,
): Promise<number> {
  const nodes = await kubernetes.nodes({ region, cluster, namespace: '' }, nodegroup, signal);
  return nodes.filter((node) => node.ready).length;
}

async function updateDone(target: Params, update: string, context: StepContext): Promise<void> {
  await until(context, async () => {
    const answer = await context.aws.call('eks', target.region, 'DescribeUpdate', {
      name: target.cluster,
      nodegroupName: target.nodegroup,
      updateId: update,
    });
    const { status, errors } = answer.update ?? {};
    if (status === 'Successful') return true;
    if (status === 'InProgress' || status === undefined) return undefined;
    throw noCapacity(
      target,
      (errors ?? []).map((error) => error.errorMessage ?? error.errorCode ?? 'unknown'),
    );
  });
}

const noCapacity = ({ nodegroup, region }: Params, issues: string[]): DrillError =>
  new DrillError('no-capacity', `${nodegroup} in ${region} cannot grow: ${issues.join('; ') || 'no reason given'}`, {
    hint: 'Ask for other instance types, or keep a capacity reservation in the recovery region.',
  });

const scaledBack = ({ region, cluster, nodegroup, size: { min, desired, max } }: Params, now: number): DrillError =>
  new DrillError(
    'scaled-back',
    `${nodegroup} in ${region} was scaled back from ${desired} to ${now} nodes before pods came: a node autoscaler keeps no more than its minimum, ${min}.`,
    {
      hint: `Set min to ${desired} in the topology's size for the failover, which holds the nodes: aws eks update-nodegroup-config --region ${region} --cluster-name ${cluster} --nodegroup-name ${nodegroup} --scaling-config minSize=${desired},maxSize=${max},desiredSize=${desired}`,
    },
  );

const refusesSizes = ({ nodegroup, region }: Params, status: string, issues: string[]): DrillError =>
  new DrillError(
    'node-group-refuses',
    `${nodegroup} in ${region} is ${status} and refuses another size: ${issues.join('; ') || 'no reason given'}`,
    { hint: 'If EKS still refuses, set the size of its Auto Scaling group, and the node group follows.' },
  );
