import type { ResourceRecordSet } from '@aws-sdk/client-route-53';
import { sameTarget } from '../../../drill/dns-name.ts';
import { inWords } from '../../../duration.ts';
import { blocker, type Finding, warning } from '../../../steps/account/findings.ts';
import { type Look, type Row, UNSAID } from '../../../steps/account/look.ts';
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
  return {
    rows: leading.flatMap((set) => rowsOf(traffic, set)),
    findings: [...leading.flatMap((set) => findingsOf(traffic, set)), ...alsoTypes(traffic, leading)],
  };
}

function rowsOf({ name, ttlMs, ...traffic }: DescribedTraffic, set: ResourceRecordSet): Row[] {
  const { Type, TTL, AliasTarget } = set;
  const side = traffic[traffic.customersIn];
  const row = (what: string, topology: string, account: string): Row => ({
    what: `${name} ${Type} ${what}`,
    topology,
    account,
  });
  return [
    row('record', saidOf(side, Type), leadsTo(set)),
    row('TTL', inWords(ttlMs), TTL === undefined ? 'that of the alias' : inWords(TTL * 1000)),
    ...(AliasTarget
      ? [
          row('zone of the target', side.targetZone ?? UNSAID, AliasTarget.HostedZoneId ?? UNSAID),
          row('evaluates target health', said(side.evaluateTargetHealth), said(AliasTarget.EvaluateTargetHealth)),
        ]
      : []),
  ];
}

const said = (value: boolean | undefined): string => (value === undefined ? UNSAID : value ? 'yes' : 'no');

const leads = (side: DescribedRecord, set: ResourceRecordSet): boolean =>
  side.target === undefined ? leadsTo(set) === saidOf(side, set.Type) : sameTarget(leadsTo(set), side.target);

function findingsOf(traffic: DescribedTraffic, set: ResourceRecordSet): Finding[] {
  const { name, customersIn, ttlMs } = traffic;
  const list = listCommand(traffic);
  const { Type, TTL = 0, AliasTarget } = set;
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
  if (!leads(here, set)) {
    const isThere = leads(there, set);
    const what = isThere
      ? `${name} (${Type}) leads to ${leadsTo(set)} already, in ${there.region}`
      : `${name} (${Type}) leads to ${leadsTo(set)}, not to ${saidOf(here, Type)}`;
    const why = isThere
      ? `A drill begins with customers in ${here.region}.`
      : 'The drill would take the wrong answer for a shift.';
    return [blocker(name, what, why, `Correct the topology, or the record: ${list}`)];
  }
  const findings: Finding[] = [];
  if (AliasTarget && here.targetZone !== undefined && AliasTarget.HostedZoneId !== here.targetZone) {
    const what = `the alias of ${name} (${Type}) is in the zone ${AliasTarget.HostedZoneId}, and the topology says ${here.targetZone}`;
    const fix = `Set '${customersIn}.targetZone' in the topology: ${AliasTarget.HostedZoneId}`;
    findings.push(blocker(name, what, 'Route 53 refuses an alias whose zone is not that of its target.', fix));
  }
  const wanted = here.evaluateTargetHealth;
  if (AliasTarget && wanted !== undefined && AliasTarget.EvaluateTargetHealth !== wanted) {
    const what = `${name} (${Type}) has EvaluateTargetHealth ${AliasTarget.EvaluateTargetHealth}, and the topology says ${wanted}`;
    const fix = `Set '${customersIn}.evaluateTargetHealth' in the topology: ${AliasTarget.EvaluateTargetHealth}, or change the record: ${list}`;
    findings.push(warning(name, what, 'The drill would change it as it points the record elsewhere.', fix));
  }
  if (TTL * 1000 > ttlMs) {
    const what = `${name} (${Type}) has a TTL of ${TTL} s; the topology says ${ttlMs / 1000} s`;
    const fix = `Lower it with an UPSERT: ${list}`;
    findings.push(warning(name, what, 'Customers stay with the dead region for as long as that.', fix));
  }
  return findings;
}
