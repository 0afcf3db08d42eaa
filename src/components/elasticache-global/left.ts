import type { Leaves } from '../left.ts';

/** What the steps of a global datastore leave. */
export const cacheLeaves: Leaves = {
  'elasticache.fail-over-datastore'({ params }) {
    const { datastore, group } = params as { datastore: string; group: string };
    return [
      {
        types: ['aws_elasticache_global_replication_group'],
        where: { global_replication_group_id: datastore },
        region: null,
        cloudFormation: { type: 'AWS::ElastiCache::GlobalReplicationGroup', physicalId: datastore },
        left: 'changed',
        attributes: [
          {
            path: 'primary_replication_group_id',
            value: group,
            property: 'Members',
            otherForm: true,
            plan: 'destroy',
            means: 'deletes the global datastore and makes a new one: another primary cannot be set in place',
          },
        ],
      },
    ];
  },
  'elasticache.restore-snapshot'({ params }) {
    const { region, group } = params as { region: string; group: string };
    return [{ ...groupLeft(region, group), left: 'made', id: group }];
  },
  'elasticache.delete-group'({ params }) {
    const { region, group } = params as { region: string; group: string };
    return [{ ...groupLeft(region, group), left: 'gone' }];
  },
};

const groupLeft = (region: string, replication_group_id: string) => ({
  types: ['aws_elasticache_replication_group'],
  where: { replication_group_id },
  region,
  cloudFormation: {
    type: 'AWS::ElastiCache::ReplicationGroup',
    physicalId: replication_group_id,
    importedBy: 'ReplicationGroupId',
  },
});
