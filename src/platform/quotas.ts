import { allKinds } from '../components/index.ts';
import { thingOf } from '../components/schemas.ts';
import type { LookFor } from '../steps/account/look.ts';
import { type Counted, countedPermissions, quotaCalls, roomFor } from '../steps/account/quotas.ts';
import type { Need, NeedOf } from '../steps/needs.ts';

/** What counts against a quota, by the need that says that it is made. */
const byNeed = new Map<string, Counted>(allKinds.flatMap(({ quotas = {} }) => Object.entries(quotas)));

const byName = new Map([...byNeed.values()].map((counted) => [counted.of, counted]));

const countedIn = ({ of }: NeedOf<'quota'>): Counted => {
  const counted = byName.get(of);
  if (counted) return counted;
  throw new Error(`No kind of component counts ${of}.`);
};

/** Whether a region has room for what a drill makes. */
export const quotaLook: LookFor<'quota'> = {
  calls: (need) => [countedIn(need).call, ...quotaCalls],
  permissions: (need, account) => countedPermissions(countedIn(need), need.region, account),
  subject: () => 'quotas',
  look: (need, context) => roomFor(countedIn(need), need, context),
};

/** What the drill makes counts against the quotas of its region. */
export function quotasFor(needs: readonly Need[]): NeedOf<'quota'>[] {
  const made = needs.flatMap((need) => {
    const of = byNeed.get(need.need)?.of;
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
