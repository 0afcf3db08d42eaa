import { inWords } from '../duration.ts';

/** Minutes and seconds that the page counts on where the run's time continues; the page's script writes them alike. */
export function clock(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const [hours, minutes, rest] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const tail = `${String(rest).padStart(2, '0')}`;
  return hours > 0 ? `${hours}:${String(minutes).padStart(2, '0')}:${tail}` : `${minutes}:${tail}`;
}

export const length = (ms: number): string => inWords(ms).replace(/(\d) (?=[a-z])/g, '$1\u00a0');

interface Moment {
  nowMs: number;
  ticks: boolean;
}

/** What is left until an instant, or how long ago it was. */
export const Countdown = ({ untilMs, nowMs, ticks }: Moment & { untilMs: number }) => (
  <span data-until={ticks ? untilMs : undefined}>
    {clock(Math.abs(untilMs - nowMs))} {untilMs >= nowMs ? 'left' : 'over'}
  </span>
);

/** How long something has lasted. */
export const Elapsed = ({ sinceMs, nowMs, ticks }: Moment & { sinceMs: number }) => (
  <span data-since={ticks ? sinceMs : undefined}>{clock(nowMs - sinceMs)}</span>
);
