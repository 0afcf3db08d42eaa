import type { Query } from '../../ports/sql.ts';
import type { InSql } from '../described.ts';

const GLOBAL_STATUS_IN_MYSQL = `select round(timestampdiff(microsecond, max(last_lag_calculation_timestamp), utc_timestamp(6)) / 1000) as silent, true as seen
  from information_schema.aurora_global_db_status where durability_lag_in_milliseconds >= 0`;

/** One row: `{ silent, seen }`, on either side: for how many milliseconds the clusters have not exchanged how far the others have come. */
const globalQuery: Query = {
  name: 'replication.global',
  text: {
    postgres: `select round(extract(epoch from clock_timestamp() - max(last_lag_calculation_time)) * 1000) as silent, true as seen
      from aurora_global_db_status() where durability_lag_in_msec >= 0`,
    mysql: GLOBAL_STATUS_IN_MYSQL,
    // Aurora runs no MariaDB.
    mariadb: GLOBAL_STATUS_IN_MYSQL,
  },
};

/** How a cluster of Aurora is asked in SQL. */
export const clustersInSql: Omit<InSql, 'of'> = {
  isCluster: true,
  addressCommand: (region, name) =>
    `aws rds describe-db-clusters --region ${region} --db-cluster-identifier ${name} --query 'DBClusters[0].Endpoint' --output text`,
  masterPasswordCommand: 'aws rds modify-db-cluster --master-user-password',
  hears: { engines: ['postgres', 'mysql'], writer: globalQuery, replica: globalQuery },
};
