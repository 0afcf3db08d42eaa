import type { Kind } from '../components/schemas.ts';
import type { ComponentOf } from '../drill/components.ts';
import type { Topology } from '../drill/topology.ts';
import type { Side } from './kubernetes/place.ts';
import type { World } from './world.ts';

/** What some of what serves customers was started with, and its share. */
export interface Template {
  environment: Record<string, string>;
  share: number;
}

/** A pod or a task as load balancers see it. */
export interface Started {
  id: string;
  /** When it was registered; `null` where it is not. */
  sinceMs: number | null;
  readyMs: number | null;
  goneMs: number | null;
}

/** A deployment or a service without which nobody is served. */
export interface Critical<W> {
  /** How many pods or tasks it has where it serves. */
  size: number;
  find(world: World): W | undefined;
}

/** The simulated compute of a kind, as customers and load balancers meet it. */
export interface ComputeTwin<K extends Kind, W> {
  critical(topology: Topology, compute: ComponentOf<K>, side: Side): Critical<W>[];
  /** How many can serve at an instant. */
  ready(of: W, ms: number): number;
  templates(of: W, ms: number): Template[];
  started(of: W): Started[];
}
