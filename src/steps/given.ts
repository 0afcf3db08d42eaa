import * as z from 'zod';
import { side } from '../components/described.ts';
import { type Kind, type PortOfKind, sqlOf } from '../components/schemas.ts';
import {
  type ComponentBehind,
  type ComponentOf,
  componentOf,
  componentsBehind,
  kindMeant,
  meantBy,
  TopologyLacks,
} from '../drill/components.ts';
import type { dataChecksSchema } from '../drill/data-check.ts';
import type { Success } from '../drill/live.ts';
import { databaseName } from '../drill/names.ts';
import type { Topology } from '../drill/topology.ts';

/** What a step of a drill file can see beside what is in its `with`. */
export interface Around {
  drill: string;
  topology: Topology;
  /** The component that the step is asked of, where the file says which. */
  of?: string | undefined;
  /** Epoch milliseconds. */
  startedAtMs: number;
  /** What recovered data must show. */
  dataChecks: z.output<typeof dataChecksSchema>;
  /** How the watched customers ask, where any are watched. */
  probe: { every: number; timeout: number; customers: number; success?: Success | undefined } | undefined;
  /** How the file asks for another step: what is in its `with`. */
  asked<T extends object>(step: string): Partial<T>;
  /** The result of an earlier step; before a run, a placeholder. */
  result<T>(step: string, beforeRun: T): T;
  /** Whether it gave anything, or may in a run that has not begun: a step that was given up gives nothing. */
  hasResult(step: string): boolean;
}

/** How a drill file asks for a step. */
export interface Given<P> {
  /** What may be in `with`. */
  schema: z.ZodType;
  // biome-ignore lint/suspicious/noExplicitAny: it takes what its own schema gives
  params(given: any, around: Around): P;
  /** How long it continues by what the file asks: so much longer may it take. */
  // biome-ignore lint/suspicious/noExplicitAny: it takes what its own schema gives
  lastsMs?(given: any): number;
}

/** Ties a step's `with` to the parameters that it works with. */
export const given = <G, P>(
  schema: z.ZodType<G>,
  params: (given: G, around: Around) => P,
  more: { lastsMs?: (given: G) => number } = {},
): Given<P> => ({ schema, params, ...more });

/** What a step needs of a component. Fails where it is not said, which the loader tells at the step's place in the drill file. */
export function needed<T>(value: T | undefined, path: string): T {
  if (value !== undefined) return value;
  throw new TopologyLacks(path);
}

/** Stands in a parameter for a number that only a run will give: the last second of the year 9999. */
export const NOT_YET_MS = 253_402_300_799_000;

const text = z.string().min(1);

/** The name of an earlier step, whose result is wanted; the loader knows it by this mark. */
export const earlierStep = text.meta({ earlierStep: true });

export { side };

/** How a drill file requests that all customers are moved, with any lever. */
export const shiftGiven = z.strictObject({
  to: side.default('recovery').describe('The region that customers are sent to.'),
});

/** Which database: the topology's writer or replica, or any other instance by name. */
export const databaseGiven = {
  on: z.enum(['writer', 'replica']).default('writer').describe("The topology's writer or replica."),
  region: text.optional().describe('The region of another instance.'),
  instance: databaseName.optional().describe('Another instance, such as a restored one.'),
};

export interface DatabaseGiven {
  on: 'writer' | 'replica';
  region?: string | undefined;
  instance?: string | undefined;
}

/** A data store that is asked in SQL. */
export type SqlStore = ComponentBehind<'sql'>;

export type Asked = Pick<Around, 'topology' | 'of'>;

/** The component of a kind that a step works on: the one that the file names, the first of the kind that it names, or the only one. */
export function component<K extends Kind>(kind: K, { topology, of }: Asked): ComponentOf<K> {
  const meant = of === undefined ? [] : meantBy(of, topology).filter((one) => one.kind === kind);
  return componentOf(topology, kind, meant.length === 1 || of === kind ? meant[0]?.id : undefined);
}

/** The component behind a port that a step works on. */
const componentBehind = <P extends PortOfKind>(port: P, around: Asked): ComponentBehind<P> =>
  component(kindMeant(port, around.topology, around.of), around) as object as ComponentBehind<P>;

/** Every data store that is asked in SQL. */
export const sqlStores = (topology: Topology): SqlStore[] => componentsBehind('sql', topology);

/** The SQL store that is meant: of several, the only one of the first kind. */
export const sqlStore = (around: Asked): SqlStore => componentBehind('sql', around);

/** The writer of a store in the primary region, or the one that takes over: an instance, or a cluster, independent of its writer instance. */
export const instanceOn = (store: SqlStore, on: 'writer' | 'replica'): string =>
  sqlOf(store)[on === 'writer' ? 'primary' : 'recovery'];

/** Region, instance and database inside it. */
export function databaseOf({ on, region, instance }: DatabaseGiven, around: Asked) {
  const { regions } = around.topology;
  const store = sqlStore(around);
  const { engine, isCluster } = sqlOf(store);
  return {
    region: region ?? (on === 'writer' ? regions.primary : regions.recovery),
    instance: instance ?? instanceOn(store, on),
    database: store.database,
    engine,
    store: store.id,
    // What is restored of a cluster is a cluster, too.
    ...(isCluster && { cluster: true as const }),
  };
}

/** The cluster of a side, as the Kubernetes port wants it. */
export function clusterOf(where: z.output<typeof side>, around: Asked) {
  const compute = componentBehind('kubernetes', around);
  return {
    region: around.topology.regions[where],
    cluster: compute[where].cluster,
    namespace: compute.namespace,
  };
}
