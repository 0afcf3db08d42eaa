import type { DBCluster, DBInstance } from '@aws-sdk/client-rds';
import * as z from 'zod';
import { isAwsError } from '../../aws/aws.ts';
import { DrillError, isPassing, UnknownOutcome } from '../../errors.ts';
import { until } from '../../steps/poll.ts';
import type { StepContext } from '../../steps/step.ts';
import { clusterOrNothing } from './cluster.ts';
import { findInstance, isLost } from './instance.ts';

export const fenceParams = z.object({
  region: z.string(),
  /** An instance, or a cluster by its name. */
  instance: z.string(),
  /** Of a cluster: the instances that the topology names. RDS may have replaced them. */
  members: z.array(z.string()).optional(),
  database: z.string(),
  quarantine: z.string(),
  securityGroups: z.array(z.string()),
});
export type Fence = z.output<typeof fenceParams>;

/**
 * Puts the writer into the group that lets nobody in and restarts it, so that open sessions end too. Does nothing to one that is
 * lost: RDS changes it no more, and that it takes no writes is proven otherwise.
 */
export async function quarantine(fence: Fence, context: StepContext): Promise<void> {
  const moved = await change(
    fence,
    context,
    () => moveTo(fence, context, [fence.quarantine]),
    ({ groups }) => groups.includes(fence.quarantine),
  );
  if (!moved) return;
  for (const one of await instancesOf(fence, context)) await restart(fence, one, context);
}

/** Puts it into other groups, and does not restart it: sessions that are open stay. */
export async function putInto(fence: Fence, groups: string[], context: StepContext): Promise<void> {
  const isSeen = (found: Standing) => found.groups.toSorted().join() === groups.toSorted().join();
  const moved = await change(fence, context, () => moveTo(fence, context, groups), isSeen);
  if (!moved)
    throw new DrillError('not-changeable', `${fence.instance} is lost: RDS changes its security groups no more.`);
}

/** The instances that a fence is about: of a cluster those that it has now. */
async function instancesOf({ region, instance, members }: Fence, context: StepContext): Promise<string[]> {
  if (!members) return [instance];
  const found = await clusterOrNothing(region, instance, context, { once: true }).catch((error: unknown) => {
    context.signal.throwIfAborted();
    if (!isPassing(error)) throw error;
    return undefined;
  });
  const there = (found?.DBClusterMembers ?? []).flatMap(({ DBInstanceIdentifier }) => DBInstanceIdentifier ?? []);
  return there.length > 0 ? there : members;
}

const restart = (fence: Fence, instance: string, context: StepContext): Promise<boolean> =>
  change(
    fence.members ? { ...fence, instance, members: undefined } : fence,
    context,
    () => context.aws.call('rds', fence.region, 'RebootDBInstance', { DBInstanceIdentifier: instance }, { once: true }),
    ({ status }) => status === 'rebooting',
  );

/** Gives the writer its groups back. */
export async function release(fence: Fence, groups: string[], context: StepContext): Promise<void> {
  const moved = await change(
    fence,
    context,
    () => moveTo(fence, context, groups),
    ({ groups }) => !groups.includes(fence.quarantine),
  );
  if (moved) return;
  throw new DrillError('not-changeable', `${fence.instance} is lost: RDS does not take it out of quarantine.`);
}

export function groupsCommand({ region, instance, members }: Fence, groups: string[]): string {
  const kind = members ? 'cluster' : 'instance';
  return `aws rds modify-db-${kind} --region ${region} --db-${kind}-identifier ${instance} --vpc-security-group-ids ${groups.join(' ')} --apply-immediately`;
}

interface Standing {
  status: string;
  groups: string[];
  /** Whether a change of groups has come through everywhere. */
  inForce: boolean;
  /** It is gone, or failed: RDS changes it no more. */
  lost: boolean;
  /** It follows another, and takes no writes for as long as it does. */
  follows: boolean;
}

/** How the writer stands; `undefined` when its region does not answer. */
export async function lookAtWriter(fence: Fence, context: StepContext): Promise<Standing | undefined> {
  const found = await describe(fence, context);
  if (found === 'unreachable') return undefined;
  return found ?? { status: 'gone', groups: [], inForce: true, lost: true, follows: false };
}

