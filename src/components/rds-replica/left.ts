import type { Leaves } from '../left.ts';
import { instanceLeft, OPENS_FENCE } from '../rds/left.ts';

interface Instance {
  region: string;
  instance: string;
}
interface Made {
  region: string;
  identifier: string;
}

const made = (region: string, identifier: string) =>
  [{ ...instanceLeft(region, identifier), left: 'made' as const, id: identifier }] as const;

/** What the steps of an RDS pair leave. */
export const pairLeaves: Leaves = {
  'rds.promote-replica'({ params }) {
    const { region, instance, backupRetentionDays } = params as Instance & { backupRetentionDays: number };
    return [
      {
        ...instanceLeft(region, instance),
        left: 'changed',
        attributes: [
          {
            path: 'replicate_source_db',
            value: null,
            property: 'SourceDBInstanceIdentifier',
            plan: 'revert',
            means: 'asks for a replica again, which RDS cannot make of a writer: the apply fails',
          },
          {
            path: 'backup_retention_period',
            value: backupRetentionDays,
            property: 'BackupRetentionPeriod',
            plan: 'revert',
            means: 'takes the backups of the new writer away',
          },
        ],
      },
    ];
  },
  'rds.fence-writer'({ params }) {
    const { region, instance, quarantine } = params as Instance & { quarantine: string };
    return [
      {
        ...instanceLeft(region, instance),
        left: 'changed',
        attributes: [
          {
            path: 'vpc_security_group_ids',
            value: [quarantine],
            property: 'VPCSecurityGroups',
            plan: 'revert',
            means: OPENS_FENCE,
          },
        ],
      },
    ];
  },
  'rds.protect-writer'({ params }) {
    const { region, instance, retentionDays, multiAz } = params as Instance & {
      retentionDays: number;
      multiAz: boolean;
    };
    return [
      {
        ...instanceLeft(region, instance),
        left: 'changed',
        attributes: [
          {
            path: 'backup_retention_period',
            value: retentionDays,
            property: 'BackupRetentionPeriod',
            plan: 'revert',
            means: 'changes the backups of the new writer',
          },
          {
            path: 'multi_az',
            value: multiAz,
            property: 'MultiAZ',
            plan: 'revert',
            means: 'takes the standby of the new writer away',
          },
        ],
      },
    ];
  },
  'rds.set-aside'({ params }) {
    const { region, instance, aside } = params as Instance & { aside: string };
    return [{ ...instanceLeft(region, instance), left: 'renamed', to: aside }];
  },
  'rds.rebuild-replica': ({ params }) => {
    const { region, instance } = params as Instance;
    return made(region, instance);
  },
  'rds.order-replica': ({ params }) => {
    const { region, instance } = params as Instance;
    return made(region, instance);
  },
  'rds.create-replica': ({ params }) => {
    const { region, identifier } = params as Made;
    return made(region, identifier);
  },
  'rds.restore-from-snapshot': ({ params }) => {
    const { region, identifier } = params as Made;
    return made(region, identifier);
  },
  'rds.restore-to-point-in-time': ({ params }) => {
    const { region, identifier } = params as Made;
    return made(region, identifier);
  },
  'rds.delete-instance': ({ params }) => {
    const { region, identifier } = params as Made;
    return [{ ...instanceLeft(region, identifier), left: 'gone' }];
  },
};
