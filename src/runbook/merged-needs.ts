import { isDeepStrictEqual } from 'node:util';
import { thingOf } from '../components/schemas.ts';
import type { Need, NeedOf } from '../steps/needs.ts';

/** Every need once: several of the same thing become one that asks for all of them. */
export function mergedNeeds(needs: readonly Need[]): Need[] {
  const merged = new Map<string, Need>();
  for (const need of needs) {
    const how = 'state' in need ? need.state : 'warm' in need && need.warm ? 'warm' : '';
    const key = `${need.need} ${how} ${thingOf(need)}`;
    const known = merged.get(key);
    merged.set(key, known ? (together(known, need) as Need) : need);
  }
  return [...merged.values()].flatMap((need, _, all): Need[] =>
    need.need === 'deployments' ? coldOnly(need, all) : [need],
  );
}

/** A deployment that must be warm is not looked at once more, among those that may be at rest. */
function coldOnly(need: NeedOf<'deployments'>, all: readonly Need[]): NeedOf<'deployments'>[] {
  if (need.warm) return [need];
  const warm = all.flatMap((one) =>
    one.need === 'deployments' && one.warm && thingOf(one) === thingOf(need) ? one.deployments : [],
  );
  const deployments = need.deployments.filter((name) => !warm.includes(name));
  return deployments.length > 0 ? [{ ...need, deployments }] : [];
}

/** The stronger of two words, where one asks for more. */
const WEAKER = ['nothing', 'proof', 'detection', 'stop', 'point-in-time'];

function together(one: object, other: object): object {
  const entries = Object.entries(other).flatMap(([key, value]) => {
    const known = (one as Record<string, unknown>)[key];
    return [[key, key === 'lastsMs' ? Math.max(Number(known), Number(value)) : both(known, value)] as const];
  });
  return { ...one, ...Object.fromEntries(entries) };
}

function both(one: unknown, other: unknown): unknown {
  if (other === undefined || isDeepStrictEqual(one, other)) return one;
  if (one === undefined) return other;
  if (typeof one === 'number' && typeof other === 'number') return Math.min(one, other);
  if (typeof one === 'boolean' && typeof other === 'boolean') return one || other;
  if (Array.isArray(one) && Array.isArray(other))
    return [...one, ...other.filter((added) => !one.some((known) => isDeepStrictEqual(known, added)))];
  return WEAKER.includes(String(other)) ? one : other;
}

/** What counts against a quota, by the need that says that it is made. */
const COUNTED: Partial<Record<Need['need'], NeedOf<'quota'>['of']>> = {
  'rds-instance': 'db-instances',
  'rds-free-snapshot': 'db-snapshots',
  'rds-free-cluster': 'db-clusters',
  'rds-free-cluster-snapshot': 'db-cluster-snapshots',
  'cache-group': 'cache-nodes',
};

/** What the drill makes counts against the quotas of its region. */
export function quotasFor(needs: readonly Need[]): NeedOf<'quota'>[] {
  const made = needs.flatMap((need) => {
    const of = COUNTED[need.need];
    if (!of || !('region' in need) || ('state' in need && need.state !== 'free')) return [];
    return [{ of, region: need.region, name: thingOf(need) }];
  });
  const kinds = new Set(made.map(({ of, region }) => `${of} ${region}`));
  return [...kinds].map((kind) => {
    const ofKind = made.filter(({ of, region }) => `${of} ${region}` === kind);
    const { of, region } = ofKind[0] as (typeof made)[number];
    return { need: 'quota', of, region, made: ofKind.map(({ name }) => name) };
  });
}
