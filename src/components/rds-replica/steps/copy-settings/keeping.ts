import type { DBInstance } from '@aws-sdk/client-rds';
import { isMark } from '../../../../steps/mark.ts';
import {
  type CopySetting,
  list,
  modify,
  OF_A_WRITER,
  onEvery,
  onOff,
  onRestores,
  SERVING,
  toggled,
  WORTH_KNOWING,
} from './setting.ts';

export const tagsOf = ({ TagList }: DBInstance) =>
  // Nobody but AWS may set tags that begin with its own name.
  (TagList ?? []).filter((tag) => tag.Key !== undefined && !tag.Key.startsWith('aws:') && !isMark(tag));

/** How an instance and its data are kept. */
export const keeping: readonly CopySetting[] = [
  {
    name: 'deletion protection',
    fields: ['DeletionProtection'],
    of: (one) => onOff(one.DeletionProtection),
    // Not asked for: the drill must be able to take the copy back, also one that has failed and can only be deleted.
    testGoesWithout: true,
    change: modify((one) => toggled('deletion-protection', one.DeletionProtection)),
    why: 'One wrong command deletes it.',
    matters: SERVING,
  },
  {
    name: 'encryption key',
    fields: ['StorageEncrypted', 'KmsKeyId', 'StorageEncryptionType'],
    of: (one) => (one.StorageEncrypted === false ? 'none' : one.KmsKeyId),
    regional: true,
    // A restore keeps the key of its backup; a replica in another region needs one of that region, which the step names.
    why: 'Anyone who may use the key of the original may not read it, or others may. Only a new copy can have another key.',
    matters: SERVING,
  },
  {
    name: 'tags',
    fields: ['TagList'],
    of: (one) => list(tagsOf(one).map(({ Key, Value }) => `${Key}=${Value ?? ''}`)),
    asked: onEvery((one) => ({ Tags: tagsOf(one) })),
    testGoesWithout: true,
    change: (one, { region, identifier }) =>
      `aws rds add-tags-to-resource --region ${region} --resource-name <ARN of ${identifier}> --tags ${tagsOf(one)
        .map(({ Key, Value }) => `Key=${Key},Value=${Value ?? ''}`)
        .join(' ')}`,
    why: 'Costs, backup plans and rights that go by tags pass it over.',
    matters: WORTH_KNOWING,
  },
  {
    name: 'copying of tags to snapshots',
    fields: ['CopyTagsToSnapshot'],
    of: (one) => onOff(one.CopyTagsToSnapshot),
    asked: onEvery((one) => ({ CopyTagsToSnapshot: one.CopyTagsToSnapshot ?? false })),
    testGoesWithout: true,
    change: modify((one) => toggled('copy-tags-to-snapshot', one.CopyTagsToSnapshot)),
    why: 'Its snapshots lack the tags by which they are kept, counted and found.',
    matters: WORTH_KNOWING,
  },
  {
    name: 'backup retention',
    fields: ['BackupRetentionPeriod'],
    of: (one) => (one.BackupRetentionPeriod === undefined ? undefined : `${one.BackupRetentionPeriod} days`),
    // "Backup retention period", Amazon RDS User Guide: a restore inherits it, a replica has none.
    asked: onRestores((one) => ({ BackupRetentionPeriod: one.BackupRetentionPeriod })),
    testGoesWithout: true,
    change: modify((one) => `--backup-retention-period ${one.BackupRetentionPeriod}`),
    why: 'What is noticed later than that cannot be undone.',
    matters: OF_A_WRITER,
  },
  {
    name: 'backup window',
    fields: ['PreferredBackupWindow'],
    of: (one) => one.PreferredBackupWindow,
    asked: onRestores((one) => ({ PreferredBackupWindow: one.PreferredBackupWindow })),
    testGoesWithout: true,
    change: modify((one) => `--preferred-backup-window ${one.PreferredBackupWindow}`),
    why: 'Its backup falls into hours of load, or overlaps other work.',
    matters: { writer: 'note', replica: null, test: null },
  },
  {
    name: 'backups replicated to another region',
    fields: ['DBInstanceAutomatedBackupsReplications'],
    of: (one) => onOff((one.DBInstanceAutomatedBackupsReplications?.length ?? 0) > 0),
    change: (_, { region, identifier }) =>
      `aws rds start-db-instance-automated-backups-replication --region <the other region> --source-region ${region} --source-db-instance-arn <ARN of ${identifier}>`,
    why: 'With its region its backups are lost.',
    matters: OF_A_WRITER,
  },
  {
    name: 'maintenance window',
    fields: ['PreferredMaintenanceWindow'],
    of: (one) => one.PreferredMaintenanceWindow,
    // No call that makes a copy takes it: RDS draws one at random.
    change: modify((one) => `--preferred-maintenance-window ${one.PreferredMaintenanceWindow}`),
    why: 'AWS may restart it at a time that you did not choose.',
    matters: SERVING,
  },
];
