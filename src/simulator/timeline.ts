/** Values with the instants from which they hold, in epoch milliseconds, ascending; later ones are yet to come. */
export type Timeline<T> = [fromMs: number, value: T][];

/** The beginning of the world's time. */
const BEFORE_ALL = 0;

export const always = <T>(value: T): Timeline<T> => [[BEFORE_ALL, value]];

/** The value that holds at an instant. */
export function at<T>(timeline: Timeline<T>, ms: number): T {
  return holding(timeline, ms)[1];
}

function holding<T>(timeline: Timeline<T>, ms: number): [fromMs: number, value: T] {
  let index = timeline.length - 1;
  // What was first has always been.
  while (index > 0 && (timeline[index] as [number, T])[0] > ms) index -= 1;
  return timeline[index] as [number, T];
}

/** Plans what is to come from `nowMs` on; what had been planned for later is dropped. */
export function plan<T>(timeline: Timeline<T>, nowMs: number, coming: Timeline<T>): void {
  while (timeline.length > 1 && (timeline.at(-1) as [number, T])[0] > nowMs) timeline.pop();
  timeline.push(...coming);
}

/** Since when the value that holds at an instant has held. */
export function since<T>(timeline: Timeline<T>, ms: number): number {
  const fromMs = holding(timeline, ms)[0];
  return fromMs <= ms ? fromMs : BEFORE_ALL;
}

/** Whether something other than what holds now is planned. */
export const moving = <T>(timeline: Timeline<T>, nowMs: number): boolean => (timeline.at(-1) as [number, T])[0] > nowMs;

/** Every instant at which another value begins to hold. */
export const turnsOf = (timeline: Timeline<unknown>): number[] => timeline.map(([fromMs]) => fromMs);
