import { at } from './timeline.ts';
import { isDown, type World } from './world.ts';

/** From when to when the link between the two regions was cut; `untilMs` is `null` while nothing says that it ends. */
export interface Cut {
  fromMs: number;
  untilMs: number | null;
}

/** Whether the two regions do not see each other at an instant. */
export const isCut = (world: World, ms: number): boolean => at(world.partition, ms);

/** Whether one region reaches the other, or itself. */
export const reaches = (world: World, from: string, to: string, ms: number): boolean =>
  from === to || !isCut(world, ms);

/** The cut that was made last, up to an instant. */
export function lastCut({ partition }: World, ms: number): Cut | undefined {
  const index = partition.findLastIndex(([fromMs, cut]) => cut && fromMs <= ms);
  const made = partition[index];
  return made && { fromMs: made[0], untilMs: partition[index + 1]?.[0] ?? null };
}

/** Whether the third vantage point sees a region while the link is cut. */
export function thirdSees({ simulation, topology: { regions } }: World, region: string): boolean {
  const { thirdSees: sees = 'both' } = simulation.partition;
  return sees === 'both' || (sees !== 'neither' && regions[sees] === region);
}

/**
 * Whether nobody outside of a region reaches it: it is lost, or it lives on where neither the other region nor the third vantage
 * point sees it. Customers and the drill stand where the third vantage point does.
 */
export const isOutOfReach = (world: World, region: string, ms: number): boolean =>
  isDown(world, region, ms) || (isCut(world, ms) && isOneOfTheTwo(world, region) && !thirdSees(world, region));

const isOneOfTheTwo = ({ topology: { regions } }: World, region: string): boolean =>
  Object.values(regions).includes(region);

/** When something that takes so long between the two regions is done: while one of them is lost, or their link is cut, nothing moves. */
export function arrivesMs(world: World, sentMs: number, takesMs: number): number {
  const regions = Object.values(world.topology.regions);
  const lines = [...regions.map((region) => world.down[region] ?? []), world.partition];
  const turns = lines.flatMap((line) => line.map(([fromMs]) => fromMs));
  let atMs = sentMs;
  let leftMs = takesMs;
  for (const nextMs of [...turns.filter((ms) => ms > sentMs).sort((a, b) => a - b), Number.POSITIVE_INFINITY]) {
    const stands = isCut(world, atMs) || regions.some((region) => isDown(world, region, atMs));
    if (!stands && atMs + leftMs <= nextMs) return atMs + leftMs;
    if (!stands) leftMs -= nextMs - atMs;
    atMs = nextMs;
  }
  return atMs;
}
