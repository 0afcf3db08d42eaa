import { type Clock, isoTime } from '../clock/clock.ts';
import type { Entry, RunEvent } from '../journal/events.ts';

const LOOK_EVERY_MS = 1_000;
/** A wall clock that is kept by NTP stays within this of steady time. */
const NOTICED_MS = 1_000;

export interface WallClockWatch {
  /** Notes at once what has happened to the wall clock since the last look. */
  look(): void;
  /** Looks once a second until stopped; never, where nobody can set the clock. */
  untilStopped(signal: AbortSignal): Promise<void>;
}

/** Notes when the wall clock was set or has drifted. No figure depends on it, but people compare a report's times with others. */
export function wallClockWatch(
  clock: Clock,
  entries: readonly Entry[],
  note: (event: RunEvent) => unknown,
): WallClockWatch {
  let notedMs = wallAheadMs(entries);
  const look = () => {
    if (!clock.mayBeSet) return;
    const wallMs = clock.wallMs();
    const byMs = wallMs - clock.nowMs() - notedMs;
    if (Math.abs(byMs) <= NOTICED_MS) return;
    notedMs += byMs;
    note({ type: 'clock-jumped', byMs, wall: isoTime(wallMs) });
  };
  return {
    look,
    async untilStopped(signal) {
      while (clock.mayBeSet) {
        look();
        await clock.sleep(LOOK_EVERY_MS, signal);
      }
    },
  };
}

/** How far the wall clock is ahead of steady time, as far as the journal tells. */
export const wallAheadMs = (entries: readonly Entry[]): number =>
  entries.reduce((sum, entry) => (entry.type === 'clock-jumped' ? sum + entry.byMs : sum), 0);
