import * as z from 'zod';
import { isPassing } from '../../../errors.ts';
import { NOBODY_LOGS_IN } from '../../../ports/sql.ts';
import { clientLine } from '../../../steps/data/client-line.ts';
import { proveWrite } from '../../../steps/data/heartbeat.ts';
import { takesWrites } from '../../../steps/data/takes-writes.ts';
import { given, side } from '../../../steps/given.ts';
import { loginTo, type NeedOf } from '../../../steps/needs.ts';
import { defineStep, type Observation, type StepContext } from '../../../steps/step.ts';
import { clusterNow } from '../../rds/cluster.ts';
import { INSTANCE_LOOK } from '../../rds/instance.ts';
import { keepingFenced } from '../../rds/keep-fenced.ts';
import {
  type Fence,
  groupsCommand,
  lookAtWriter,
  quarantine,
  release,
  warnUnlessQuarantined,
} from '../../rds/quarantine.ts';
import { things } from '../needs.ts';
import { clusterPermissions, groupsPermissions, memberPermissions } from './cluster-permissions.ts';
import {
  type ClusterTarget,
  databaseIn,
  type GlobalTarget,
  globalCluster,
  globalClusterNeed,
  globalClusterOf,
} from './global-cluster.ts';

type Fencing = { how: 'quarantined' | 'by-aurora' | 'unreachable' };

const LOOK_EVERY_MS = 1_000;
/** Where nobody can log in, a region counts as lost after so many looks that nobody answered. */
const SILENT_LOOKS = 3;

/**
 * Makes sure that the old primary cluster takes no more writes before the other one opens. Where RDS answers in its region, the cluster is put
 * into a security group that lets nobody in, and its instances are restarted; where the topology names no such group, only Aurora stops
 * it, as part of the failover. Where RDS does not answer, the cluster may live on, and has to refuse writes three times in a row.
 */
export const fenceCluster = defineStep<GlobalTarget, Fencing>({
  kind: 'rds.fence-cluster',
  params: globalCluster,
  given: given(
    z.strictObject({ on: side.default('primary').describe('The side that must stop taking writes.') }),
    ({ on }, around) => globalClusterOf(on, around),
  ),
  needs: (target) => [
    globalClusterNeed(target, { writes: true }),
    ...quarantineNeeds(target),
    loginTo({ ...databaseIn(target, ''), database: target.database }, 'proof'),
  ],
  alters: (target) => (fenceOfCluster(target) ? [things.cluster(target.region, target.cluster)] : []),
  plane: 'control',
  title: ({ cluster, quarantine: group }) =>
    group === undefined
      ? `Check that Aurora can stop ${cluster}, or that it takes no writes`
      : `Fence the old primary cluster ${cluster}`,
  region: ({ region }) => region,
  calls: (target) => ['rds:DescribeDBClusters', ...(fenceOfCluster(target) ? CHANGES : [])],
  permissions: (target, account) => [
    ...clusterPermissions(['rds:DescribeDBClusters'], target),
    ...(fenceOfCluster(target)
      ? [
          ...clusterPermissions(['rds:ModifyDBCluster'], target),
          ...groupsPermissions(['rds:ModifyDBCluster'], target, account),
          ...memberPermissions([INSTANCE_LOOK, 'rds:RebootDBInstance'], target, account),
        ]
      : []),
  ],
  command(target) {
    const fence = fenceOfCluster(target);
    if (!fence)
      return clientLine(
        { ...databaseIn(target, ''), database: target.database, engine: target.engine, cluster: true },
        proveWrite.text,
      );
    const { region } = target;
    return [
      groupsCommand(fence, [fence.quarantine]),
      ...target.instances.map(
        ({ identifier }) => `aws rds reboot-db-instance --region ${region} --db-instance-identifier ${identifier}`,
      ),
    ].join(' && ');
  },
  doneWhen: ({ cluster }) =>
    `${cluster} is in quarantine, and refuses a login. If its region does not answer, prove that clients cannot reach it.`,
  usuallyMs: () => 15_000,

  async observe(target, context) {
    const fence = fenceOfCluster(target);
    const seen = fence && (await lookAtWriter(fence, context));
    const done = fence !== undefined && seen?.groups.join() === fence.quarantine && seen.inForce;
    return { done, underway: !seen, state: { groups: seen?.groups ?? null } };
  },

  repeatable: true,
  async apply(target, context) {
    const fence = fenceOfCluster(target);
    if (fence) await quarantine(fence, context);
    return undefined;
  },

  async settle(target, context) {
    const fence = fenceOfCluster(target);
    for (let silent = 0; ; ) {
      // A lost region lets both wait: side by side they take no longer than one.
      const [standing, seen] = await Promise.all([standsNow(target, fence, context), writes(target, context)]);
      if (standing === 'by-aurora') return { how: 'by-aurora' };
      if (standing === 'quarantined' && seen?.takes !== true && seen?.takes !== null) return { how: 'quarantined' };
      if (standing === 'unreachable') {
        silent += 1;
        if (seen?.takes === false) return { how: 'unreachable' };
        if (!seen && silent >= SILENT_LOOKS) return warnOfNoProof(target, context);
        if (seen) warnOfWrites(target, silent, context);
      } else {
        silent = 0;
        // Its region answers, or has come back meanwhile.
        if (fence && standing === 'open') await quarantine(fence, context);
      }
      await context.clock.sleep(LOOK_EVERY_MS, context.signal);
    }
  },

  async undo(target, context, before) {
    const fence = fenceOfCluster(target);
    const seen = fence && (await lookAtWriter(fence, context));
    if (fence && seen?.groups.includes(fence.quarantine)) await release(fence, groupsBefore(target, before), context);
  },

  async whenHeld(target, context) {
    const fence = fenceOfCluster(target);
    if (!fence) return;
    const seen = await lookAtWriter(fence, context).catch(() => undefined);
    const isOpen = seen && !seen.lost && !seen.follows && !seen.groups.includes(fence.quarantine);
    if (isOpen) await quarantine(fence, context).catch(() => {});
    await warnUnlessQuarantined(fence, context);
  },

  keep(target) {
    const fence = fenceOfCluster(target);
    return fence && keepingFenced(fence);
  },

  byHand: {
    finds: ({ region, cluster }, read) => ({
      groups: [
        read.words(
          'security groups',
          `aws rds describe-db-clusters --region ${region} --db-cluster-identifier ${cluster} --query 'DBClusters[0].VpcSecurityGroups[].VpcSecurityGroupId' --output text`,
        ),
      ],
    }),
  },
  undoCommand(target, before) {
    const fence = fenceOfCluster(target);
    return fence ? groupsCommand(fence, groupsBefore(target, before)) : '# nothing was changed';
  },
});

