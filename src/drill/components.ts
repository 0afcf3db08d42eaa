import {
  type Behind,
  type Component,
  type Kind,
  type KindBehind,
  kindsBehind,
  type PortOfKind,
} from '../components/schemas.ts';
import { DrillError } from '../errors.ts';
import type { Topology } from './topology.ts';

export const GROUPS = ['data', 'compute', 'traffic'] as const;
export type Group = (typeof GROUPS)[number];

/** A component with the name that the topology gives it, as its `id`. */
export type Named<C> = C & { id: string };
export type ComponentOf<K extends Kind> = Named<Extract<Component, { kind: K }>>;

/** A simulated world asks a topology for the same components with each request: they are looked for once. */
export function foundOnce<K, V extends object>(
  look: (topology: Topology, of: K) => V,
): (topology: Topology, of: K) => V {
  const known = new WeakMap<Topology, Map<K, V>>();
  return (topology, of) => {
    const ofIt = known.get(topology) ?? new Map<K, V>();
    known.set(topology, ofIt);
    const found = ofIt.get(of) ?? look(topology, of);
    ofIt.set(of, found);
    return found;
  };
}

const everyComponent = foundOnce((topology, _: undefined): Named<Component>[] =>
  GROUPS.flatMap((group) => Object.entries(topology[group]).map(([id, one]) => ({ ...one, id }))),
);

/** Every component of a topology, in the order of its file. */
export const allComponents = (topology: Topology): Named<Component>[] => everyComponent(topology, undefined);

/** The group that has a component of that name. */
export const groupOf = ({ id }: { id: string }, topology: Topology): Group =>
  GROUPS.find((group) => id in topology[group]) ?? 'data';

const ofKind = foundOnce((topology, kind: Kind) => allComponents(topology).filter((one) => one.kind === kind));

export const componentsOf = <K extends Kind>(topology: Topology, kind: K): ComponentOf<K>[] =>
  ofKind(topology, kind) as ComponentOf<K>[];

/** Stands for the first data store that is asked in SQL. */
export const FIRST = 'first';

/** The components that `of` means: by name, by kind, or the first database; all of them where it says nothing. */
export function meantBy(of: string | undefined, topology: Topology): Named<Component>[] {
  const all = allComponents(topology);
  if (of === undefined) return all;
  if (of === FIRST) return all.filter((one) => isBehind('sql', one)).slice(0, 1);
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
  /** The kind of component, the path in the topology, or what any component of some kinds would be. */
  readonly what: string;
  readonly kinds: readonly Kind[];

  constructor(what: string, kinds: readonly Kind[] = []) {
    super('topology-lacks', `The topology has no ${what}, which a step needs.`);
    this.name = 'TopologyLacks';
    this.what = what;
    this.kinds = kinds;
  }
}

function whyNotOne(kind: Kind, all: { id: string }[], id: string | undefined): string {
  const names = all.map((one) => one.id).join(', ');
  if (id !== undefined) return `The topology has no ${kind} '${id}', only ${names}.`;
  return `The topology has several components of the kind ${kind}: ${names}. Say with 'of' which one is meant.`;
}

export type ComponentBehind<P extends PortOfKind> = Named<Behind[P]>;

const isBehind = (port: PortOfKind, { kind }: Component): boolean =>
  (kindsBehind(port) as readonly Kind[]).includes(kind);

const behindPort = foundOnce((topology, port: PortOfKind) =>
  kindsBehind(port).flatMap((kind): object[] => componentsOf(topology, kind)),
);

/** Every component that is asked through a port, in the order of the kinds. */
export const componentsBehind = <P extends PortOfKind>(port: P, topology: Topology): ComponentBehind<P>[] =>
  behindPort(topology, port) as ComponentBehind<P>[];

/** Of the kinds behind a port the one that is meant: that of what is named, or the first that the topology has. */
export function kindMeant<P extends PortOfKind>(port: P, topology: Topology, of?: string): KindBehind<P> {
  const kinds = kindsBehind(port);
  const named = of === undefined ? [] : meantBy(of, topology);
  const found =
    kinds.find((kind) => of === kind || named.some((one) => one.kind === kind)) ??
    kinds.find((kind) => componentsOf(topology, kind).length > 0) ??
    kinds[0];
  if (found === undefined) throw new Error(`There is no kind of component behind the port ${port}.`);
  return found;
}
