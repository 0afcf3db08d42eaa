import { describe } from 'vitest';
import { testCarriedTables } from '../lab/mariadb/carried-tables.ts';
import { hasMySql, mysql } from '../lab/mariadb/programs.ts';

describe.skipIf(!hasMySql)('MySQL itself', () => {
  testCarriedTables({ engine: 'mysql', programs: mysql });
});
