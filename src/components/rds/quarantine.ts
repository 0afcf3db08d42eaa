import type { DBInstance } from '@aws-sdk/client-rds';
import * as z from 'zod';
import { isAwsError } from '../../aws/aws.ts';
import { DrillError, UnknownOutcome } from '../../errors.ts';
import { type Around, component, type DatabaseGiven, databaseOf } from '../../steps/given.ts';
import { until } from '../../steps/poll.ts';
import type { StepContext } from '../../steps/step.ts';
import { findInstance, isLost } from './instance.ts';

export const fenceParams = z.object({
  region: z.string(),
  instance: z.string(),
  database: z.string(),
  quarantine: z.string(),
  securityGroups: z.array(z.string()),
});
export type Fence = z.output<typeof fenceParams>;

/** The fence of a described instance. */
export function fenceOf(asked: Pick<DatabaseGiven, 'on'>, around: Around): Fence {
  const { quarantineSecurityGroup, securityGroups } = component('rds-replica', around)[asked.on];
  return { ...databaseOf(asked, around), quarantine: quarantineSecurityGroup, securityGroups };
}

/**
 * Puts the writer into the group that lets nobody in and restarts it, so that open sessions end too. Does nothing to one that is
 * lost: RDS changes it no more, and that it takes no writes is proven otherwise.
 */
export async function quarantine(fence: Fence, context: StepContext): Promise<void> {
  const { region, instance } = fence;
  const moved = await change(
    fence,
    context,
    () => moveTo(fence, context, [fence.quarantine]),
    (found) => groupsOf(found).includes(fence.quarantine),
  );
  if (!moved) return;
  await change(
    fence,
    context,
    () => context.aws.call('rds', region, 'RebootDBInstance', { DBInstanceIdentifier: instance }, { once: true }),
    (found) => found.DBInstanceStatus === 'rebooting',
  );
}

/** Gives the writer its groups back. */
export async function release(fence: Fence, groups: string[], context: StepContext): Promise<void> {
  const moved = await change(
    fence,
    context,
    () => moveTo(fence, context, groups),
    (found) => !groupsOf(found).includes(fence.quarantine),
  );
  if (moved) return;
  throw new DrillError('not-changeable', `${fence.instance} is lost: RDS does not take it out of quarantine.`);
}

export const groupsCommand = ({ region, instance }: Fence, groups: string[]): string =>
  `aws rds modify-db-instance --region ${region} --db-instance-identifier ${instance} --vpc-security-group-ids ${groups.join(' ')} --apply-immediately`;

interface Standing {
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
  if (!found) return { groups: [], inForce: true, lost: true, follows: false };
  const inForce = (found.VpcSecurityGroups ?? []).every(({ Status }) => Status === undefined || Status === 'active');
  const follows = found.ReadReplicaSourceDBInstanceIdentifier !== undefined;
  return { groups: groupsOf(found), inForce, lost: isLost(found), follows };
}

/** Once the drill is over nobody watches for the old writer's return: a person has to, unless it follows, or can let nobody in. */
export async function warnUnlessQuarantined(fence: Fence, context: StepContext): Promise<void> {
  const seen = await lookAtWriter(fence, context).catch(() => undefined);
  context.signal.throwIfAborted();
  if (seen?.follows || seen?.groups.includes(fence.quarantine)) return;
  const what = `${fence.instance} was not seen in quarantine`;
  if (context.entries().some((entry) => entry.type === 'finding' && entry.what === what)) return;
  context.record({
    type: 'finding',
    severity: 'warning',
    subject: fence.instance,
    what,
    why: 'Should it come back, it would take writes beside the new writer, and nobody watches once the drill is over.',
    mend: `As soon as it can be changed: ${groupsCommand(fence, [fence.quarantine])}`,
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
  isSeen: (found: DBInstance) => boolean,
): Promise<boolean> {
  return until(context, async () => {
    try {
      await ask();
      return true;
    } catch (error) {
      if (!(error instanceof UnknownOutcome) && !isAwsError(error, 'InvalidDBInstanceState', 'Unreachable'))
        throw error;
      const found = await describe(fence, context);
      if (!found || found === 'unreachable' || isLost(found)) return false;
      // Restarting, backing up and the like pass.
      return isSeen(found) ? true : undefined;
    }
  });
}

const moveTo = ({ region, instance }: Fence, { aws }: StepContext, groups: string[]) =>
  aws.call(
    'rds',
    region,
    'ModifyDBInstance',
    { DBInstanceIdentifier: instance, VpcSecurityGroupIds: groups, ApplyImmediately: true },
    { once: true },
  );

async function describe(
  { region, instance }: Fence,
  context: StepContext,
): Promise<DBInstance | undefined | 'unreachable'> {
  try {
    return await findInstance(context, region, instance, { once: true });
  } catch (error) {
    context.signal.throwIfAborted();
    if (isAwsError(error, 'TimeoutError', 'NetworkingError', 'Unreachable')) return 'unreachable';
    throw error;
  }
}

const groupsOf = ({ VpcSecurityGroups: groups }: DBInstance): string[] =>
  (groups ?? []).filter(({ Status }) => Status !== 'removing').map((group) => group.VpcSecurityGroupId ?? '');
