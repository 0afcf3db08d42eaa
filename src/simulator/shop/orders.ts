import { isOutOfReach } from '../partition.ts';
import { customersPointAt, instants } from '../rds/history.ts';
import { sourceOf, takesWrites } from '../rds/instance.ts';
import { receivedUntilMs } from '../rds/replication.ts';
import type { Instance } from '../state.ts';
import type { World } from '../world.ts';

/** Orders by their number in a shop that never stood still. */
export type Span = [firstOrder: number, endOrder: number];

/** What a database holds of the shop. */
export interface Held {
  /** The orders of those that came in by an instant. */
  orders(asOfMs: number): Span[];
  /** Where it is a copy: of when, how many of the newest orders it lacks alone or with their items, and how many rows it holds otherwise. */
  copy: { untilMs: number; lostOrders: number; wholeOrders?: number; altered?: number } | null;
  /** How many of its first orders it has changed, and no replica received. */
  changed: number;
}

export const heldBy = (world: World, instance: Instance, nowMs: number): Held => ({
  orders: (asOfMs) => ordersIn(world, instance, nowMs, asOfMs),
  copy: instance.copy,
  changed: instance.changed ?? 0,
});

const ORDER_EVERY_MS = 2_000;
const OPEN_FOR_MS = 30 * 86_400_000;
/** How many items one order after another has; it repeats, so that nobody must count a million. */
const ITEMS = [1, 3, 2, 1, 1, 2, 4, 1];
const ITEMS_OF_ALL = ITEMS.reduce((sum, items) => sum + items, 0);

/** How many orders had come in by an instant: about one every two seconds. */
export function ordersBy(world: World, ms: number): number {
  const sinceMs = ms - (world.startMs - OPEN_FOR_MS);
  const whole = Math.max(0, Math.floor(sinceMs / ORDER_EVERY_MS));
  const cameMs = world.draw(`order/${whole}`) * ORDER_EVERY_MS;
  return cameMs <= sinceMs - whole * ORDER_EVERY_MS ? whole + 1 : whole;
}

/** How many items the first so many orders have. */
export function itemsOf(orders: number): number {
  const rest = ITEMS.slice(0, orders % ITEMS.length).reduce((sum, items) => sum + items, 0);
  return Math.floor(orders / ITEMS.length) * ITEMS_OF_ALL + rest;
}

/** By when all of these orders had come in. */
export const instantOf = ({ startMs }: World, spans: readonly Span[]): number =>
  startMs - OPEN_FOR_MS + Math.max(0, ...spans.map(([, end]) => end)) * ORDER_EVERY_MS;

/** The orders that came in between two instants. */
export const spanOf = (world: World, fromMs: number, endMs: number): Span => [
  ordersBy(world, Math.max(fromMs, world.startMs - OPEN_FOR_MS)),
  ordersBy(world, endMs),
];

/** The orders that a database holds of those that came in by `asOfMs`: none came in while nobody could write to it. */
function ordersIn(world: World, instance: Instance, nowMs: number, asOfMs: number): Span[] {
  const source = sourceOf(world, instance, nowMs);
  if (source) return ordersIn(world, source, nowMs, Math.min(asOfMs, receivedUntilMs(world, instance, nowMs)));
  const { copy } = instance;
  const original = copy && world.instances.find(({ identifier }) => identifier === copy.of);
  const copied = copy && original ? ordersIn(world, original, nowMs, Math.min(asOfMs, copy.untilMs)) : [];
  return [...copied, ...ownOrders(world, instance, Math.min(asOfMs, nowMs))];
}

function ownOrders(world: World, instance: Instance, untilMs: number): Span[] {
  const changes = instants(world, untilMs);
  return changes.flatMap((fromMs, index): Span[] => {
    if (!takesWrites(world, instance, fromMs) || !customersPointAt(world, instance, fromMs)) return [];
    // It still runs, but gets no customers.
    if (isOutOfReach(world, instance.region, fromMs)) return [];
    const endMs = changes[index + 1] ?? untilMs;
    return [spanOf(world, fromMs, endMs)];
  });
}
