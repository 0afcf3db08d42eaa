import { testDrillSql } from './drill-sql.ts';
import { mariadb } from './programs.ts';

testDrillSql({ engine: 'mariadb', programs: mariadb, restores: true });
