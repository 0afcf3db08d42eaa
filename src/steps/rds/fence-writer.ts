import * as z from 'zod';
import { isAwsError } from '../../aws/aws.ts';
import { UnknownOutcome } from '../../aws/gateway.ts';
import { DrillError } from '../../errors.ts';
import { proveWrite } from '../data/heartbeat.ts';
import { until } from '../poll.ts';
import { defineStep, type StepContext } from '../step.ts';
import { arnOf, findInstance } from './instance.ts';

const params = z.object({
  region: z.string(),
  instance: z.string(),
  database: z.string(),
  quarantine: z.string(),
  securityGroups: z.array(z.string()),
});
export type Fence = z.output<typeof params>;

type Fencing = { how: 'quarantined' | 'unreachable' };

const REFUSALS_IN_A_ROW = 3;

/**
 * Makes sure that the old writer takes no more writes before a new one opens: puts it into a security group that lets nobody
 * in and restarts it, so that open sessions end too. Where its region does not answer, it is proven unreachable instead.
 */
export const fenceWriter = defineStep<Fence, Fencing>({
  kind: 'rds.fence-writer',
  params,
  plane: 'control',
  title: ({ instance }) => `Fence the old writer ${instance}`,
  region: ({ region }) => region,
  calls: ['rds:DescribeDBInstances', 'rds:ModifyDBInstance', 'rds:RebootDBInstance'],
  permissions: ({ region, instance }, account) =>
    ['rds:DescribeDBInstances', 'rds:ModifyDBInstance', 'rds:RebootDBInstance'].map((action) => ({
      action,
      resource: arnOf(region, account, instance),
    })),
  command: ({ region, instance, quarantine }) =>
    `aws rds modify-db-instance --region ${region} --db-instance-identifier ${instance} --vpc-security-group-ids ${quarantine} --apply-immediately && aws rds reboot-db-instance --region ${region} --db-instance-identifier ${instance}`,
  usuallyMs: () => 15_000,

  async observe(fence, context) {
    const groups = await securityGroups(fence, context);
    return {
      done: groups?.[0] === fence.quarantine && groups.length === 1,
      state: { reachable: groups !== undefined, groups: groups ?? null },
    };
  },

  async apply(fence, context, before) {
    if ((before.state as { reachable: boolean }).reachable) await quarantine(fence, context);
    return undefined;
  },

  async settle(fence, context) {
    let refusals = 0;
    await until(
      context,
      async () => {
        refusals = (await refusesWrites(fence, context)) ? refusals + 1 : 0;
        return refusals >= REFUSALS_IN_A_ROW ? true : undefined;
      },
      { firstMs: 1_000, maxMs: 1_000 },
    );
    const groups = await securityGroups(fence, context);
    return { how: groups?.includes(fence.quarantine) ? 'quarantined' : 'unreachable' };
  },

  async undo(fence, context) {
    const groups = await securityGroups(fence, context);
    if (!groups?.includes(fence.quarantine)) return;
    await modify(fence, context, fence.securityGroups);
    await until(context, async () => ((await refusesWrites(fence, context)) ? undefined : true));
  },
});

/** Puts the writer into quarantine; nothing, where RDS refuses because the instance itself is gone. */
export async function quarantine(fence: Fence, context: StepContext): Promise<void> {
  try {
    await modify(fence, context, [fence.quarantine]);
    await context.aws.call('rds', fence.region, 'RebootDBInstance', { DBInstanceIdentifier: fence.instance });
  } catch (error) {
    // A failed or moving instance cannot be changed; settling still proves that it takes no writes.
    if (!isAwsError(error, 'InvalidDBInstanceState')) throw error;
  }
}

const modify = (fence: Fence, context: StepContext, groups: string[]) =>
  context.aws.call('rds', fence.region, 'ModifyDBInstance', {
    DBInstanceIdentifier: fence.instance,
    VpcSecurityGroupIds: groups,
    ApplyImmediately: true,
  });

/** The writer's security groups; `undefined` when its region does not answer. */
export async function securityGroups(fence: Fence, context: StepContext): Promise<string[] | undefined> {
  try {
    const found = await findInstance(context, fence.region, fence.instance);
    return (found?.VpcSecurityGroups ?? []).map((group) => group.VpcSecurityGroupId ?? '');
  } catch (error) {
    context.signal.throwIfAborted();
    if (error instanceof DrillError && !(error instanceof UnknownOutcome)) throw error;
    if (isAwsError(error, 'TimeoutError', 'NetworkingError')) return undefined;
    throw error;
  }
}

async function refusesWrites({ region, instance, database }: Fence, context: StepContext): Promise<boolean> {
  try {
    const target = { region, instance, name: database };
    await context.sql.query(target, proveWrite, { timeoutMs: 2_000, signal: context.signal });
    return false;
  } catch {
    context.signal.throwIfAborted();
    return true;
  }
}
