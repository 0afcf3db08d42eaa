import type { Dialect } from './dialect.ts';
import { mysql } from './mysql.ts';

/** MySQL's, but for the numbers of transactions. */
export const mariadb: Dialect = {
  ...mysql,
  title: 'MariaDB',
  // Its read_only is in the parameter group, which no statement changes.
  stop: null,
  logPosition: "select nullif(@@global.gtid_current_pos, '') as position",
  logBehind: 'select if(@@global.read_only, if(master_gtid_wait($1, 0) = 0, 0, 1), null) as behind',
};
