/** Values with the instants from which they hold, in epoch milliseconds, ascending; later ones are yet to come. */
export type Timeline<T> = [fromMs: number, value: T][];

/** The beginning of the world's time. */
const BEFORE_ALL = 0;

export const always = <T>(value: T): Timeline<T> => [[BEFORE_ALL, value]];

/** The value that holds at an instant. */
export function at<T>(timeline: Timeline<T>, ms: number): T {
  for (let index = timeline.length - 1; index > 0; index -= 1) {
    const [fromMs, value] = timeline[index] as [number, T];
    if (fromMs <= ms) return value;
  }
  // What was first has always been.
  return (timeline[0] as [number, T])[1];
}

/** Plans what is to come from `nowMs` on; what had been planned for later is dropped. */
export function plan<T>(timeline: Timeline<T>, nowMs: number, coming: Timeline<T>): void {
  while (timeline.length > 1 && (timeline.at(-1) as [number, T])[0] > nowMs) timeline.pop();
  timeline.push(...coming);
}

/** Since when the value that holds at an instant has held. */
export function since<T>(timeline: Timeline<T>, ms: number): number {
  return timeline.findLast(([fromMs]) => fromMs <= ms)?.[0] ?? BEFORE_ALL;
}

/** Whether something other than what holds now is planned. */
export const moving = <T>(timeline: Timeline<T>, nowMs: number): boolean => (timeline.at(-1) as [number, T])[0] > nowMs;
