import type { Clock } from '../../src/clock/clock.ts';
import type { Fault } from './fault.ts';
import type { Asked, Plan } from './way.ts';

export interface Blow {
  service: string;
  operation: string;
  /** The how-manieth call of the operation is the first that is struck. */
  nth: number;
  fault: Fault;
  /** So many calls in a row, where the fault does not say how long it lasts. */
  times: number;
}

/** One operation fails in one way, from one call on. */
export function oneBlow({ service, operation, nth, fault, times }: Blow, clock: Clock): Plan {
  let calls = 0;
  let left = times;
  let untilMs: number | undefined;
  return (asked) => {
    if (asked.service !== service || asked.operation !== operation) return undefined;
    calls += 1;
    if (calls < nth) return undefined;
    if (fault.forMs !== undefined) {
      untilMs ??= clock.elapsedMs() + fault.forMs;
      return clock.elapsedMs() < untilMs ? { fault } : undefined;
    }
    if (left === 0) return undefined;
    left -= 1;
    return {
      fault,
      spared() {
        left += 1;
      },
    };
  };
}

/** A share of all calls meets one of these faults, for as long as it lasts. */
export function rate(share: number, of: readonly Fault[], draw: () => number): Plan {
  return () => {
    if (draw() >= share) return undefined;
    const fault = of[Math.floor(draw() * of.length)];
    return fault && { fault };
  };
}

/** No fault at all, for who wants to see the calls. */
export const unbroken: Plan = (_: Asked) => undefined;
