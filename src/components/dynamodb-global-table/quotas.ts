import { listOf } from '../../aws/pages.ts';
import type { Counted } from '../../steps/account/quotas.ts';

/** Each restored table counts. */
export const tablesQuota: Counted = {
  of: 'dynamodb-tables',
  quota: { service: 'dynamodb', code: 'L-F98FE922', name: 'tables' },
  call: 'dynamodb:ListTables',
  resources: ['table/*'],
  used: async (region, { aws }) => (await listOf(aws, 'dynamodb', region, 'ListTables', 'TableNames', {})).length,
};
