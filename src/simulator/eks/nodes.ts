import type { EksCluster, Node, NodeGroup } from '../state.ts';
import type { World } from '../world.ts';

const DAY = 86_400_000;

/** Whose nodes they are, and what tells their names from those of others in the region. */
interface Series {
  region: string;
  nth: number;
}

/** Node groups are counted from below, and clusters that have nodes made for pods from above. */
export const seriesOfGroup = ({ region }: Pick<NodeGroup, 'region'>, before: Pick<NodeGroup, 'region'>[]): Series => ({
  region,
  nth: before.filter((one) => one.region === region).length,
});

export const seriesOfCluster = (
  { region }: Pick<EksCluster, 'region'>,
  before: Pick<EksCluster, 'region'>[],
): Series => ({
  region,
  nth: 14 - before.filter((one) => one.region === region).length,
});

const nameOf = ({ region, nth }: Series, index: number): string =>
  `ip-10-${region.length + 16 * nth}-${index >> 6}-${10 + index}.${region}.compute.internal`;

export const nodesFromLongAgo = (series: Series, count: number, startMs: number): Node[] =>
  Array.from({ length: count }, (_, index) => ({
    name: nameOf(series, index),
    joinsMs: startMs - DAY,
    readyMs: startMs - DAY,
    goneMs: null,
  }));

/** Launches nodes beside those that there are or were; `of` is whose they are, which tells their draws from others'. */
export function launch(
  world: World,
  nodes: Node[],
  { series, of }: { series: Series; of: string },
  count: number,
): void {
  const nowMs = world.clock.nowMs();
  const takes = Array.from({ length: count }, (_, index) =>
    world.durations.node(world.draw(`node/${of}/${nodes.length + index}`)),
  ).sort((a, b) => a - b);
  const wanted = world.simulation.nodes.takes;
  // Told how long all take, the last is ready just then and the others keep their distance to it.
  const scale = wanted === undefined ? 1 : wanted / (takes.at(-1) ?? 1);
  for (const tookMs of takes) {
    const readyMs = nowMs + Math.round(tookMs * scale);
    const name = nameOf(series, nodes.length);
    nodes.push({ name, joinsMs: Math.max(nowMs, readyMs - world.durations.nodeJoining), readyMs, goneMs: null });
  }
}

/** Nodes that the recovery region can still give; the others have enough. */
export const capacityOf = ({ topology, simulation }: World, region: string): number | undefined =>
  region === topology.regions.recovery ? simulation.nodes.capacity : undefined;
