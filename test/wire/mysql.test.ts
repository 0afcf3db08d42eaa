import { describe } from 'vitest';
import { testDrillSql } from '../lab/mariadb/drill-sql.ts';
import { hasMySql, mysql } from '../lab/mariadb/programs.ts';

describe.skipIf(!hasMySql)('MySQL itself', () => {
  testDrillSql({ engine: 'mysql', programs: mysql, restores: false });
});
