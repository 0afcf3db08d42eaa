import type { ResourceRecordSet } from '@aws-sdk/client-route-53';
import { sameTarget } from '../../../drill/dns-name.ts';
import { inWords } from '../../../duration.ts';
import { blocker, type Finding, warning } from '../../../steps/account/findings.ts';
import { fact, type Look, type Row, together, UNSAID } from '../../../steps/account/look.ts';
import type { DescribedRecord, DescribedTraffic } from '../described.ts';
import { inALine, leadsCustomers, leadsTo } from '../steps/record-sets.ts';
import { alsoTypes, listCommand, saidOf } from './record-findings.ts';

/** One simple record of each type, which serves both regions and is pointed from one at the other. */
export function simpleRecordsLook(traffic: DescribedTraffic, sets: readonly ResourceRecordSet[]): Look {
  const leading = sets.filter(leadsCustomers);
  const { name, customersIn } = traffic;
  if (leading.length === 0) {
    const fix = `Create it, or correct the topology: ${listCommand(traffic)}`;
    return {
      rows: [{ what: `${name} record`, topology: saidOf(traffic[customersIn], 'A'), account: 'not there' }],
      findings: [blocker(name, `${name} has no record`, 'There is nothing that could be pointed elsewhere.', fix)],
    };
  }
  return together([
    ...leading.map((set) => recordLook(traffic, set)),
    { rows: [], findings: alsoTypes(traffic, leading) },
  ]);
}

function recordLook(traffic: DescribedTraffic, set: ResourceRecordSet): Look {
  const { name, ttlMs } = traffic;
  const { Type, TTL, AliasTarget } = set;
  const side = traffic[traffic.customersIn];
  const row = (what: string, topology: string, account: string): Row => ({
    what: `${name} ${Type} ${what}`,
    topology,
    account,
  });
  const astray = leadFindings(traffic, set);
  // Of a record that leads elsewhere nothing else matters.
  const unless = (findings: Finding[]) => (astray.length > 0 ? [] : findings);
  return together([
    fact(row('record', saidOf(side, Type), leadsTo(set)), astray),
    ...(AliasTarget
      ? [
          fact(
            row('zone of the target', side.targetZone ?? UNSAID, AliasTarget.HostedZoneId ?? UNSAID),
            unless(zoneFindings(traffic, set)),
          ),
          fact(
            row('evaluates target health', said(side.evaluateTargetHealth), said(AliasTarget.EvaluateTargetHealth)),
            unless(healthFindings(traffic, set)),
          ),
        ]
      : []),
    fact(
      row('TTL', inWords(ttlMs), TTL === undefined ? 'that of the alias' : inWords(TTL * 1000)),
      unless(ttlFindings(traffic, set)),
    ),
  ]);
}

const said = (value: boolean | undefined): string => (value === undefined ? UNSAID : value ? 'yes' : 'no');

const leads = (side: DescribedRecord, set: ResourceRecordSet): boolean =>
  side.target === undefined ? leadsTo(set) === saidOf(side, set.Type) : sameTarget(leadsTo(set), side.target);

function leadFindings(traffic: DescribedTraffic, set: ResourceRecordSet): Finding[] {
  const { name, customersIn } = traffic;
  const list = listCommand(traffic);
  const { Type } = set;
  if (Type === 'HTTPS' || Type === 'SVCB') {
    const what = `${name} has an ${Type} record: ${inALine(set)}`;
    return [blocker(name, what, 'The lever leaves it where it is, and customers with it.', `Delete it: ${list}`)];
  }
  if (set.SetIdentifier !== undefined) {
    const what = `${name} has a record with a set identifier, and the topology says one simple record: ${inALine(set)}`;
    const fix = "Set 'records' and 'lever' in the topology to the routing policy of the records.";
    return [blocker(name, what, 'The lever simple-record points simple records elsewhere.', fix)];
  }
  const here = traffic[customersIn];
  const there = traffic[customersIn === 'primary' ? 'recovery' : 'primary'];
  if (leads(here, set)) return [];
  const isThere = leads(there, set);
  const what = isThere
    ? `${name} (${Type}) leads to ${leadsTo(set)} already, in ${there.region}`
    : `${name} (${Type}) leads to ${leadsTo(set)}, not to ${saidOf(here, Type)}`;
  const why = isThere
    ? `A drill begins with customers in ${here.region}.`
    : 'The drill would take the wrong answer for a shift.';
  return [blocker(name, what, why, `Correct the topology, or the record: ${list}`)];
}

function zoneFindings(
  { customersIn, ...traffic }: DescribedTraffic,
  { Type, AliasTarget }: ResourceRecordSet,
): Finding[] {
  const { name } = traffic;
  const { targetZone } = traffic[customersIn];
  const zone = AliasTarget?.HostedZoneId;
  if (targetZone === undefined || zone === targetZone) return [];
  const what = `the alias of ${name} (${Type}) is in the zone ${zone}, and the topology says ${targetZone}`;
  const fix = `Set '${customersIn}.targetZone' in the topology: ${zone}`;
  return [blocker(name, what, 'Route 53 refuses an alias whose zone is not that of its target.', fix)];
}

function healthFindings(traffic: DescribedTraffic, { Type, AliasTarget }: ResourceRecordSet): Finding[] {
  const { name, customersIn } = traffic;
  const wanted = traffic[customersIn].evaluateTargetHealth;
  const now = AliasTarget?.EvaluateTargetHealth;
  if (wanted === undefined || now === wanted) return [];
  const what = `${name} (${Type}) has EvaluateTargetHealth ${now}, and the topology says ${wanted}`;
  const fix = `Set '${customersIn}.evaluateTargetHealth' in the topology: ${now}, or change the record: ${listCommand(traffic)}`;
  return [warning(name, what, 'The drill would change it as it points the record elsewhere.', fix)];
}

function ttlFindings(traffic: DescribedTraffic, { Type, TTL = 0 }: ResourceRecordSet): Finding[] {
  const { name, ttlMs } = traffic;
  if (TTL * 1000 <= ttlMs) return [];
  const what = `${name} (${Type}) has a TTL of ${TTL} s; the topology says ${ttlMs / 1000} s`;
  const fix = `Lower it with an UPSERT: ${listCommand(traffic)}`;
  return [warning(name, what, 'Customers stay with the dead region for as long as that.', fix)];
}
