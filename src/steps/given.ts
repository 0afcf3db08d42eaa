import * as z from 'zod';
import type { dataChecksSchema } from '../drill/data-check.ts';
import type { Success } from '../drill/live.ts';
import { lowerName } from '../drill/names.ts';
import type { Topology } from '../drill/topology.ts';
import { DrillError } from '../errors.ts';

/** What a step of a drill file can see beside what stands in its `with`. */
export interface Around {
  drill: string;
  topology: Topology;
  /** Epoch milliseconds. */
  startedAtMs: number;
  /** What recovered data must show. */
  dataChecks: z.output<typeof dataChecksSchema>;
  /** How the watched customer asks, where one is watched. */
  probe: { every: number; timeout: number; success?: Success | undefined } | undefined;
  /** How the file asks for another step: what stands in its `with`. */
  asked<T extends object>(step: string): Partial<T>;
  /** What an earlier step gave; before a run, what stands for it. */
  result<T>(step: string, beforeRun: T): T;
}

/** How a drill file asks for a step. */
export interface Given<P> {
  /** What may stand in `with`. */
  schema: z.ZodType;
  // biome-ignore lint/suspicious/noExplicitAny: it takes what its own schema gives
  params(given: any, around: Around): P;
  /** How long it goes on by what the file asks: so much longer may it take. */
  // biome-ignore lint/suspicious/noExplicitAny: it takes what its own schema gives
  lastsMs?(given: any): number;
  /** A path of the topology that is optional there, and that this step cannot do without. */
  needs?: string;
}

/** Ties a step's `with` to the parameters that it works with. */
export const given = <G, P>(
  schema: z.ZodType<G>,
  params: (given: G, around: Around) => P,
  more: { needs?: string; lastsMs?: (given: G) => number } = {},
): Given<P> => ({ schema, params, ...more });

/** What a step needs of the topology. Fails where it is not said, which the loader tells sooner. */
export function needed<T>(value: T | undefined, path: string): T {
  if (value !== undefined) return value;
  throw new DrillError('topology-lacks', `The topology has no ${path}, which a step needs.`);
}

/** Stands in a parameter for a number that only a run will give: the last second of the year 9999. */
export const NOT_YET_MS = 253_402_300_799_000;

const text = z.string().min(1);

/** The name of an earlier step, whose result is wanted; the loader knows it by this mark. */
export const earlierStep = text.meta({ earlierStep: true });

/** Which side of the topology. */
export const side = z.enum(['primary', 'recovery']);

/** How a drill file asks for all customers to be moved, whichever lever moves them. */
export const shiftGiven = z.strictObject({
  to: side.default('recovery').describe('The region that customers are sent to.'),
});

/** Which database: the topology's writer or replica, or any other instance by name. */
export const databaseGiven = {
  on: z.enum(['writer', 'replica']).default('writer').describe("The topology's writer or replica."),
  region: text.optional().describe('Where another instance is.'),
  instance: lowerName.optional().describe('Another instance, such as one that was restored.'),
};

export interface DatabaseGiven {
  on: 'writer' | 'replica';
  region?: string | undefined;
  instance?: string | undefined;
}

/** Region, instance and database inside it. */
export function databaseOf({ on, region, instance }: DatabaseGiven, { topology }: Pick<Around, 'topology'>) {
  const { regions, database } = topology;
  return {
    region: region ?? (on === 'writer' ? regions.primary : regions.recovery),
    instance: instance ?? database[on].identifier,
    database: database.name,
  };
}

/** The cluster of a side, as the Kubernetes port wants it. */
export const clusterOf = (where: z.output<typeof side>, { regions, kubernetes }: Topology) => ({
  region: regions[where],
  cluster: kubernetes[where].cluster,
  namespace: kubernetes.namespace,
});
