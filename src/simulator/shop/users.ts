import type { Component } from '../../components/schemas.ts';
import { allComponents, type ComponentBehind, componentsBehind, type Named } from '../../drill/components.ts';
import type { Topology } from '../../drill/topology.ts';

type Store = Named<Component>;

export const storeNamed = (topology: Topology, id: string): Store | undefined =>
  allComponents(topology).find((one) => one.id === id);

/** Every store without which customers cannot be served, where nothing in the topology says what uses it. */
export const essentialStores = (topology: Topology): Store[] =>
  allComponents(topology).filter((one) => 'essential' in one && one.essential);

/** The computes that write to a store. */
export const usersOf = (topology: Topology, store: string): ComponentBehind<'kubernetes'>[] =>
  componentsBehind('kubernetes', topology).filter(({ uses }) => store in uses);
