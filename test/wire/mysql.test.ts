import { describe } from 'vitest';
import { testCarriedTables } from '../lab/mariadb/carried-tables.ts';
import { testDrillSql } from '../lab/mariadb/drill-sql.ts';
import { hasMySql, mysql } from '../lab/mariadb/programs.ts';
import { startShop } from '../lab/mariadb/shop-pair.ts';
import { testRowsApart } from '../lab/rows-apart.ts';

describe.skipIf(!hasMySql)('MySQL itself', () => {
  describe('asked what a drill asks', () => testDrillSql({ engine: 'mysql', programs: mysql, restores: false }));
  describe('carrying tables', () => testCarriedTables({ engine: 'mysql', programs: mysql }));
  describe('old and new writer', () => testRowsApart('mysql', () => startShop(mysql)));
});
