/** A moment in UTC to the tenth of a second: `12:03:04.5`. */
export const timeOfDay = (ms: number): string => new Date(Math.round(ms / 100) * 100).toISOString().slice(11, 21);

/** `2025-03-01 12:03:04 UTC`. */
export const dateAndTime = (iso: string): string => `${new Date(iso).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
