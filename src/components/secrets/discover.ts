import { listOf } from '../../aws/pages.ts';
import type { Discover } from '../discovery.ts';

/** Every secret of the primary region that is replicated to the recovery region: its replica says where it comes from. */
export const discoverSecrets: Discover<'secrets'> = async (aws, { primary, recovery }) => {
  const there = await listOf(aws, 'secretsmanager', recovery, 'ListSecrets', 'SecretList', {});
  const names = there.flatMap(({ Name, PrimaryRegion }) => (PrimaryRegion === primary ? (Name ?? []) : []));
  const found = names.length === 0 ? [] : [{ id: 'secrets', component: { kind: 'secrets' as const, names } }];
  return { found, passedOver: [] };
};
