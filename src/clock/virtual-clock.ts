import { Aborted, DrillError } from '../errors.ts';
import { AT_REST, type Clock, type Uptime } from './clock.ts';
import { stopsOf } from './stops.ts';

interface Timer {
  readonly dueMs: number;
  readonly order: number;
  /** Cleared when the timer is cancelled. */
  fire: (() => unknown) | undefined;
}

interface VirtualClockOptions {
  /** How many virtual seconds may pass in a real one: as many as the machine can by default. */
  speed?: number;
  /** What the machine's wall clock says at a steady instant, where someone sets it. */
  wall?: (nowMs: number) => number;
}

/** Time that advances by itself to each due instant, in order, whenever everyone waits. */
export class VirtualClock implements Clock {
  readonly mayBeSet: boolean;
  readonly #startMs: number;
  #nowMs: number;
  readonly #speed: number;
  readonly #wall: (nowMs: number) => number;
  #order = 0;
  readonly #timers = new TimerQueue();

  constructor(startMs: number, { speed = Number.POSITIVE_INFINITY, wall }: VirtualClockOptions = {}) {
    this.#startMs = startMs;
    this.#nowMs = startMs;
    this.#speed = speed;
    this.#wall = wall ?? ((nowMs) => nowMs);
    this.mayBeSet = wall !== undefined;
  }

  nowMs(): number {
    return this.#nowMs;
  }

  elapsedMs(): number {
    return this.#nowMs - this.#startMs;
  }

  wallMs(): number {
    return this.#wall(this.#nowMs);
  }

  /** All virtual time is one boot of one machine. */
  uptime(): Uptime {
    return { boot: 'virtual', ms: this.#nowMs };
  }

  setTimeout(callback: () => unknown, ms: number): Timer {
    const timer = { dueMs: this.#nowMs + Math.max(0, Math.ceil(ms)), order: this.#order++, fire: callback };
    this.#timers.add(timer);
    return timer;
  }

  clearTimeout(timer: unknown): void {
    if (timer) (timer as Timer).fire = undefined;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted) return Promise.reject(new Aborted());
    return new Promise((resolve, reject) => {
      const stops = signal && stopsOf(signal);
      const stop = () => {
        this.clearTimeout(timer);
        reject(new Aborted());
      };
      const timer = this.setTimeout(() => {
        stops?.delete(stop);
        resolve();
      }, ms);
      stops?.add(stop);
    });
  }

  /**
   * Runs `work` to its end, moving time forward whenever nothing else can happen.
   * Throws `clock-deadlock` when `work` waits for something that no timer will ever bring.
   */
  run<T>(work: Promise<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      let settled = false;
      const settle = () => {
        settled = true;
      };
      work.then(settle, settle);
      let turns = 0;
      const turn = () => {
        for (;;) {
          if (settled) return void work.then(resolve, reject);
          const timer = this.#timers.takeEarliest();
          if (!timer) {
            return reject(new DrillError('clock-deadlock', 'Everything waits, and no timer will wake anything.'));
          }
          const waitMs = (timer.dueMs - this.#nowMs) / this.#speed;
          if (waitMs >= 1 && timer.dueMs - this.#nowMs < NOTHING_TO_SEE_MS) {
            // Meanwhile a signal may set an earlier timer.
            this.#timers.add(timer);
            this.#nowMs = Math.min(timer.dueMs, this.#nowMs + Math.ceil(Math.min(waitMs, LOOK_EVERY_MS) * this.#speed));
            setTimeout(turn, Math.min(waitMs, LOOK_EVERY_MS));
            return;
          }
          this.#nowMs = Math.max(this.#nowMs, timer.dueMs);
          // One timer a turn: whatever it wakes runs to its next wait before the following one is due.
          const left = timer.fire?.();
          turns += 1;
          // Signals and the screen have their turn now and then; everything else only needs the promises to have settled.
          if (turns % EVENT_LOOP_EVERY === 0) return void setImmediate(turn);
          if (left !== AT_REST) return void settledPromise.then(turnAfterPromises);
        }
      };
      // A reaction is run among the other promises' own, and Node takes the next tick only when there are no more of them.
      const turnAfterPromises = () => process.nextTick(turn);
      setImmediate(turn);
    });
  }
}

const settledPromise = Promise.resolve();

/** A turn of the event loop costs as much as a timer of a drill. */
const EVENT_LOOP_EVERY = 64;

/** At a given speed, how often someone may break in between two timers. */
const LOOK_EVERY_MS = 50;

/** At a given speed, so long a stretch in which nothing happens at all is left out. */
const NOTHING_TO_SEE_MS = 30 * 60_000;

/** Earliest first, ties in the order they were set: a binary heap. */
class TimerQueue {
  readonly #heap: Timer[] = [];

  add(timer: Timer): void {
    const heap = this.#heap;
    let index = heap.push(timer) - 1;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!earlier(timer, heap[parent] as Timer)) break;
      heap[index] = heap[parent] as Timer;
      index = parent;
    }
    heap[index] = timer;
  }

  /** The one that is due first, of those that were not cancelled. */
  takeEarliest(): Timer | undefined {
    for (;;) {
      const timer = this.#pop();
      if (!timer || timer.fire) return timer;
    }
  }

  #pop(): Timer | undefined {
    const heap = this.#heap;
    const first = heap[0];
    const last = heap.pop();
    if (first === undefined || last === undefined || heap.length === 0) return first;
    let index = 0;
    for (;;) {
      let child = 2 * index + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && earlier(heap[child + 1] as Timer, heap[child] as Timer)) child += 1;
      if (!earlier(heap[child] as Timer, last)) break;
      heap[index] = heap[child] as Timer;
      index = child;
    }
    heap[index] = last;
    return first;
  }
}

const earlier = (a: Timer, b: Timer): boolean => a.dueMs < b.dueMs || (a.dueMs === b.dueMs && a.order < b.order);