/** Once the drill is over nobody watches for the old writer's return: a person has to, unless it follows, or can let nobody in. */
export async function warnUnlessQuarantined(fence: Fence, context: StepContext): Promise<void> {
  const seen = await lookAtWriter(fence, context).catch(() => undefined);
  context.signal.throwIfAborted();
  if (seen?.follows || seen?.groups.includes(fence.quarantine)) return;
  const what = `${fence.instance} is not confirmed to be in quarantine`;
  if (context.entries().some((entry) => entry.type === 'finding' && entry.what === what)) return;
  context.record({
    type: 'finding',
    severity: 'warning',
    subject: fence.instance,
    what,
    why: 'If it comes back, it takes writes beside the new writer, and no drill watches it.',
    fix: `As soon as it can be changed: ${groupsCommand(fence, [fence.quarantine])}`,
  });
}

/**
 * Asks as soon as RDS takes changes of the instance, and again where nobody answered and nothing is seen of it: neither call
 * does harm when repeated. Gives false for an instance that cannot be changed any more.
 */
async function change(
  fence: Fence,
  context: StepContext,
  ask: () => Promise<unknown>,
  isSeen: (found: Standing) => boolean,
): Promise<boolean> {
  return until(context, async () => {
    try {
      await ask();
      return true;
    } catch (error) {
      if (!(error instanceof UnknownOutcome) && !isAwsError(error, ...FOR_NOW)) throw error;
      const found = await describe(fence, context);
      if (!found || found === 'unreachable' || found.lost) return false;
      // Restarting, backing up and the like pass.
      return isSeen(found) ? true : undefined;
    }
  });
}

/** It changes just now, or its region does not answer. */
const FOR_NOW = ['InvalidDBInstanceState', 'InvalidDBClusterState', 'InvalidDBClusterStateFault', 'Unreachable'];

const moveTo = ({ region, instance, members }: Fence, { aws }: StepContext, groups: string[]): Promise<unknown> => {
  const asked = { VpcSecurityGroupIds: groups, ApplyImmediately: true };
  return members
    ? aws.call('rds', region, 'ModifyDBCluster', { DBClusterIdentifier: instance, ...asked }, { once: true })
    : aws.call('rds', region, 'ModifyDBInstance', { DBInstanceIdentifier: instance, ...asked }, { once: true });
};

async function describe(
  { region, instance, members }: Fence,
  context: StepContext,
): Promise<Standing | undefined | 'unreachable'> {
  try {
    if (members) {
      const cluster = await clusterOrNothing(region, instance, context, { once: true });
      return cluster && standingOfCluster(cluster);
    }
    const found = await findInstance(context, region, instance, { once: true });
    return found && standingOfInstance(found);
  } catch (error) {
    context.signal.throwIfAborted();
    if (isAwsError(error, 'TimeoutError', 'NetworkingError', 'Unreachable')) return 'unreachable';
    throw error;
  }
}

const standingOfInstance = (found: DBInstance): Standing => ({
  status: found.DBInstanceStatus ?? 'unknown',
  ...groupsOf(found),
  lost: isLost(found),
  follows: found.ReadReplicaSourceDBInstanceIdentifier !== undefined,
});

/** Of a global database, only the cluster that takes the writes has an instance that leads. */
const standingOfCluster = (found: DBCluster): Standing => ({
  status: found.Status ?? 'unknown',
  ...groupsOf(found),
  lost: /^(failed|inaccessible-encryption-credentials|deleting)$/.test(found.Status ?? ''),
  follows: !(found.DBClusterMembers ?? []).some(({ IsClusterWriter }) => IsClusterWriter),
});

const groupsOf = ({ VpcSecurityGroups: all = [] }: Pick<DBInstance, 'VpcSecurityGroups'>) => ({
  groups: all.filter(({ Status }) => Status !== 'removing').map((group) => group.VpcSecurityGroupId ?? ''),
  inForce: all.every(({ Status }) => Status === undefined || Status === 'active'),
});
