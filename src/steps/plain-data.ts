import type { Json } from '../journal/events.ts';
import { withCommas } from '../with-commas.ts';

/** The most that one value of a step may hold. */
const MOST_CHARACTERS = 1_000_000;
const DEEPEST = 100;

/** A copy of what JSON can hold, or why it cannot: what a journal cannot hold is not passed on. */
export function plainData(value: unknown): { json: Json | undefined } | { wrong: string } {
  if (value === undefined) return { json: undefined };
  try {
    const wrong = wrongIn(value, [], []);
    if (wrong !== undefined) return { wrong };
    const text = JSON.stringify(value);
    if (text.length > MOST_CHARACTERS)
      return { wrong: `it has ${withCommas(text.length)} characters; the limit is 1,000,000` };
    return { json: JSON.parse(text) as Json };
  } catch (error) {
    return { wrong: `reading it throws ${shown(error)}` };
  }
}

function wrongIn(value: unknown, path: readonly string[], above: readonly unknown[]): string | undefined {
  const where = path.length === 0 ? 'it' : path.join('.');
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return undefined;
  if (typeof value === 'number') return Number.isFinite(value) ? undefined : `${where} is ${value}`;
  if (typeof value !== 'object') return `${where} is a ${typeof value}`;
  if (above.includes(value)) return `${where} contains itself`;
  if (above.length >= DEEPEST) return `${where} is nested more than ${DEEPEST} levels deep`;
  const prototype = Object.getPrototypeOf(value);
  if (!Array.isArray(value) && prototype !== null && Object.getPrototypeOf(prototype) !== null)
    return `${where} is a ${prototype.constructor?.name || 'special object'}`;
  for (const [key, one] of Object.entries(value)) {
    if (one === undefined && !Array.isArray(value)) continue;
    const wrong = wrongIn(one, [...path, key.slice(0, 40)], [...above, value]);
    if (wrong !== undefined) return wrong;
  }
  return undefined;
}

const LONGEST = 200;

/** A value of any kind in a few words. */
export function shown(value: unknown): string {
  try {
    if (value instanceof Error) return String(value.message).slice(0, LONGEST);
    const text = typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value);
    return (text ?? typeof value).slice(0, LONGEST);
  } catch {
    return `a ${typeof value}`;
  }
}
