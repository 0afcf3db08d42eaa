const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Milliseconds as a person says them: `800 ms`, `12.3 s`, `4 min 12.3 s`, `3 h 5 min`, `1 d 2 h`. */
export function inWords(ms: number): string {
  if (ms < 0) return `-${inWords(-ms)}`;
  if (ms === 0) return '0 s';
  if (Math.round(ms) < SECOND) return `${Math.round(ms)} ms`;
  const tenths = Math.round(ms / 100) * 100;
  if (tenths < MINUTE) return `${tenths / SECOND} s`;
  if (tenths < HOUR) return pair(Math.floor(tenths / MINUTE), 'min', (tenths % MINUTE) / SECOND, 's');
  const minutes = Math.round(ms / MINUTE) * MINUTE;
  if (minutes < DAY) return pair(Math.floor(minutes / HOUR), 'h', (minutes % HOUR) / MINUTE, 'min');
  const hours = Math.round(ms / HOUR) * HOUR;
  return pair(Math.floor(hours / DAY), 'd', (hours % DAY) / HOUR, 'h');
}

const pair = (large: number, largeUnit: string, small: number, smallUnit: string): string =>
  small === 0 ? `${large} ${largeUnit}` : `${large} ${largeUnit} ${small} ${smallUnit}`;
