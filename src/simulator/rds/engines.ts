import type { Engine } from '../../ports/sql.ts';

interface Described {
  name: string;
  version: string;
  license: string;
  port: number;
  /** Whether a read replica may keep automated backups. */
  backsUpReplicas: boolean;
}

/** RDS's word for an engine, and what an instance of it has that nobody asks anything of. */
export const engines: Record<Engine, Described> = {
  postgres: { name: 'postgres', version: '17.6', license: 'postgresql-license', port: 5432, backsUpReplicas: true },
  mysql: { name: 'mysql', version: '8.4.6', license: 'general-public-license', port: 3306, backsUpReplicas: true },
  mariadb: { name: 'mariadb', version: '11.4.8', license: 'general-public-license', port: 3306, backsUpReplicas: true },
  sqlserver: {
    name: 'sqlserver-ee',
    version: '16.00.4210.1.v1',
    license: 'license-included',
    port: 1433,
    backsUpReplicas: false,
  },
  oracle: {
    name: 'oracle-ee',
    version: '19.0.0.0.ru-2025-10.rur-2025-10.r1',
    license: 'bring-your-own-license',
    port: 1521,
    backsUpReplicas: true,
  },
};

export interface Versioned {
  engine: Engine;
  engineVersion: string;
}

const hasTwoParts = (engine: Engine): boolean => !['postgres', 'oracle'].includes(engine);

/** The major version, as RDS counts it. */
export const majorOf = ({ engine, engineVersion }: Versioned): string =>
  engineVersion
    .split('.')
    .slice(0, hasTwoParts(engine) ? 2 : 1)
    .join('.');

/** Of its parameter groups. */
export function familyOf(of: Versioned): string {
  const { name } = engines[of.engine];
  if (of.engine === 'oracle') return `${name}-${majorOf(of)}`;
  return of.engine === 'sqlserver' ? `${name}-${majorOf(of).replace('.00', '.0')}` : `${name}${majorOf(of)}`;
}

/** The groups that RDS gives an instance which names none. */
export const defaultParameters = (of: Versioned): string => `default.${familyOf(of)}`;
export const defaultOptions = (of: Versioned): string =>
  `default:${engines[of.engine].name}-${majorOf(of).replace('.', '-')}`;

/** Why a database refuses a write, in its own words. */
export const readOnlyWords = (engine: Engine): string =>
  engine === 'postgres'
    ? 'cannot execute INSERT in a read-only transaction'
    : 'The server is running with the --read-only option so it cannot execute this statement';
