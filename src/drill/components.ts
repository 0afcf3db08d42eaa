import type { Component, Kind } from '../components/schemas.ts';
import { DrillError } from '../errors.ts';
import type { Topology } from './topology.ts';

export const GROUPS = ['data', 'compute', 'traffic'] as const;
export type Group = (typeof GROUPS)[number];

/** A component with the name that the topology gives it, as its `id`. */
export type Named<C> = C & { id: string };
export type ComponentOf<K extends Kind> = Named<Extract<Component, { kind: K }>>;

const known = new WeakMap<Topology, Named<Component>[]>();

/** Every component of a topology, in the order of its file. */
export function allComponents(topology: Topology): Named<Component>[] {
  const found =
    known.get(topology) ??
    GROUPS.flatMap((group) => Object.entries(topology[group]).map(([id, one]) => ({ ...one, id })));
  known.set(topology, found);
  return found;
}

export const componentsOf = <K extends Kind>(topology: Topology, kind: K): ComponentOf<K>[] =>
  allComponents(topology).filter((one): one is ComponentOf<K> => one.kind === kind);

/** Stands for the first data store that is asked in SQL. */
export const FIRST = 'first';
const ASKED_IN_SQL: readonly Kind[] = ['rds-replica', 'aurora-global'];

/** The components that `of` means: by name, by kind, or the first database; all of them where it says nothing. */
export function meantBy(of: string | undefined, topology: Topology): Named<Component>[] {
  const all = allComponents(topology);
  if (of === undefined) return all;
  if (of === FIRST) return all.filter(({ kind }) => ASKED_IN_SQL.includes(kind)).slice(0, 1);
  const named = all.filter(({ id }) => id === of);
  return named.length > 0 ? named : all.filter(({ kind }) => kind === of);
}

/** The component of a kind, by its name where there are several. Throws where there is none, or which one is meant is not said. */
export function componentOf<K extends Kind>(topology: Topology, kind: K, id?: string): ComponentOf<K> {
  const all = componentsOf(topology, kind);
  const found = id === undefined ? all : all.filter((one) => one.id === id);
  const [only, second] = found;
  if (only && !second) return only;
  if (all.length === 0) throw new TopologyLacks(kind);
  throw new DrillError('topology-lacks', whyNotOne(kind, all, id));
}

/** A topology without something that a step needs. */
export class TopologyLacks extends DrillError {
  /** The kind of component, or the path in the topology. */
  readonly what: string;

  constructor(what: string) {
    super('topology-lacks', `The topology has no ${what}, which a step needs.`);
    this.name = 'TopologyLacks';
    this.what = what;
  }
}

function whyNotOne(kind: Kind, all: { id: string }[], id: string | undefined): string {
  const names = all.map((one) => one.id).join(', ');
  if (id !== undefined) return `The topology has no ${kind} '${id}', only ${names}.`;
  return `The topology has several components of the kind ${kind}: ${names}. Say with 'of' which one is meant.`;
}

/** What runs in a data store that is asked in SQL. */
export const engineOf = (store: ComponentOf<'rds-replica'> | ComponentOf<'aurora-global'>) =>
  'engine' in store ? store.engine : 'postgres';
