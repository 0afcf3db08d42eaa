import type { Leaves, Left } from '../left.ts';
import { instanceLeft, OPENS_FENCE } from '../rds/left.ts';

interface Side {
  region: string;
  cluster: string;
  arn: string;
  securityGroups: string[];
  quarantine?: string;
}
interface Restored {
  region: string;
  identifier: string;
  instance: string;
}

const clusterLeft = (region: string, cluster_identifier: string) =>
  ({
    types: ['aws_rds_cluster'],
    where: { cluster_identifier },
    region,
    cloudFormation: {
      type: 'AWS::RDS::DBCluster',
      physicalId: cluster_identifier,
      importedBy: 'DBClusterIdentifier',
    },
  }) as const satisfies Partial<Left>;

/** Who follows whom has changed; the provider reads that of each cluster. */
const following = ({ params }: { params: unknown }): Left[] => {
  const { other, ...writer } = params as Side & { other: Side };
  const attribute = (value: string | null, means: string) =>
    ({ path: 'replication_source_identifier', value, plan: 'revert', means }) as const;
  return [
    {
      ...clusterLeft(writer.region, writer.cluster),
      left: 'changed',
      attributes: [attribute(null, 'asks the new writer to follow again: the apply fails')],
    },
    {
      ...clusterLeft(other.region, other.cluster),
      left: 'changed',
      attributes: [
        attribute(writer.arn, 'removes the old writer from the global cluster: it becomes an independent writer'),
      ],
    },
  ];
};

const groups = ({ region, cluster }: Side, value: string[], means: string): Left[] => [
  {
    ...clusterLeft(region, cluster),
    left: 'changed',
    attributes: [{ path: 'vpc_security_group_ids', value, property: 'VpcSecurityGroupIds', plan: 'revert', means }],
  },
];

/** What the steps of an Aurora global database leave. */
export const globalLeaves: Leaves = {
  'rds.fail-over-global-cluster': following,
  'rds.switch-over-global-cluster': following,
  'rds.fence-cluster'({ params }) {
    const side = params as Side;
    return side.quarantine === undefined ? [] : groups(side, [side.quarantine], OPENS_FENCE);
  },
  'rds.rejoin-cluster'({ params }) {
    const side = params as Side;
    return side.quarantine === undefined ? [] : groups(side, side.securityGroups, 'changes who reaches the cluster');
  },
  'rds.add-cluster-instance'({ params }) {
    const { region, instance } = params as { region: string; instance: { identifier: string } };
    return [{ ...instanceLeft(region, instance.identifier), left: 'made', id: instance.identifier }];
  },
  'rds.restore-cluster-from-snapshot': restored,
  'rds.restore-cluster-to-point-in-time': restored,
  'rds.add-restored-instance'({ params }) {
    const { region, instance } = params as Restored;
    return [{ ...instanceLeft(region, instance), left: 'made', id: instance }];
  },
  'rds.delete-restored-cluster'({ params }) {
    const { region, identifier } = params as Restored;
    return [
      { ...clusterLeft(region, identifier), left: 'gone' },
      { ...instanceLeft(region, `${identifier}-1`), left: 'gone' },
    ];
  },
};

function restored({ params }: { params: unknown }): Left[] {
  const { region, identifier } = params as Restored;
  return [{ ...clusterLeft(region, identifier), left: 'made', id: identifier }];
}
