import type { DBInstance } from '@aws-sdk/client-rds';
import {
  type CopySetting,
  list,
  modify,
  onEvery,
  onOff,
  onRestores,
  PROOF,
  SERVING,
  toggled,
  WORTH_KNOWING,
} from './setting.ts';

/** gp3 takes IOPS and throughput of its own from 400 GiB on; below, they are fixed. */
const hasIopsOfItsOwn = ({ StorageType, AllocatedStorage = 0 }: DBInstance): boolean =>
  StorageType === 'gp3' ? AllocatedStorage >= 400 : /^io/.test(StorageType ?? '');

/** What an instance can carry, and which engine it runs. */
export const capacity: readonly CopySetting[] = [
  {
    name: 'instance class',
    fields: ['DBInstanceClass'],
    of: (one) => one.DBInstanceClass,
    asked: onEvery((one) => ({ DBInstanceClass: one.DBInstanceClass })),
    change: modify((one) => `--db-instance-class ${one.DBInstanceClass}`),
    why: 'It may be too small for the load, and a change of class is an outage.',
    matters: PROOF,
  },
  {
    name: 'processor features',
    fields: ['ProcessorFeatures'],
    of: (one) => list(one.ProcessorFeatures?.map(({ Name, Value }) => `${Name}=${Value}`)),
    asked: onEvery((one) => (one.ProcessorFeatures?.length ? { ProcessorFeatures: one.ProcessorFeatures } : {})),
    change: modify(
      (one) =>
        `--processor-features ${(one.ProcessorFeatures ?? []).map(({ Name, Value }) => `Name=${Name},Value=${Value}`).join(' ')}`,
    ),
    why: 'It has other cores or threads than were licensed and measured.',
    matters: SERVING,
  },
  {
    name: 'storage',
    fields: ['StorageType', 'Iops', 'StorageThroughput'],
    of: (one) =>
      one.StorageType &&
      [one.StorageType, one.Iops && `${one.Iops} IOPS`, one.StorageThroughput && `${one.StorageThroughput} MiB/s`]
        .filter(Boolean)
        .join(', '),
    asked: onEvery((one) => ({
      StorageType: one.StorageType,
      // The storage of the original may have crossed gp3's threshold since its backup was made.
      ...(hasIopsOfItsOwn(one) && { Iops: one.Iops, AllocatedStorage: one.AllocatedStorage }),
      ...(hasIopsOfItsOwn(one) && one.StorageType === 'gp3' && { StorageThroughput: one.StorageThroughput }),
    })),
    change: modify((one) =>
      [
        `--storage-type ${one.StorageType}`,
        one.Iops && hasIopsOfItsOwn(one) && `--iops ${one.Iops}`,
        one.StorageThroughput && hasIopsOfItsOwn(one) && `--storage-throughput ${one.StorageThroughput}`,
      ]
        .filter(Boolean)
        .join(' '),
    ),
    why: 'It reads and writes slower than its original under load.',
    matters: SERVING,
  },
  {
    name: 'storage autoscaling limit',
    fields: ['MaxAllocatedStorage'],
    of: (one) => (one.MaxAllocatedStorage ? `${one.MaxAllocatedStorage} GiB` : 'none'),
    // RestoreDBInstanceFromDBSnapshot alone has no input for it.
    asked: {
      pointInTime: (one) => ({ MaxAllocatedStorage: one.MaxAllocatedStorage }),
      replica: (one) => ({ MaxAllocatedStorage: one.MaxAllocatedStorage }),
    },
    change: modify((one) => `--max-allocated-storage ${one.MaxAllocatedStorage ?? one.AllocatedStorage}`),
    why: 'Its storage does not grow by itself: once full, it takes no more writes.',
    matters: SERVING,
  },
  {
    name: 'dedicated log volume',
    fields: ['DedicatedLogVolume'],
    of: (one) => onOff(one.DedicatedLogVolume),
    asked: onEvery((one) => ({ DedicatedLogVolume: one.DedicatedLogVolume ?? false })),
    change: modify((one) => toggled('dedicated-log-volume', one.DedicatedLogVolume)),
    why: 'Writes wait longer for the log.',
    matters: SERVING,
  },
  {
    name: 'Multi-AZ',
    fields: ['MultiAZ', 'SecondaryAvailabilityZone'],
    // A standby that is still being made was asked for.
    of: (one) => onOff(one.PendingModifiedValues?.MultiAZ ?? one.MultiAZ),
    asked: onEvery((one) => ({ MultiAZ: one.MultiAZ ?? false })),
    testGoesWithout: true,
    change: modify((one) => toggled('multi-az', one.MultiAZ)),
    why: 'The loss of one zone takes it away.',
    matters: SERVING,
  },
  {
    name: 'engine version',
    fields: ['Engine', 'EngineVersion'],
    of: (one) => one.EngineVersion && `${one.Engine} ${one.EngineVersion}`,
    change: modify((one) => `--engine-version ${one.EngineVersion}`),
    why: 'It runs a version that was never used in production.',
    matters: PROOF,
  },
  {
    name: 'license model',
    fields: ['LicenseModel'],
    of: (one) => one.LicenseModel,
    asked: onRestores((one) => ({ LicenseModel: one.LicenseModel })),
    change: modify((one) => `--license-model ${one.LicenseModel}`),
    why: 'It is licensed otherwise than its original.',
    matters: WORTH_KNOWING,
  },
  {
    name: 'extended support',
    fields: ['EngineLifecycleSupport'],
    of: (one) => one.EngineLifecycleSupport,
    // A restore enrols itself for Extended Support, which costs, unless told otherwise.
    asked: onRestores((one) => ({ EngineLifecycleSupport: one.EngineLifecycleSupport })),
    change: modify((one) => `--engine-lifecycle-support ${one.EngineLifecycleSupport}`),
    why: 'After the end of standard support it costs more, or is upgraded by itself.',
    matters: WORTH_KNOWING,
  },
  {
    name: 'automatic minor version upgrades',
    fields: ['AutoMinorVersionUpgrade'],
    of: (one) => onOff(one.AutoMinorVersionUpgrade),
    asked: onEvery((one) => ({ AutoMinorVersionUpgrade: one.AutoMinorVersionUpgrade ?? false })),
    change: modify((one) => toggled('auto-minor-version-upgrade', one.AutoMinorVersionUpgrade)),
    why: 'Its version changes without your decision, or does not change when it should.',
    matters: WORTH_KNOWING,
  },
];
