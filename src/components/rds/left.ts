import type { Left } from '../left.ts';

/** An instance of RDS. */
export const instanceLeft = (region: string, identifier: string) =>
  ({
    types: ['aws_db_instance', 'aws_rds_cluster_instance'],
    where: { identifier },
    region,
    cloudFormation: {
      type: 'AWS::RDS::DBInstance',
      physicalId: identifier,
      importedBy: 'DBInstanceIdentifier',
    },
  }) as const satisfies Partial<Left>;

export const OPENS_FENCE = 'lifts the fence of the old writer: two writers may take writes';
