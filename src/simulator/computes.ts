import type { Kind } from '../components/schemas.ts';
import { allComponents, foundOnce } from '../drill/components.ts';
import type { Topology } from '../drill/topology.ts';
import type { ComputeTwin, Critical, Started, Template } from './compute-twin.ts';
import { services } from './ecs/serving.ts';
import { sideIn } from './kubernetes/place.ts';
import { deployments } from './kubernetes/serving.ts';
import { variablesOf } from './shop/users.ts';
import type { World } from './world.ts';

type AnyTwin = ComputeTwin<never, object>;

/** The kinds of compute that serve customers. */
const computes: { [K in Kind]?: object } = { eks: deployments, ecs: services };

/** Something without which nobody is served, and how it is asked. */
export interface Serves {
  /** The data stores that it writes to, each with the variable in which it reads where. */
  uses: Record<string, string>;
  size: number;
  find(world: World): Found | undefined;
}

export interface Found {
  ready(ms: number): number;
  templates(ms: number): Template[];
  started(): Started[];
}

/** What serves customers in a region, of all computes in their order. */
export const servesIn = foundOnce((topology: Topology, region: string): Serves[] => {
  const side = sideIn(topology, region);
  if (!side) return [];
  return allComponents(topology).flatMap((compute) => {
    const twin = computes[compute.kind] as AnyTwin | undefined;
    if (!twin) return [];
    const uses = variablesOf(compute);
    return twin
      .critical(topology, compute as never, side)
      .map((one) => ({ uses, size: one.size, find: asked(twin, one) }));
  });
});

function asked(twin: AnyTwin, { find }: Critical<object>) {
  const known = new WeakMap<object, Found>();
  return (world: World): Found | undefined => {
    const of = find(world);
    if (!of) return undefined;
    const found = known.get(of) ?? {
      ready: (ms) => twin.ready(of, ms),
      templates: (ms) => twin.templates(of, ms),
      started: () => twin.started(of),
    };
    known.set(of, found);
    return found;
  };
}
