import type { Component, Kind } from '../components/schemas.ts';
import { DrillError } from '../errors.ts';
import type { Topology } from './topology.ts';

export const GROUPS = ['data', 'compute', 'traffic'] as const;
export type Group = (typeof GROUPS)[number];

/** A component with the name that the topology gives it. */
export type Named<C> = C & { name: string };
export type ComponentOf<K extends Kind> = Named<Extract<Component, { kind: K }>>;

const known = new WeakMap<Topology, Named<Component>[]>();

/** Every component of a topology, in the order of its file. */
export function allComponents(topology: Topology): Named<Component>[] {
  const found =
    known.get(topology) ??
    GROUPS.flatMap((group) => Object.entries(topology[group]).map(([name, one]) => ({ ...one, name })));
  known.set(topology, found);
  return found;
}

export const componentsOf = <K extends Kind>(topology: Topology, kind: K): ComponentOf<K>[] =>
  allComponents(topology).filter((one): one is ComponentOf<K> => one.kind === kind);

/** The component of a kind, by its name where there are several. Throws where there is none, or which one is meant is not said. */
export function componentOf<K extends Kind>(topology: Topology, kind: K, name?: string): ComponentOf<K> {
  const all = componentsOf(topology, kind);
  const found = name === undefined ? all : all.filter((one) => one.name === name);
  const [only, second] = found;
  if (only && !second) return only;
  throw new DrillError('topology-lacks', whyNone(kind, all, name));
}

/** Why a step cannot tell the component that it works on; nothing where it can. */
export function lacksComponent(topology: Topology, kind: Kind, name?: string): string | undefined {
  const all = componentsOf(topology, kind);
  const found = name === undefined ? all : all.filter((one) => one.name === name);
  return found.length === 1 ? undefined : whyNone(kind, all, name);
}

function whyNone(kind: Kind, all: { name: string }[], name: string | undefined): string {
  const names = all.map((one) => one.name).join(', ');
  if (all.length === 0) return `The topology has no component of the kind ${kind}, which a step needs.`;
  if (name !== undefined) return `The topology has no ${kind} '${name}', only ${names}.`;
  return `The topology has several components of the kind ${kind}: ${names}. Say with 'of' which one is meant.`;
}
