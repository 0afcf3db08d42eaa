import * as z from 'zod';
import { nameOfBucket } from '../drill/names.ts';
import type { Ports } from '../ports/ports.ts';
import type { Engine, Query, SqlEngine } from '../ports/sql.ts';
import type { Leaves } from './left.ts';

/** What schemas of components are made of. */
export const text = z.string().min(1);

export const timeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'expected a time of day in UTC, such as 18:00');

export const bucketName = nameOfBucket.regex(
  /^(?!.*\.\.)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/,
  'expected the name of a bucket: 3 to 63 lower-case letters, digits, hyphens and dots',
);

export const side = z.enum(['primary', 'recovery']);

export const otherSide = (one: z.output<typeof side>): z.output<typeof side> =>
  one === 'primary' ? 'recovery' : 'primary';

/** How a topology calls a component. */
export const componentName = z
  .string()
  .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'expected small letters, digits and hyphens, such as orders');

/** What every data store says of itself. */
export const dataStore = {
  essential: z
    .boolean()
    .default(true)
    .describe(
      'Whether customers need it to be served. The drill waits for a non-essential data store no longer than 60 s after everything else.',
    ),
  after: z
    .array(componentName)
    .default([])
    .describe('Data stores that must be taken over before this one. Its fence does not wait for them.'),
};

/** What is said of a kind of component, apart from what is done with it. */
export interface Description {
  schema: z.ZodObject;
  /** What its steps must find before a drill begins. */
  needs: readonly z.ZodObject[];
  /** Of a data store: what a drill numbers in it and counts again to tell what was lost, or why it does not. */
  counts?: Counts | ((component: never) => Counts);
  /** The steps by which a drill writes and counts what it numbers, where the kind has its own. */
  counting?: Counting;
  /** The steps that move customers from one region to another. */
  moves?: readonly string[];
  /** Of a data store: pods that read where it takes writes, beside those of a compute that uses it. */
  readBy?: (component: never) => NamedReaders;
  /** Of a compute: what it runs, and how much of it where it waits. */
  waits?: (component: never) => readonly Waiting[];
  /** The port through which its components themselves are asked, beside AWS's API. */
  port?: keyof Ports;
  /** Of a data store behind the port for SQL. */
  sql?: InSql;
  /** What its steps leave of resources that infrastructure as code may manage. */
  leaves?: Leaves;
}

/** Deployments in a compute, and the variable in which they read where a data store takes writes. */
export interface NamedReaders {
  /** The only compute by default. */
  runsIn: string | undefined;
  deployments: readonly string[];
  variable: string;
}

/** A deployment or a service in the region that waits: how many pods or tasks it has there. */
export interface Waiting {
  standby: number;
  critical: boolean;
}

/** What is asked in SQL, and where. */
export interface AskedInSql {
  engine: Engine;
  /** By its name on each side: an instance, or a cluster, independent of its current writer instance. */
  primary: string;
  recovery: string;
}

/** How a kind of data store is asked in SQL. */
export interface InSql {
  /** Whether a side is a cluster, which is known by its own name. Only one kind behind the port is, and one is not. */
  isCluster: boolean;
  of: (store: never) => AskedInSql;
  /** What prints the address of an instance, or of a cluster. */
  addressCommand(region: string, name: string): string;
  /** The command that gives its master user another password. */
  masterPasswordCommand: string;
  /** How each side is asked since when it has not heard from the other one, and in which engines it can tell. */
  hears: { engines: readonly SqlEngine[]; writer: Query; replica: Query };
}

/** Of numbered records, the kind of step that writes them, and the one that counts those that are there. */
export interface Counting {
  /** Whether they stand for heartbeat rows, which a drill writes all along, or are marker records. */
  of: 'heartbeats' | 'markers';
  writes: string;
  counts: string;
}

export type Counts = 'heartbeats' | 'markers' | { not: string };

type Login = { password: { from: string; region?: string | undefined } };

/** Where a password is read that is not in the recovery region. */
export const secretRegion = (login: object | undefined): string[] => {
  const password = (login as Partial<Login> | undefined)?.password;
  return password?.from === 'secrets-manager' && password.region !== undefined ? [password.region] : [];
};
