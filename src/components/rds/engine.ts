import { ENGINES, type Engine, isAsked } from '../../ports/sql.ts';

/** The engine of an instance, by RDS's word for it, such as `sqlserver-se`; undefined for any other. */
export const engineNamed = (name = ''): Engine | undefined =>
  ENGINES.find((one) => name === one || (!isAsked(one) && name.startsWith(`${one}-`)));

const isOf = (engine: Engine, name: string): boolean => engineNamed(name) === engine;

/** The major version, as RDS counts it for an engine: 17 of PostgreSQL 17.6, 8.4 of MySQL 8.4.6. */
export function majorOf(name: string, version: string): string {
  const [first = version, second = '0'] = version.split('.');
  return isOf('postgres', name) || isOf('oracle', name) ? first : `${first}.${second}`;
}

/** The family of the parameter groups of an engine, such as `postgres17`, `mysql8.4`, `sqlserver-se-16.0` or `oracle-ee-19`. */
export function familyOf(name: string, version: string): string {
  const major = majorOf(name, version);
  if (isOf('sqlserver', name)) return `${name}-${Number(major.split('.')[0])}.${Number(major.split('.')[1])}`;
  return isOf('oracle', name) ? `${name}-${major}` : `${name}${major}`;
}
