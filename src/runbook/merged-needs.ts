import { isDeepStrictEqual } from 'node:util';
import { strongest, thingOf } from '../components/schemas.ts';
import type { Need } from '../steps/needs.ts';

/** Every need once: several of the same thing become one that asks for all of them. */
export function mergedNeeds(needs: readonly Need[]): Need[] {
  const merged = new Map<string, Need>();
  for (const need of needs) {
    const key = `${need.need} ${'state' in need ? need.state : ''} ${thingOf(need)}`;
    const known = merged.get(key);
    merged.set(key, known ? together(known, need) : need);
  }
  return [...merged.values()];
}

function together(one: Need, other: Need): Need {
  const entries = Object.entries(other).flatMap(([key, value]) => {
    const known = (one as Record<string, unknown>)[key];
    const more = key === 'lastsMs' ? Math.max(Number(known), Number(value)) : strongest(other, key, [known, value]);
    return [[key, more ?? both(known, value)] as const];
  });
  return { ...one, ...Object.fromEntries(entries) } as Need;
}

function both(one: unknown, other: unknown): unknown {
  if (other === undefined || isDeepStrictEqual(one, other)) return one;
  if (one === undefined) return other;
  if (typeof one === 'number' && typeof other === 'number') return Math.min(one, other);
  if (typeof one === 'boolean' && typeof other === 'boolean') return one || other;
  if (Array.isArray(one) && Array.isArray(other))
    return [...one, ...other.filter((added) => !one.some((known) => isDeepStrictEqual(known, added)))];
  return other;
}
