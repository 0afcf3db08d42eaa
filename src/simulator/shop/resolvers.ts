import type { ComponentBehind } from '../../drill/components.ts';
import { acceleratorOf, edgesTurned, shareOfEdges } from '../global-accelerator.ts';
import { type Answer, answers, lastChangeMs, ttlOf } from '../route-53/answers.ts';
import { isAddressOf } from '../route-53/targets.ts';
import type { Accelerator } from '../traffic-state.ts';
import type { World } from '../world.ts';

/** Assumption: this many resolvers represent all customers; each asks again when the answer it keeps has run out. */
export const RESOLVERS = 50;

/** Assumption: a customer's connection lasts this long. An accelerator moves none that is open; it breaks where what is behind it is dead. */
const CONNECTION_MS = 30_000;

/** Less than is between any two changes. */
const A_MOMENT_MS = 0.001;

/** Whether a client keeps answers longer than their TTL: those who do are spread among the others. */
export const ignoresTtl = (client: number, share: number): boolean =>
  Math.floor((client + 1) * share) > Math.floor(client * share);

type Name = ComponentBehind<'dns'>;

/** How customers come to be in one region or the other. */
interface Way {
  /** What they were told, or are connected to, each of them keeps for so long. */
  keptMs(client: number): number;
  /** As long as nobody keeps anything. */
  longestMs: number;
  /** The share of those who ask again at an instant that is sent to the region. */
  shareAt(ms: number): number;
  /** From when on they are sent elsewhere than before, at or before an instant. */
  turnedMs(ms: number): number;
  /** What was kept from before this instant is worth nothing any more. */
  brokenMs(ms: number): number;
}

/** The share of a name's customers who are in a region at an instant. */
export function customerShare(world: World, name: Name, region: string, ms: number): number {
  const accelerator = acceleratorOf(world.accelerators, name);
  const byDials = name.lever === 'global-accelerator-dials' && accelerator;
  const { keptMs, longestMs, shareAt, turnedMs, brokenMs } = byDials
    ? throughEdges(world, accelerator, region)
    : throughResolvers(world, name, region);
  // Nothing has changed for longer than an answer is kept: all know the same.
  if (turnedMs(ms) <= ms - longestMs) return shareAt(ms);
  const broken = brokenMs(ms);
  // Most of them asked between the same two changes, and got the same.
  const told = new Map<number, number>();
  const turns = [turnedMs(ms)];
  const toldAt = (askedMs: number): number => {
    while ((turns.at(-1) as number) > askedMs) turns.push(turnedMs((turns.at(-1) as number) - A_MOMENT_MS));
    const turn = turns.find((one) => one <= askedMs) as number;
    const share = told.get(turn) ?? shareAt(askedMs);
    told.set(turn, share);
    return share;
  };
  let sum = 0;
  for (const [client, phase] of world.resolverPhases.entries()) {
    const ownMs = keptMs(client);
    const ageMs = ownMs === 0 ? 0 : Number.isFinite(ownMs) ? (ms + phase * ownMs) % ownMs : ms - world.startMs;
    sum += toldAt(Math.max(ms - ageMs, broken));
  }
  return sum / RESOLVERS;
}

function throughResolvers(world: World, traffic: Name, region: string): Way {
  const side = region === world.topology.regions.primary ? traffic.primary : traffic.recovery;
  const ttlMs = ttlOf(traffic);
  const { share, keep = Number.POSITIVE_INFINITY } = world.simulation.customers.ignoreTtl;
  return {
    keptMs: (client) => (ignoresTtl(client, share) ? keep : ttlMs),
    longestMs: share > 0 ? Math.max(ttlMs, keep) : ttlMs,
    shareAt: (ms) => shareOf(side, answers(world, 'A', ms, traffic.name)),
    turnedMs: (ms) => lastChangeMs(world, ms),
    brokenMs: () => 0,
  };
}

const throughEdges = (world: World, accelerator: Accelerator, region: string): Way => ({
  keptMs: () => CONNECTION_MS,
  longestMs: CONNECTION_MS,
  shareAt: (ms) => shareOfEdges(world, accelerator, region, ms),
  turnedMs: (ms) => {
    const { byDialMs, byHealthMs } = edgesTurned(world, accelerator, ms);
    return Math.max(byDialMs, byHealthMs);
  },
  brokenMs: (ms) => edgesTurned(world, accelerator, ms).byHealthMs,
});

const shareOf = (side: Name['primary'], given: Answer[]): number =>
  given.reduce((sum, { addresses, share }) => sum + (isAddressOf(side, addresses[0] ?? '') ? share : 0), 0);
