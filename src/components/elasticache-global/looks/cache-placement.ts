import { regionalArn } from '../../../arn.ts';
import { listOf } from '../../../aws/pages.ts';
import { blocker } from '../../../steps/account/findings.ts';
import type { LookFor } from '../../../steps/account/look.ts';
import { orNone } from '../../../steps/account/look.ts';

const notMade = 'ElastiCache refuses to make a group with it.';

export const cacheSubnetGroupLook: LookFor<'cache-subnet-group'> = {
  calls: () => ['elasticache:DescribeCacheSubnetGroups'],
  permissions: ({ region, name }, account) => [
    {
      action: 'elasticache:DescribeCacheSubnetGroups',
      resource: regionalArn({ service: 'elasticache', region, account, resource: `subnetgroup:${name}` }),
    },
  ],
  subject: ({ name }) => name,
  async look({ region, name }, { aws }) {
    const asked = { CacheSubnetGroupName: name };
    const groups = listOf(aws, 'elasticache', region, 'DescribeCacheSubnetGroups', 'CacheSubnetGroups', asked);
    const found = await orNone(groups, 'CacheSubnetGroupNotFound');
    const what = `cache subnet group ${name} in ${region}`;
    const row = { what, topology: 'there', account: found ? 'there' : 'not there' };
    if (found) return { rows: [row], findings: [] };
    const fix = `Correct the topology: aws elasticache describe-cache-subnet-groups --region ${region}`;
    return { rows: [row], findings: [blocker(name, `there is no ${what}`, notMade, fix)] };
  },
};

export const cacheParameterGroupLook: LookFor<'cache-parameter-group'> = {
  calls: () => ['elasticache:DescribeCacheParameterGroups'],
  permissions: ({ region, name }, account) => [
    {
      action: 'elasticache:DescribeCacheParameterGroups',
      resource: regionalArn({ service: 'elasticache', region, account, resource: `parametergroup:${name}` }),
    },
  ],
  subject: ({ name }) => name,
  async look({ region, name }, { aws }) {
    const asked = { CacheParameterGroupName: name };
    const groups = listOf(aws, 'elasticache', region, 'DescribeCacheParameterGroups', 'CacheParameterGroups', asked);
    const found = await orNone(groups, 'CacheParameterGroupNotFound');
    const what = `cache parameter group ${name} in ${region}`;
    const row = { what, topology: 'there', account: found?.CacheParameterGroupFamily ?? 'not there' };
    if (found) return { rows: [row], findings: [] };
    const fix = `Correct the topology: aws elasticache describe-cache-parameter-groups --region ${region}`;
    return { rows: [row], findings: [blocker(name, `there is no ${what}`, notMade, fix)] };
  },
};
