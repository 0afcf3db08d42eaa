import type { ResourceRecordSet } from '@aws-sdk/client-route-53';
import * as z from 'zod';
import { plainTarget, sameTarget } from '../../../drill/dns-name.ts';
import { plainDomain } from '../../../drill/names.ts';
import { DrillError } from '../../../errors.ts';
import { fixedAddresses } from '../../public-name/destination.ts';
import type { Traffic } from '../schema.ts';

/** What the records of one region lead to, by type. */
export const leadsParams = z.object({
  target: z.string().optional(),
  targetZone: z.string().optional(),
  evaluateTargetHealth: z.boolean().optional(),
  values: z.object({ A: z.array(z.string()), AAAA: z.array(z.string()) }),
});
export type Leads = z.output<typeof leadsParams>;

export const leadsOf = (side: Traffic['primary']): Leads => ({
  target: side.target,
  targetZone: side.targetZone,
  evaluateTargetHealth: side.evaluateTargetHealth,
  values: { A: fixedAddresses(side, 'A'), AAAA: fixedAddresses(side, 'AAAA') },
});

/** A record set that leads to another region, and is otherwise as it was. */
export function leadTo(set: ResourceRecordSet, leads: Leads): ResourceRecordSet {
  const { target, targetZone, evaluateTargetHealth, values } = leads;
  const { Type, AliasTarget } = set;
  if (AliasTarget) {
    const { DNSName = '', HostedZoneId, EvaluateTargetHealth } = AliasTarget;
    if (target === undefined) throw unfit(set, 'an alias', 'target');
    const evaluates = evaluateTargetHealth ?? EvaluateTargetHealth;
    const zone = targetZone ?? HostedZoneId;
    if (sameTarget(DNSName, target) && zone === HostedZoneId && evaluates === EvaluateTargetHealth) return set;
    const prefix = plainTarget(DNSName) === plainDomain(DNSName) ? '' : 'dualstack.';
    return {
      ...set,
      AliasTarget: { HostedZoneId: zone, DNSName: `${prefix}${target}.`, EvaluateTargetHealth: evaluates },
    };
  }
  const wanted = Type === 'CNAME' ? [target].filter((one) => one !== undefined) : valuesFor(Type, values);
  if (wanted.length === 0) throw unfit(set, `of type ${Type}`, Type === 'CNAME' ? 'target' : 'addresses');
  const now = (set.ResourceRecords ?? []).map(({ Value = '' }) => Value);
  const same = Type === 'CNAME' ? sameTarget(now[0], target) : now.toSorted().join() === wanted.toSorted().join();
  return same ? set : { ...set, ResourceRecords: wanted.map((Value) => ({ Value })) };
}

const valuesFor = (type: string | undefined, { A, AAAA }: Leads['values']): string[] =>
  type === 'A' ? A : type === 'AAAA' ? AAAA : [];

const unfit = ({ Name, SetIdentifier }: ResourceRecordSet, what: string, key: string): DrillError =>
  new DrillError(
    'record-unfit',
    `A record of ${plainDomain(Name)}${SetIdentifier === undefined ? '' : ` (${SetIdentifier})`} is ${what}, and the topology has no '${key}' for it in the other region.`,
    { hint: 'Compare the topology with the hosted zone: dr-drill preflight names each record that differs.' },
  );
