import { Aborted } from '../errors.ts';
import { AT_REST, type Clock } from './clock.ts';
import { stopsOf } from './stops.ts';

/**
 * Work that mostly waits: it yields the milliseconds to wait, or a promise, and gets what the promise gives. A watch waits thousands of
 * times in a drill: a plain timer that continues with a generator costs a fraction of what promises do.
 */
export type Waiting<T> = Generator<number | Promise<unknown>, T, unknown>;

/** A function of a port; `waiting` is the same for a caller that leads it, where it waits for nothing but the clock. */
export interface Asked<A extends unknown[], T> {
  (...given: A): Promise<T>;
  waiting?: (...given: A) => Waiting<T>;
}

/** Such a function, for callers of either kind. */
export const eitherWay = <S, A extends unknown[], T>(
  clock: Clock,
  waiting: (subject: S, signal?: AbortSignal, ...more: A) => Waiting<T>,
): Asked<[subject: S, signal?: AbortSignal, ...more: A], T> =>
  Object.assign(
    (subject: S, signal?: AbortSignal, ...more: A) => led(waiting(subject, signal, ...more), clock, signal),
    { waiting },
  );

/** What a function of a port gives, within work that waits. */
export function* answerOf<A extends unknown[], T>(ask: Asked<A, T>, ...given: A): Waiting<T> {
  return ask.waiting ? yield* ask.waiting(...given) : ((yield ask(...given)) as T);
}

/** Leads work to its end. It meets `Aborted` where it waits for time when `signal` fires; a promise must follow the signal itself. */
export const led = <T>(work: Waiting<T>, clock: Clock, signal?: AbortSignal): Promise<T> =>
  new Promise((done, failed) => lead(work, clock, signal, { done, failed }));

/** Told how work ended. What a call gives goes to the clock: `AT_REST` where it has woken nobody. */
interface Ends<T> {
  done(value: T): unknown;
  failed(error: unknown): unknown;
}

/** The same without a promise of the end. */
export function lead<T>(work: Waiting<T>, clock: Clock, signal: AbortSignal | undefined, ends: Ends<T>): void {
  const stops = signal && stopsOf(signal);
  let timer: unknown;
  const stop = () => {
    clock.clearTimeout(timer);
    goOn(() => work.throw(new Aborted()));
  };
  const timeIsUp = () => {
    stops?.delete(stop);
    return goOn(() => work.next());
  };
  const goOn = (next: () => IteratorResult<number | Promise<unknown>, T>): unknown => {
    try {
      for (;;) {
        const { done, value } = next();
        if (done) return ends.done(value);
        if (typeof value !== 'number') {
          value.then(
            (given) => goOn(() => work.next(given)),
            (error) => goOn(() => work.throw(error)),
          );
          return undefined;
        }
        if (!signal?.aborted) {
          stops?.add(stop);
          timer = clock.setTimeout(timeIsUp, value);
          return AT_REST;
        }
        next = () => work.throw(new Aborted());
      }
    } catch (error) {
      return ends.failed(error);
    }
  };
  goOn(() => work.next());
}
