import * as z from 'zod';
import { findInstance } from '../rds/instance.ts';
import { defineStep } from '../step.ts';
import { mustBeAccount } from './account.ts';
import { type Finding, judgeFindings } from './findings.ts';

const params = z.object({ account: z.string(), region: z.string(), writer: z.string(), target: z.string() });

/** Checks that there are backups to restore from, and that the test instance's name is free. */
export const preflightRestore = defineStep<z.output<typeof params>, { findings: number }>({
  kind: 'account.preflight-restore',
  params,
  plane: 'control',
  title: ({ account }) => `Check account ${account} against the topology`,
  region: ({ region }) => region,
  calls: ['sts:GetCallerIdentity', 'rds:DescribeDBInstances'],
  permissions: ({ account, region }) => [
    { action: 'sts:GetCallerIdentity', resource: '*' },
    { action: 'rds:DescribeDBInstances', resource: `arn:aws:rds:${region}:${account}:db:*` },
  ],
  command: ({ region, writer }) =>
    `aws sts get-caller-identity && aws rds describe-db-instances --region ${region} --db-instance-identifier ${writer}`,
  usuallyMs: () => 1_000,
  observe: async () => ({ done: false, underway: true, state: null }),
  async settle({ account, region, writer, target }, context) {
    await mustBeAccount(account, region, context);
    const findings: Finding[] = [];
    const why = 'There would be nothing to restore, or the wrong thing would be touched.';
    const source = await findInstance(context, region, writer);
    if (!source) {
      findings.push({
        severity: 'blocker',
        subject: writer,
        what: `${writer} is not there`,
        why,
        mend: 'Check the topology.',
      });
    } else if (!source.BackupRetentionPeriod) {
      const mend = 'Set a backup retention period.';
      findings.push({ severity: 'blocker', subject: writer, what: `${writer} keeps no automated backups`, why, mend });
    }
    if (await findInstance(context, region, target)) {
      const mend = "Delete it by hand, or give another name under 'restored.identifier'.";
      findings.push({
        severity: 'blocker',
        subject: target,
        what: `there is an instance ${target} already`,
        why,
        mend,
      });
    }
    return judgeFindings(findings, context);
  },
});
