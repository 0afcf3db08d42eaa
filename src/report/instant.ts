/** A moment in UTC to the tenth of a second: `12:03:04.5`. */
export function timeOfDay(ms: number): string {
  const tenths = Math.round(ms / 100) % TENTHS_A_DAY;
  const seconds = Math.floor(tenths / 10);
  return `${twoDigits(seconds / 3_600)}:${twoDigits((seconds / 60) % 60)}:${twoDigits(seconds % 60)}.${tenths % 10}`;
}

const TENTHS_A_DAY = 864_000;

const twoDigits = (value: number): string => `${Math.floor(value)}`.padStart(2, '0');

/** `2025-03-01 12:03:04 UTC`. */
export const dateAndTime = (iso: string): string => `${new Date(iso).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
