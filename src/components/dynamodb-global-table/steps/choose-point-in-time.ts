import * as z from 'zod';
import { isAwsError } from '../../../aws/aws.ts';
import { isoTime } from '../../../clock/clock.ts';
import { duration } from '../../../drill/quantities.ts';
import { DrillError } from '../../../errors.ts';
import { given, side } from '../../../steps/given.ts';
import { defineStep, type StepContext } from '../../../steps/step.ts';
import { beforeLatest } from '../../recovery-point.ts';
import { onTables } from './table.ts';
import { namesIn, storeTables, tablesOn } from './tables.ts';

const params = storeTables.extend({ beforeMs: z.number() });
type Params = z.output<typeof params>;

export type RestorePoint = { timeMs: number };

/** Finds the latest time that every table can be restored to: what was written after it would be lost. */
export const choosePointInTime = defineStep<Params, RestorePoint>({
  kind: 'dynamodb.choose-point-in-time',
  params,
  given: given(
    z.strictObject({
      in: side.default('primary').describe('The region whose replicas are restored.'),
      before: duration.default(0).describe('How long before the latest restorable time.'),
    }),
    ({ in: where, before }, around) => ({ ...tablesOn(where, around), beforeMs: before }),
  ),
  needs: (target) =>
    namesIn(target).map((table) => ({
      need: 'dynamodb-backups' as const,
      region: target.region,
      table,
      for: 'restore' as const,
    })),
  plane: 'control',
  title: ({ store, region }) => `Find the latest restorable time of the tables of ${store} in ${region}`,
  region: ({ region }) => region,
  calls: ['dynamodb:DescribeContinuousBackups'],
  permissions: (target, account) =>
    onTables(
      ['dynamodb:DescribeContinuousBackups'],
      namesIn(target).map((table) => ({ region: target.region, table })),
      account,
    ),
  command: (target) =>
    namesIn(target)
      .map((table) => latestOf(target, table))
      .join(' && '),
  byHand: {
    gives: (target, read) => ({ timeMs: read.instant('time', latestOf(target, namesIn(target)[0] ?? '')) }),
  },
  doneWhen: () => 'A time is printed for each table. The earliest of them counts.',
  usuallyMs: () => 1_000,
  observe: async () => ({ done: false, underway: true, state: null }),
  async settle(target, context) {
    const { store, region, beforeMs } = target;
    const windows = await Promise.all(namesIn(target).map((table) => windowOf(region, table, context)));
    const latest = new Date(Math.min(...windows.map(({ latestMs }) => latestMs)));
    const earliestMs = Math.max(...windows.map((one) => one.earliestMs));
    const timeMs = beforeLatest(latest, beforeMs);
    if (timeMs < earliestMs)
      throw new DrillError(
        'not-restorable',
        `The tables of ${store} cannot all be restored to ${isoTime(timeMs)}: the earliest time is ${isoTime(earliestMs)}.`,
        { hint: "Lower 'before' in the drill file, or wait until point-in-time recovery reaches further back." },
      );
    context.record({ type: 'recovery-point', of: store, from: 'point-in-time', id: store, time: isoTime(timeMs) });
    return { timeMs };
  },
});

/** Version 1 of the AWS CLI prints a number of seconds, and version 2 a time. */
const latestOf = ({ region }: Params, table: string): string =>
  `date -ud "$(aws dynamodb describe-continuous-backups --region ${region} --table-name ${table} --query ContinuousBackupsDescription.PointInTimeRecoveryDescription.LatestRestorableDateTime --output text | sed -E 's/^[0-9.]+$/@&/')" +%FT%TZ`;

/** Between which times a table can be restored to. */
async function windowOf(region: string, table: string, { aws }: StepContext) {
  const asked = { TableName: table };
  const { ContinuousBackupsDescription: found } = await aws
    .call('dynamodb', region, 'DescribeContinuousBackups', asked)
    .catch((error: Error) => {
      if (!isAwsError(error, 'TableNotFound')) throw error;
      throw new DrillError('table-missing', `There is no table ${table} in ${region}.`);
    });
  const { EarliestRestorableDateTime: earliest, LatestRestorableDateTime: latest } =
    found?.PointInTimeRecoveryDescription ?? {};
  if (earliest && latest) return { earliestMs: earliest.getTime(), latestMs: latest.getTime() };
  throw new DrillError('no-recovery-point', `${table} in ${region} cannot be restored to any time.`, {
    hint: `Turn on point-in-time recovery: aws dynamodb update-continuous-backups --region ${region} --table-name ${table} --point-in-time-recovery-specification PointInTimeRecoveryEnabled=true`,
  });
}
