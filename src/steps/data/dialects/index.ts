import type { SqlEngine } from '../../../ports/sql.ts';
import type { Dialect } from './dialect.ts';
import { mariadb } from './mariadb.ts';
import { mysql } from './mysql.ts';
import { postgres } from './postgres.ts';

export type { Dialect, Key } from './dialect.ts';

export const dialects: Record<SqlEngine, Dialect> = { postgres, mysql, mariadb };

/** A statement in each engine's own words. */
export const inEach = (said: (dialect: Dialect) => string): Record<SqlEngine, string> => ({
  postgres: said(postgres),
  mysql: said(mysql),
  mariadb: said(mariadb),
});
