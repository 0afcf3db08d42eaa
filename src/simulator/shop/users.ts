import type { Component } from '../../components/schemas.ts';
import { allComponents, type Named } from '../../drill/components.ts';
import type { Topology } from '../../drill/topology.ts';

type Store = Named<Component>;

export const storeNamed = (topology: Topology, id: string): Store | undefined =>
  allComponents(topology).find((one) => one.id === id);

/** Every store without which customers cannot be served, where nothing in the topology says what uses it. */
export const essentialStores = (topology: Topology): Store[] =>
  allComponents(topology).filter((one) => 'essential' in one && one.essential);

/**
 * The variable in which a compute reads where each of its data stores takes writes. What is read elsewhere, as a task starts, has a name here
 * that no variable can have.
 */
export function variablesOf(compute: object): Record<string, string> {
  const { uses = {} } = compute as { uses?: Record<string, { variable?: string }> };
  return Object.fromEntries(Object.entries(uses).map(([store, { variable }]) => [store, variable ?? `(${store})`]));
}

export const isReadElsewhere = (variable: string): boolean => variable.startsWith('(');

/** In which variables computes read where a store takes writes. */
export const variablesFor = (topology: Topology, store: string): string[] =>
  Object.values(topology.compute).flatMap((compute) => variablesOf(compute)[store] ?? []);
