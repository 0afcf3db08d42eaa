import type { Kind } from '../components/schemas.ts';

const PLATFORM = ['rds-replica', 'eks', 'route53'] as const;

/** What a new topology holds for each shipped drill: the least on which it shows what it is about. */
const needs: Record<string, readonly (Kind | 'witness')[]> = {
  'aurora-global-failover': ['aurora-global'],
  'aurora-global-switchover': ['aurora-global'],
  'configuration-restore': ['configuration-archive', 'eks'],
  'cross-region-restore': ['rds-replica'],
  'database-failure': PLATFORM,
  failback: PLATFORM,
  'kafka-failover': ['kafka', 'eks'],
  'multi-az-failover': ['rds-replica', 'route53'],
  'multi-region-failover': PLATFORM,
  'network-partition': [...PLATFORM, 'witness'],
  'object-store-recovery': ['s3-replication'],
  'partial-degradation': PLATFORM,
  'partial-restore': ['rds-replica'],
  'planned-switchover': PLATFORM,
  'point-in-time-restore': ['rds-replica'],
  'redis-global-failover': ['elasticache-global'],
  'redis-restore': ['elasticache-global'],
  'replica-promotion': ['rds-replica'],
  'secrets-restore': ['secrets'],
  'snapshot-restore': ['rds-replica'],
  tabletop: ['rds-replica', 'route53'],
};

/** What a new topology holds for a drill like that one; a whole platform for one that nobody has thought of. */
export const neededFor = (like: string): readonly (Kind | 'witness')[] => needs[like] ?? PLATFORM;
