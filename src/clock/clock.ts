/** The one source of time: engine, machines, steps, gateway and simulator all wait on it. */
export interface Clock {
  /** Wall time in milliseconds since the epoch. */
  nowMs(): number;
  /** Milliseconds since the run began; never jumps when the wall clock is set. */
  elapsedMs(): number;
  /** Resolves after `ms`; rejects with `Aborted` as soon as `signal` fires. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** The two calls that xstate wants of a clock. */
  setTimeout(callback: () => void, ms: number): unknown;
  clearTimeout(timer: unknown): void;
}

/** An instant as files have it. */
export const isoTime = (ms: number): string => new Date(ms).toISOString();
