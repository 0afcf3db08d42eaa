import type { Query } from '../../ports/sql.ts';
import type { InSql } from '../described.ts';

/** One row: `{ followers, silent, seen }`: replicas that are connected, and for how many milliseconds the most silent of them has said nothing. */
export const followersQuery: Query = {
  name: 'replication.followers',
  text: `select count(*) as followers, round(extract(epoch from max(clock_timestamp() - reply_time)) * 1000) as silent,
      pg_has_role('pg_read_all_stats', 'usage') as seen
    from pg_stat_replication where state = 'streaming'`,
};

/** One row: `{ silent, seen }`: for how many milliseconds nothing has come from the source; null where it is not connected. */
export const sourceQuery: Query = {
  name: 'replication.source',
  text: `select (select round(extract(epoch from clock_timestamp() - last_msg_receipt_time) * 1000) from pg_stat_wal_receiver) as silent,
      pg_has_role('pg_read_all_stats', 'usage') as seen`,
};

/** How an instance of RDS is asked in SQL. */
export const instancesInSql: Omit<InSql, 'of'> = {
  isCluster: false,
  addressCommand: (region, name) =>
    `aws rds describe-db-instances --region ${region} --db-instance-identifier ${name} --query 'DBInstances[0].Endpoint.Address' --output text`,
  masterPasswordCommand: 'aws rds modify-db-instance --master-user-password',
  // MySQL and MariaDB do not note when a replica last replied.
  hears: { engines: ['postgres'], writer: followersQuery, replica: sourceQuery },
};
