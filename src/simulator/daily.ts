const DAY = 86_400_000;
const MINUTE = 60_000;

/** The last instants of a time of day in UTC, such as 18:00, newest first. */
export function daily(timeOfDay: string, days: number, nowMs: number): number[] {
  const [hours, minutes] = timeOfDay.split(':').map(Number) as [number, number];
  const todayMs = Math.floor(nowMs / DAY) * DAY + (hours * 60 + minutes) * MINUTE;
  const newestMs = todayMs <= nowMs ? todayMs : todayMs - DAY;
  return Array.from({ length: days }, (_, day) => newestMs - day * DAY);
}
