import { isAwsError } from '../../../aws/aws.ts';
import { inWords } from '../../../duration.ts';
import { blocker, warning } from '../../../steps/account/findings.ts';
import { fact, type Look, type LookFor, rootOf, together } from '../../../steps/account/look.ts';
import { madeBy } from '../../../steps/mark.ts';
import { findTable, markOf, onTables } from '../steps/table.ts';

const DAY = 86_400_000;

/** Point-in-time recovery of a table: whether it is on, and how far back it reaches. */
export const tableBackupsLook: LookFor<'dynamodb-backups'> = {
  calls: () => ['dynamodb:DescribeContinuousBackups'],
  permissions: (need, account) => onTables(['dynamodb:DescribeContinuousBackups'], [need], account),
  subject: ({ table }) => `backups of ${table}`,
  async look({ region, table, retentionMs, for: purpose }, { aws }) {
    const severity = purpose === 'restore' ? blocker : warning;
    const found = await aws
      .call('dynamodb', region, 'DescribeContinuousBackups', { TableName: table })
      .then(({ ContinuousBackupsDescription }) => ContinuousBackupsDescription?.PointInTimeRecoveryDescription)
      .catch((error: unknown) => {
        // That there is no such table is told by its own look.
        if (isAwsError(rootOf(error), 'TableNotFound')) return undefined;
        throw error;
      });
    const status = found?.PointInTimeRecoveryStatus ?? 'DISABLED';
    const what = `${table} point-in-time recovery in ${region}`;
    const turnOn = `Turn it on: aws dynamodb update-continuous-backups --region ${region} --table-name ${table} --point-in-time-recovery-specification PointInTimeRecoveryEnabled=true`;
    const on: Look = fact(
      { what, topology: 'ENABLED', account: status },
      status === 'ENABLED'
        ? []
        : [
            severity(
              table,
              `point-in-time recovery of ${table} in ${region} is off`,
              'Wrong or deleted items could not be restored.',
              turnOn,
            ),
          ],
    );
    const days = found?.RecoveryPeriodInDays;
    if (retentionMs === undefined || days === undefined) return on;
    const reach: Look = fact(
      { what: `${table} recovery period in ${region}`, topology: inWords(retentionMs), account: inWords(days * DAY) },
      days * DAY >= retentionMs
        ? []
        : [
            warning(
              table,
              `point-in-time recovery of ${table} in ${region} reaches ${inWords(days * DAY)} back, and the topology says ${inWords(retentionMs)}`,
              'Older states could not be restored.',
              turnOn.replace('Enabled=true', `Enabled=true,RecoveryPeriodInDays=${Math.ceil(retentionMs / DAY)}`),
            ),
          ],
    );
    return together([on, reach]);
  },
};

/** The name of a table that a drill makes. */
export const freeTableLook: LookFor<'dynamodb-free-table'> = {
  calls: () => ['dynamodb:DescribeTable', 'dynamodb:ListTagsOfResource'],
  permissions: (need, account) => onTables(['dynamodb:DescribeTable', 'dynamodb:ListTagsOfResource'], [need], account),
  subject: ({ table }) => table,
  async look(need, context) {
    const { region, table, drill = '' } = need;
    const found = await findTable(need, context);
    const row = { what: `${table} in ${region}`, topology: 'not there', account: found?.TableStatus ?? 'not there' };
    if (!found) return fact(row);
    const by = madeBy(await markOf(found, region, context), drill);
    const fix = `Give another name in the drill file, or delete it by hand: aws dynamodb delete-table --region ${region} --table-name ${table}`;
    return fact(row, [
      blocker(
        table,
        `there is a table ${table} in ${region} already, and ${by}`,
        'The drill makes a table of that name.',
        fix,
      ),
    ]);
  },
};
