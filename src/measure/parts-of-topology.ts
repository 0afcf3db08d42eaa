import { countsOf } from '../components/schemas.ts';
import type { Entry } from '../journal/events.ts';
import { headerOf, readOnce } from './reading.ts';

/** A public name, whose customers are watched. */
export interface PublicName {
  id: string;
  /** As customers have it. */
  name: string;
}

/** A data store, and what tells how much of it was lost. */
export interface Store {
  id: string;
  kind: string;
  /** What is numbered in it and counted again, or why nothing is. */
  counts: 'heartbeats' | 'markers' | { not: string };
  isEssential: boolean;
  /** Whether a drill is told how to log in to it. */
  hasLogin: boolean;
  /** Whether it is what an instance belongs to. */
  has(instance: string): boolean;
}

/** In the order of the topology. Source: the journal's header. */
export const publicNames = (entries: readonly Entry[]): PublicName[] =>
  Object.entries(headerOf(entries).topology.traffic).map(([id, { name }]) => ({ id, name }));

/** In the order of the topology. Source: the journal's header. */
export const dataStores = readOnce((entries): readonly Store[] =>
  Object.entries(headerOf(entries).topology.data).map(([id, component]) => ({
    id,
    kind: component.kind,
    counts: countsOf(component),
    isEssential: component.essential,
    hasLogin: 'login' in component && component.login !== undefined,
    has: (instance) => Object.values(component).some((part) => isInstance(part, instance)),
  })),
);

const isInstance = (part: unknown, name: string): boolean =>
  typeof part === 'object' &&
  part !== null &&
  (('identifier' in part && part.identifier === name) || ('cluster' in part && part.cluster === name));
