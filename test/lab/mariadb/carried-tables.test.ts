import { testCarriedTables } from './carried-tables.ts';
import { mariadb } from './programs.ts';

testCarriedTables({ engine: 'mariadb', programs: mariadb });
