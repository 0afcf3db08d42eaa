import type { Witness } from '../components/witness/schema.ts';
import { isCut, lastCut, thirdSees } from './partition.ts';
import { writersAtHome } from './rds/at-home.ts';
import { etagOf } from './s3/body.ts';
import type { Instance } from './state.ts';
import type { Bucket, ObjectVersion } from './stores-state.ts';
import { at, plan } from './timeline.ts';
import { isDown, type World } from './world.ts';

/** Each region's guard renews the right to write this many times while it lasts, and stops writes before it has run out. */
const RENEWALS_PER_LEASE = 4;
const STOPS_AT = 0.9;

type Side = 'primary' | 'recovery';

/** What is in the witness's object. */
interface Right {
  holder: Side;
  renewedAt: string;
}

export const rightBody = (holder: Side, atMs: number): Buffer =>
  Buffer.from(JSON.stringify({ holder, renewedAt: new Date(atMs).toISOString() } satisfies Right));

/** Brings the witness's object up to date: anyone who holds the right has renewed it meanwhile, as far as the witness can be reached. */
export function renewed(world: World, bucket: Bucket): void {
  const { witness } = world.topology;
  if (bucket.name !== witness?.bucket) return;
  const version = rightIn(bucket, witness);
  const right = version && heldIn(version);
  if (!right) return;
  const lastMs = lastRenewalMs(world, witness, right.holder, world.clock.nowMs());
  if (lastMs <= Date.parse(right.renewedAt)) return;
  const body = rightBody(right.holder, lastMs);
  Object.assign(version, { body: body.toString('base64'), etag: etagOf(body), atMs: lastMs });
}

/** Has the primary's guard stop writes and allow them from now on, as far as it can be foreseen: told of a cut, a healing, or a new holder. */
export function planGuard(world: World): void {
  const { witness } = world.topology;
  const bucket = world.buckets.find(({ name }) => name === witness?.bucket);
  if (!witness || !bucket) return;
  renewed(world, bucket);
  const version = rightIn(bucket, witness);
  const right = version && heldIn(version);
  for (const one of writersAtHome(world)) planStops(world, one, witness, right);
}

function planStops(
  world: World,
  { readOnly }: Pick<Instance, 'readOnly'>,
  { lease }: Witness,
  right: Right | undefined,
): void {
  const nowMs = world.clock.nowMs();
  const { guard: takesMs } = world.durations;
  const isStopped = at(readOnly, nowMs);
  if (right?.holder !== 'primary') {
    plan(readOnly, nowMs, isStopped ? [] : [[nowMs + takesMs, true]]);
    return;
  }
  const stopMs = Math.max(nowMs, Date.parse(right.renewedAt) + STOPS_AT * lease - takesMs) + takesMs;
  const backMs = nextReachMs(world, 'primary', nowMs);
  const reopens: [number, boolean][] = backMs === undefined ? [] : [[backMs + takesMs, false]];
  if (isStopped) plan(readOnly, nowMs, reopens);
  else plan(readOnly, nowMs, backMs !== undefined && backMs <= stopMs ? [] : [[stopMs, true], ...reopens]);
}

const rightIn = ({ versions }: Bucket, { key }: Witness): ObjectVersion | undefined =>
  versions.findLast((one) => one.key === key);

function heldIn({ body }: ObjectVersion): Right | undefined {
  try {
    const right = JSON.parse(Buffer.from(body ?? '', 'base64').toString()) as Partial<Right>;
    return right.holder && right.renewedAt ? (right as Right) : undefined;
  } catch {
    return undefined;
  }
}

/** When a guard renewed last: at its own pace, and at once where it reaches the witness again. */
function lastRenewalMs(world: World, witness: Witness, side: Side, ms: number): number {
  const everyMs = witness.lease / RENEWALS_PER_LEASE;
  const phaseMs = Math.round(world.draw(`guard/${side}`) * everyMs);
  const turns = [0, ...turnsUpTo(world, side, ms), ms + 1];
  for (let index = turns.length - 2; index >= 0; index -= 1) {
    const fromMs = turns[index] as number;
    if (!reaches(world, side, fromMs)) continue;
    const lastMs = (turns[index + 1] as number) - 1;
    const due = Math.floor((lastMs - phaseMs) / everyMs) * everyMs + phaseMs;
    return Math.max(fromMs, Math.round(due));
  }
  return 0;
}

/** The first instant from `ms` on at which a guard reaches the witness, as far as it can be foreseen. */
const nextReachMs = (world: World, side: Side, ms: number): number | undefined =>
  [ms, ...turnsUpTo(world, side, Number.POSITIVE_INFINITY).filter((turn) => turn > ms)].find((turn) =>
    reaches(world, side, turn),
  );

/** Whether the guard of a region reaches the witness at an instant. */
function reaches(world: World, side: Side, ms: number): boolean {
  const region = world.topology.regions[side];
  if (isDown(world, region, ms)) return false;
  if (!isCut(world, ms)) return true;
  const cut = lastCut(world, ms);
  const pauses = side === 'primary' && cut !== undefined && ms < cut.fromMs + world.simulation.partition.renewalPauses;
  return thirdSees(world, region) && !pauses;
}

/** Every instant up to `ms` at which that may have changed, ascending. */
function turnsUpTo(world: World, side: Side, ms: number): number[] {
  const lines = [world.partition, world.down[world.topology.regions[side]] ?? []];
  const turns = lines.flatMap((line) => line.map(([fromMs]) => fromMs));
  const pauses = world.partition.flatMap(([fromMs, cut]) =>
    cut ? [fromMs + world.simulation.partition.renewalPauses] : [],
  );
  return [...new Set([...turns, ...pauses])].filter((turn) => turn > 0 && turn <= ms).sort((a, b) => a - b);
}