const CHANGES = [INSTANCE_LOOK, 'rds:ModifyDBCluster', 'rds:RebootDBInstance'];

/** The fence of a cluster; none where the topology names no quarantine. */
export function fenceOfCluster(
  target: Pick<ClusterTarget, 'region' | 'cluster' | 'instances' | 'securityGroups' | 'quarantine'> & {
    database: string;
  },
): Fence | undefined {
  const { region, cluster: instance, database, instances, securityGroups, quarantine: group } = target;
  if (group === undefined) return undefined;
  const members = instances.map(({ identifier }) => identifier);
  return { region, instance, members, database, quarantine: group, securityGroups };
}

/** The group must be there, and let nobody in. */
export const quarantineNeeds = ({
  region,
  instances,
  securityGroups,
  quarantine: group,
}: Pick<ClusterTarget, 'region' | 'instances' | 'securityGroups' | 'quarantine'>): NeedOf<'security-groups'>[] =>
  group === undefined
    ? []
    : [
        {
          need: 'security-groups',
          region,
          groups: [...securityGroups, group],
          ...(instances[0] && { instance: instances[0].identifier }),
          quarantine: group,
        },
      ];

const groupsBefore = ({ securityGroups }: GlobalTarget, { state }: Observation): string[] =>
  (state as { groups: string[] | null } | null)?.groups ?? securityGroups;

/** How the cluster stands: in quarantine, on the way there, open, or out of reach; without a quarantine, that Aurora reaches it. */
async function standsNow(
  target: GlobalTarget,
  fence: Fence | undefined,
  context: StepContext,
): Promise<'quarantined' | 'underway' | 'open' | 'unreachable' | 'by-aurora'> {
  if (!fence) return (await answers(target, context)) ? 'by-aurora' : 'unreachable';
  const seen = await lookAtWriter(fence, context);
  if (!seen || seen.lost) return 'unreachable';
  if (!seen.groups.includes(fence.quarantine)) return 'open';
  return seen.inForce ? 'quarantined' : 'underway';
}

const writes = (target: GlobalTarget, context: StepContext) =>
  context.sql.withoutLogin?.(databaseIn(target, target.database))
    ? undefined
    : takesWrites(databaseIn(target, target.database), context, { timeoutMs: 2_000 });

const warnOfWrites = ({ region, cluster }: GlobalTarget, times: number, { record, step }: StepContext): void => {
  record({
    type: 'look-failing',
    step,
    what: 'the fence',
    reason: `RDS in ${region} does not answer, and ${cluster} takes writes all the same: it would go on beside the other`,
    times,
    nextMs: LOOK_EVERY_MS,
  });
};

/** Whether RDS answers in the region of a cluster: only then does Aurora reach it. */
async function answers(target: GlobalTarget, context: StepContext): Promise<boolean> {
  try {
    await clusterNow(target, context, { once: true });
    return true;
  } catch (error) {
    context.signal.throwIfAborted();
    if (!isPassing(error)) throw error;
    return false;
  }
}

/** If the API does not answer, the database may still do so. */
function warnOfNoProof({ region, cluster }: GlobalTarget, { record }: StepContext): Fencing {
  record({
    type: 'finding',
    severity: 'warning',
    subject: cluster,
    what: `nothing proves that ${cluster} takes no writes: RDS in ${region} does not answer, and ${NOBODY_LOGS_IN}`,
    why: 'What is written there while the other cluster takes the writes is lost.',
    fix: 'Give the data store a login: a drill then sees for itself whether writes are refused.',
  });
  return { how: 'unreachable' };
}
