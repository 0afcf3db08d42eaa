import type { Kind } from '../components/schemas.ts';
import type { ComponentOf } from '../drill/components.ts';
import type { Topology } from '../drill/topology.ts';
import type { Side } from './kubernetes/place.ts';
import type { World } from './world.ts';

/** The simulated store of a kind, as pods and customers write to it. */
export interface StoreTwin<K extends Kind> {
  /** Where the writer of a side is found. */
  address(topology: Topology, store: ComponentOf<K>, side: Side): string;
  /** Whether what an address leads to takes the writes of pods in a region. */
  takesWritesAt(world: World, store: ComponentOf<K>, address: string | undefined, from: string, ms: number): boolean;
  /** Whether customers who use it directly from a region can write, where no address tells. */
  takesWritesFrom?(world: World, store: ComponentOf<K>, from: string, ms: number): boolean;
  /** Whether each region writes to one of its own. */
  isOnePerRegion?(store: ComponentOf<K>): boolean;
}

/** Who takes the writes of a store at an instant, or reads as the only one, and when that may have changed. */
export interface Writers {
  changes: number[];
  at: (ms: number) => string[];
}
