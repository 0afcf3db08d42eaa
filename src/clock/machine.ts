import { readFileSync } from 'node:fs';
import type { Uptime } from './clock.ts';

/** The clocks that a machine has. */
export interface Machine {
  /** Wall time in epoch milliseconds; may be set. */
  wallMs(): number;
  /** Milliseconds since some instant; stands still while a Linux machine is suspended. */
  monotonicMs(): number;
  /** Milliseconds since the boot, suspended or not; only where boots have a name. */
  uptime(): Uptime | undefined;
}

/** Linux only: elsewhere a boot has no name, and the uptime is reckoned from the wall clock. */
const boot = read('/proc/sys/kernel/random/boot_id')?.trim();

export const thisMachine: Machine = {
  wallMs: () => Date.now(),
  monotonicMs: () => performance.now(),
  uptime() {
    const seconds = boot ? Number.parseFloat(read('/proc/uptime') ?? '') : Number.NaN;
    return boot && seconds > 0 ? { boot, ms: Math.round(seconds * 1_000) } : undefined;
  },
};

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

/** Less than this is what two clocks differ by anyway. */
const NOTICED_MS = 1_000;

/**
 * Steady time on a machine: the wall time of now, plus what passes from now on. Time in which the machine was suspended counts: the
 * monotonic clock leaves it out, so the uptime is asked whenever the wall clock has moved away from it.
 */
export function steadyTime(machine: Machine): () => number {
  const startMs = machine.wallMs() - machine.monotonicMs();
  const bootedMs = bootOf(machine);
  let suspendedMs = 0;
  let aheadMs = 0;
  return () => {
    const steadyMs = startMs + machine.monotonicMs() + suspendedMs;
    const differenceMs = machine.wallMs() - steadyMs;
    if (Math.abs(differenceMs - aheadMs) < NOTICED_MS) return Math.round(steadyMs);
    const leftOutMs = bootOf(machine) - bootedMs - suspendedMs;
    const asleepMs = leftOutMs > NOTICED_MS ? leftOutMs : 0;
    suspendedMs += asleepMs;
    aheadMs = differenceMs - asleepMs;
    return Math.round(steadyMs + asleepMs);
  };
}

/** By how much the uptime is ahead of the monotonic clock: it grows only while the machine is suspended. */
const bootOf = (machine: Machine): number => (machine.uptime()?.ms ?? Number.NaN) - machine.monotonicMs();
