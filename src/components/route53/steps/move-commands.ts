import type { ResourceRecordSet } from '@aws-sdk/client-route-53';
import { cliRegion } from '../../../partition.ts';
import type { Read } from '../../../steps/by-hand.ts';
import type { Leads } from './leads.ts';
import type { Move } from './moves.ts';
import { weightsByHand, weightsCommand, weightsOf } from './weights.ts';

interface Moved {
  name: string;
  move: Move;
}
interface Zone {
  region: string;
  zone: string;
}

/** A move as a title. */
export function inWords({ name, move }: Moved): string {
  switch (move.edits) {
    case 'weights':
      return `Shift ${name} to ${Object.entries(move.weights)
        .map(([set, weight]) => `${set} ${weight}`)
        .join(', ')}`;
    case 'roles':
      return `Make ${move.primary} the primary record of ${name}`;
    case 'destination':
      return `Point ${name} at ${placeOf(move.leads)}`;
    case 'presence':
      return `Take the records of ${move.without} out of ${name}`;
    case 'presence-again':
      return `Put the records of ${move.setIdentifier} back into ${name}`;
  }
}

const placeOf = ({ target, values }: Leads): string => target ?? [...values.A, ...values.AAAA].join(' and ');

/** What a person would type instead. */
export function commandOf(zone: Zone, { name, move }: Moved): string {
  switch (move.edits) {
    case 'weights':
      return weightsCommand({ ...zone, name }, move.weights);
    case 'roles':
      return swapCommand(zone, name, move.primary);
    case 'destination':
      return edited(zone, name, '', `.[] | ${leadsFilter(move.leads)} | ${UPSERT}`);
    case 'presence':
      return edited(
        zone,
        name,
        ` && SetIdentifier=='${move.without}'`,
        '.[] | {Action: "DELETE", ResourceRecordSet: .}',
      );
    case 'presence-again': {
      const { setIdentifier, region, healthCheck, leads } = move;
      const like = `.SetIdentifier = "${setIdentifier}" | .Region = "${region}" | del(.HealthCheckId)`;
      const check = healthCheck === undefined ? '' : ` | .HealthCheckId = "${healthCheck}"`;
      const query = ` && SetIdentifier!='${setIdentifier}'`;
      return edited(zone, name, query, `.[] | ${like}${check} | ${leadsFilter(leads)} | ${UPSERT}`);
    }
  }
}

export function undoCommandOf(zone: Zone, moved: Moved, found: readonly ResourceRecordSet[]): string {
  const { name, move } = moved;
  if (move.edits === 'weights') return weightsCommand({ ...zone, name }, weightsOf(found));
  if (move.edits === 'roles') {
    const primary = found.find(({ Failover }) => Failover === 'PRIMARY');
    return swapCommand(zone, name, primary?.SetIdentifier ?? '');
  }
  if (move.edits === 'presence-again')
    return commandOf(zone, { name, move: { edits: 'presence', without: move.setIdentifier } });
  const Changes = found.map((ResourceRecordSet) => ({ Action: 'UPSERT', ResourceRecordSet }));
  return `aws route53 change-resource-record-sets${cliRegion(zone.region)} --hosted-zone-id ${zone.zone} --change-batch '${JSON.stringify({ Changes })}'`;
}

/** What a person notes before a move: weights and the primary record as values, any other records in a file. */
export function foundByHand(zone: Zone, { name, move }: Moved, read: Read): ResourceRecordSet[] {
  switch (move.edits) {
    case 'weights':
      return Object.entries(weightsByHand({ ...zone, name }, move.weights, read)).map(([SetIdentifier, Weight]) => ({
        Name: name,
        Type: 'A',
        SetIdentifier,
        Weight,
      }));
    case 'roles': {
      const primary = listed(zone, name, " && Failover=='PRIMARY'].SetIdentifier | [0");
      const SetIdentifier = read.text(`primary record of ${name}`, `${primary} --output text`);
      return [{ Name: name, Type: 'A', SetIdentifier, Failover: 'PRIMARY' }];
    }
    case 'presence-again':
      return [];
    default:
      read.keep(`${listed(zone, name)} | jq '{Changes: [.[] | ${UPSERT}]}' > ${recordsFile(name)}`);
      return [];
  }
}

export function undoByHand(zone: Zone, moved: Moved, found: readonly ResourceRecordSet[]): string {
  const { edits } = moved.move;
  if (edits !== 'destination' && edits !== 'presence') return undoCommandOf(zone, moved, found);
  return `aws route53 change-resource-record-sets${cliRegion(zone.region)} --hosted-zone-id ${zone.zone} --change-batch file://${recordsFile(moved.name)}`;
}

const recordsFile = (name: string): string => `records-of-${name}.json`;

const UPSERT = '{Action: "UPSERT", ResourceRecordSet: .}';

const listed = ({ region, zone }: Zone, name: string, query = ''): string =>
  `aws route53 list-resource-record-sets${cliRegion(region)} --hosted-zone-id ${zone} --query "ResourceRecordSets[?Name=='${name}.' && contains(['A','AAAA','CNAME'], Type)${query}]"`;

/** Records are replaced as a whole, so they are read, edited and written back. */
const edited = ({ region, zone }: Zone, name: string, query: string, filter: string): string =>
  `${listed({ region, zone }, name, query)} | jq '{Changes: [${filter}]}' | aws route53 change-resource-record-sets${cliRegion(region)} --hosted-zone-id ${zone} --change-batch file:///dev/stdin`;

function leadsFilter({ target, targetZone, values }: Leads): string {
  if (target !== undefined) {
    const zone = targetZone === undefined ? '' : ` | .AliasTarget.HostedZoneId = "${targetZone}"`;
    return `if .AliasTarget then (.AliasTarget.DNSName = "${target}"${zone}) else .ResourceRecords = [{Value: "${target}"}] end`;
  }
  const records = (all: string[]) => JSON.stringify(all.map((Value) => ({ Value })));
  return `.ResourceRecords = (if .Type == "AAAA" then ${records(values.AAAA)} else ${records(values.A)} end)`;
}

/** There may be one record of each role only: both are deleted and created again. */
const swapCommand = ({ region, zone }: Zone, name: string, primary: string): string =>
  `aws route53 list-resource-record-sets${cliRegion(region)} --hosted-zone-id ${zone} --query "ResourceRecordSets[?Name=='${name}.' && Failover]" | jq '{Changes: ([.[] | {Action: "DELETE", ResourceRecordSet: .}] + [.[] | .Failover = (if .SetIdentifier == "${primary}" then "PRIMARY" else "SECONDARY" end) | {Action: "CREATE", ResourceRecordSet: .}])}' | aws route53 change-resource-record-sets${cliRegion(region)} --hosted-zone-id ${zone} --change-batch file:///dev/stdin`;
