import * as z from 'zod';
import { regionalArn } from '../../arn.ts';
import { arnOf, findInstance } from '../rds/instance.ts';
import { snapshotType } from '../rds/newest-snapshot.ts';
import { defineStep } from '../step.ts';
import { mustBeAccount } from './account.ts';
import { backupsLook } from './backups.ts';
import { blocker, judgeFindings } from './findings.ts';
import { describedInstance, instanceLook } from './instances.ts';
import { type Look, type LookContext, looked, PATIENCE_MS, together } from './look.ts';
import { narrowedTo, neededPermissions, permissionsLook, simulationPermissions } from './permissions.ts';
import { dbInstanceQuotaLook, quotaPermissions } from './quotas.ts';
import { restoreParametersLook } from './restore-parameters.ts';

const params = z.object({
  account: z.string(),
  writer: describedInstance,
  target: z.string(),
  retentionDays: z.number(),
  restores: z.enum(['snapshot', 'point-in-time']),
  snapshotMaxAgeMs: z.number(),
  madeBy: z.enum(['rds', 'aws-backup']).optional(),
  types: z.array(snapshotType).optional(),
  needed: neededPermissions,
});
type Params = z.output<typeof params>;

/** Checks that there are backups to restore from, room to restore them to, and that the test instance's name is free. */
export const preflightRestore = defineStep<Params, { findings: number }>({
  kind: 'account.preflight-restore',
  patienceMs: PATIENCE_MS,
  params,
  plane: 'control',
  title: ({ account }) => `Check account ${account} against the topology`,
  region: ({ writer }) => writer.region,
  calls: [
    'sts:GetCallerIdentity',
    'rds:DescribeDBInstances',
    'rds:DescribeDBSnapshots',
    'servicequotas:GetServiceQuota',
    'servicequotas:GetAWSDefaultServiceQuota',
    'iam:GetRole',
    'iam:SimulatePrincipalPolicy',
  ],
  permissions: ({ account, writer: { region, identifier } }) => [
    { action: 'sts:GetCallerIdentity', resource: '*' },
    // All of them, to count against the quota.
    { action: 'rds:DescribeDBInstances', resource: arnOf(region, account, '*') },
    { action: 'rds:DescribeDBSnapshots', resource: arnOf(region, account, identifier) },
    {
      action: 'rds:DescribeDBSnapshots',
      resource: regionalArn({ service: 'rds', region, account, resource: 'snapshot:*' }),
    },
    ...quotaPermissions,
    ...simulationPermissions(account, region),
  ],
  command: ({ writer: { region, identifier } }) =>
    `aws sts get-caller-identity && aws rds describe-db-instances --region ${region} --db-instance-identifier ${identifier}`,
  usuallyMs: () => 1_000,
  observe: async () => ({ done: false, underway: true, state: null }),
  settle: async (topology, context) =>
    judgeFindings((await lookForRestore(narrowedTo(topology, context), context)).findings, context),
});

/** Everything that a restore needs of the account, beside the topology. Rejects where the account is another one. */
export async function lookForRestore(topology: Params, context: LookContext): Promise<Look> {
  const { account, writer, target, needed } = topology;
  const caller = await mustBeAccount(account, writer.region, context);
  const found = together(
    await Promise.all([
      looked(writer.identifier, () => sourceLook(topology, context)),
      looked(target, () => nameLook(writer.region, target, context)),
      looked('quotas', () => dbInstanceQuotaLook(writer.region, 1, context)),
    ]),
  );
  return together([found, await permissionsLook({ caller, region: writer.region }, needed, found.arns ?? [], context)]);
}

async function sourceLook(topology: Params, context: LookContext): Promise<Look> {
  const { writer } = topology;
  const source = await findInstance(context, writer.region, writer.identifier);
  const look = instanceLook('writer', writer, source);
  if (!source) return look;
  const backups = await looked('backups', () => backupsLook(writer, source, topology, context));
  return together([look, restoreParametersLook(writer, source), backups]);
}

async function nameLook(region: string, target: string, context: LookContext): Promise<Look> {
  const taken = await findInstance(context, region, target);
  const row = { what: `${target} status`, topology: 'not there', account: taken?.DBInstanceStatus ?? 'not there' };
  if (!taken) return { rows: [row], findings: [] };
  const what = `there is an instance ${target} already`;
  const why = 'The drill would touch what it did not make.';
  const mend = `Give another name under 'restored.identifier', or delete it by hand: aws rds delete-db-instance --region ${region} --db-instance-identifier ${target} --skip-final-snapshot`;
  return { rows: [row], findings: [blocker(target, what, why, mend)] };
}
