/** What the callback of a timer gives that has woken nobody: virtual time need not wait for promises before it continues. */
export const AT_REST = Symbol('at rest');

/** The one source of time: engine, machines, steps, gateway and simulator all wait on it. */
export interface Clock {
  /**
   * A steady instant in epoch milliseconds: the wall time at which the process began, plus the time since. It never jumps, no matter who
   * sets the machine's clock: every duration, deadline, rate and figure is computed from it.
   */
  nowMs(): number;
  /** Milliseconds since this clock was made; as steady as `nowMs`. */
  elapsedMs(): number;
  /** What the machine's wall clock says now. Anyone may set it: only for what people read, and for seeing that it was set. */
  wallMs(): number;
  /** The wall clock may be set. That of a simulated machine is not. */
  readonly mayBeSet: boolean;
  /** How long the machine has been up, where that can be compared with what another process on it saw. */
  uptime(): Uptime | undefined;
  /** Resolves after `ms`; rejects with `Aborted` as soon as `signal` fires. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** The two calls that xstate wants of a clock. A callback may give `AT_REST`. */
  setTimeout(callback: () => unknown, ms: number): unknown;
  clearTimeout(timer: unknown): void;
}

/** Time since a machine's boot, suspended or not: two of the same boot tell exactly how far apart they were read. */
export interface Uptime {
  /** Names one boot of one machine. */
  boot: string;
  ms: number;
}

/** An instant as files have it. */
export const isoTime = (ms: number): string => new Date(ms).toISOString();
