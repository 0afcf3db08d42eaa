import { isAwsError } from '../../aws/aws.ts';
import { DrillError } from '../../errors.ts';
import { until } from '../../steps/poll.ts';
import type { StepContext } from '../../steps/step.ts';
import type { SnapshotType } from '../recovery-point.ts';

/** A snapshot of an instance or of a cluster, as far as both are described alike. */
interface Described {
  Status?: string | undefined;
  TagList?: { Key?: string | undefined; Value?: string | undefined }[] | undefined;
}

export interface Place {
  region: string;
  identifier: string;
}

/** What differs between snapshots of instances and of clusters. */
export interface Snapshots<S extends Described = Described> {
  /** In the words of the AWS CLI. */
  sourceType: 'db-snapshot' | 'db-cluster-snapshot';
  find(context: Pick<StepContext, 'aws'>, region: string, identifier: string): Promise<S | undefined>;
  arn(region: string, account: string, identifier: string): string;
}

/** RDS wants to know the type of a snapshot that nobody asked for; its name tells it. */
export const typeIn = (identifier: string): string | undefined =>
  ({ rds: 'automated', awsbackup: 'awsbackup' })[identifier.split(':')[0] ?? ''];

/** What a snapshot may be called before it has been chosen: RDS and AWS Backup name theirs themselves. */
export const snapshotPatterns = (
  { arn }: Pick<Snapshots, 'arn'>,
  { region, account, of, types }: { region: string; account: string; of: string; types: readonly SnapshotType[] },
): string[] => [
  ...(types.includes('automated') ? [arn(region, account, `rds:${of}-*`)] : []),
  // AWS Backup names them by its job, not by what they are of.
  ...(types.includes('awsbackup') ? [arn(region, account, 'awsbackup:job-*')] : []),
  ...(types.includes('manual') ? [arn(region, account, '*')] : []),
  ...(types.includes('shared') ? [arn(region, '*', '*')] : []),
];

/** RDS and AWS Backup name their snapshots themselves, and before a run nobody knows which it will be. */
export const isChosen = (snapshot: string): boolean => !/^(rds:|awsbackup:|<)/.test(snapshot);

/** Asks for a copy. RDS makes 20 at once for a region: this one can be asked for when another is done. */
export async function askForCopy(
  identifier: string,
  ask: () => Promise<unknown>,
  context: StepContext,
): Promise<undefined> {
  let isTold = false;
  await until(context, async () => {
    try {
      await ask();
      return true;
    } catch (error) {
      if (!isAwsError(error, 'SnapshotQuotaExceeded')) throw error;
      if (!isTold)
        context.record({ type: 'not-ready', step: context.step, subject: identifier, reasons: [String(error)] });
      isTold = true;
      return undefined;
    }
  });
  return undefined;
}

/** Waits until a copy can be restored. */
export const untilCopied = <S extends Described>(
  { region, identifier }: Place,
  { find, sourceType }: Snapshots<S>,
  context: StepContext,
): Promise<S> =>
  until(
    context,
    async () => {
      const found = await find(context, region, identifier);
      if (found?.Status === 'failed')
        throw new DrillError('copy-failed', `The copy ${identifier} failed in ${region}.`, {
          hint: `aws rds describe-events --region ${region} --source-type ${sourceType} --source-identifier ${identifier}`,
        });
      return found?.Status === 'available' ? found : undefined;
    },
    { firstMs: 5_000, maxMs: 10_000 },
  );
