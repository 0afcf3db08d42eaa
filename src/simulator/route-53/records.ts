import { isDeepStrictEqual } from 'node:util';
import type { Change as RecordChange, ResourceRecordSet, VPC } from '@aws-sdk/client-route-53';
import type { Input } from '../../aws/aws.ts';
import { plainTarget } from '../../drill/dns-name.ts';
import { hash32 } from '../distributions.ts';
import { awsError } from '../faults.ts';
import type { Change, Zone } from '../traffic-state.ts';
import { nextDraw, type World } from '../world.ts';
import { beforeChange } from './controller.ts';
import { isSameSet, storedName } from './record-sets.ts';
import { isCloudFront, zoneOfTarget } from './targets.ts';

const PAGE = 300;

/** Records that others have in the same zone; their names come first. */
const besideIn = ({ simulation }: World, zone: Zone): ResourceRecordSet[] =>
  Array.from({ length: simulation.neighbours }, (_, index) => ({
    Name: `a-${String(index + 1).padStart(4, '0')}.${zone.name}`,
    Type: 'A' as const,
    TTL: 300,
    ResourceRecords: [{ Value: '192.0.2.1' }],
  }));

export const records = {
  ListHostedZones(world: World) {
    return {
      HostedZones: world.zones.map(hostedZone),
      // As Route 53 has it where nobody asked to continue from a marker.
      Marker: '',
      IsTruncated: false,
      MaxItems: 100,
    };
  },

  ListResourceRecordSets(world: World, _region: string, input: Input<'route53', 'ListResourceRecordSets'>) {
    const zone = zoneOf(world, input.HostedZoneId);
    const sorted = [...besideIn(world, zone), ...zone.records].sort((a, b) => (placeOf(a) < placeOf(b) ? -1 : 1));
    const { StartRecordName = '', StartRecordType, StartRecordIdentifier, MaxItems: asked = PAGE } = input;
    const MaxItems = Math.min(PAGE, asked);
    const from = placeOf({ Name: StartRecordName, Type: StartRecordType, SetIdentifier: StartRecordIdentifier });
    const listed = sorted.filter((set) => StartRecordName === '' || placeOf(set) >= from);
    const next = listed[MaxItems];
    return {
      ResourceRecordSets: structuredClone(listed.slice(0, MaxItems)),
      IsTruncated: next !== undefined,
      MaxItems,
      ...(next && {
        NextRecordName: next.Name,
        NextRecordType: next.Type,
        ...(next.SetIdentifier && { NextRecordIdentifier: next.SetIdentifier }),
      }),
    };
  },

  ChangeResourceRecordSets(world: World, _region: string, input: Input<'route53', 'ChangeResourceRecordSets'>) {
    const zone = zoneOf(world, input.HostedZoneId);
    const nowMs = world.clock.nowMs();
    const former = zone.changes.at(-1);
    if (former && nowMs - former.submittedMs < world.durations.recordChangeBusy) {
      const message = 'The request was rejected because Route 53 was still processing a prior request.';
      throw awsError('PriorRequestNotComplete', message);
    }
    mustFitOneBatch(input.ChangeBatch?.Changes ?? []);
    const records = (input.ChangeBatch?.Changes ?? []).reduce(
      (before, one) => apply(world, zone, before, one),
      zone.records,
    );
    beforeChange(world);
    return { ChangeInfo: described(world, publish(world, zone, records, nowMs)) };
  },

  GetHostedZone(world: World, _region: string, { Id }: Input<'route53', 'GetHostedZone'>) {
    const zone = zoneOf(world, Id);
    const VPCs = zone.vpcs.map((region, index) => ({
      VPCRegion: region as NonNullable<VPC['VPCRegion']>,
      VPCId: `vpc-0${index + 1}`,
    }));
    return { HostedZone: hostedZone(zone), ...(zone.isPrivate && { VPCs }) };
  },

  GetChange(world: World, _region: string, { Id }: Input<'route53', 'GetChange'>) {
    const change = world.zones.flatMap(({ changes }) => changes).find(({ id }) => id === Id || id === `/change/${Id}`);
    if (!change) throw awsError('NoSuchChange', `Could not find resource with ID: ${Id}`, 404);
    return { ChangeInfo: described(world, change) };
  },
};

/** The zone's records from an instant on; name servers answer from them a while later. */
export function publish(world: World, zone: Zone, records: ResourceRecordSet[], ms: number): Change {
  zone.records = records;
  const takesMs = world.durations.recordChange(nextDraw(world, 'record-change'));
  // In the order submitted: a later change is never in sync before an earlier one.
  const inSyncMs = Math.max(ms + Math.round(takesMs), zone.changes.at(-1)?.inSyncMs ?? 0);
  const id = `/change/C${hash32(`${zone.id}/${zone.changes.length}`).toString(36).toUpperCase().padStart(13, '0')}`;
  const change = { id, submittedMs: ms, inSyncMs };
  zone.changes.push(change);
  zone.published.push([inSyncMs, structuredClone(records)]);
  return change;
}

const hostedZone = ({ id, name, isPrivate }: Zone) => ({
  Id: `/hostedzone/${id}`,
  Name: name,
  CallerReference: id,
  Config: { PrivateZone: isPrivate },
});

const described = (world: World, { id, submittedMs, inSyncMs }: Change) => ({
  Id: id,
  Status: inSyncMs <= world.clock.nowMs() ? ('INSYNC' as const) : ('PENDING' as const),
  SubmittedAt: new Date(submittedMs),
});

function zoneOf({ zones }: World, id: string | undefined): Zone {
  const found = zones.find((one) => one.id === id?.replace('/hostedzone/', ''));
  if (found) return found;
  throw awsError('NoSuchHostedZone', `No hosted zone found with ID: ${id}`, 404);
}

/** Where a record is in a listing: by name with its labels reversed, as Route 53 sorts, then by type and set identifier. */
const placeOf = ({
  Name = '',
  Type,
  SetIdentifier,
}: Partial<Record<'Name' | 'Type' | 'SetIdentifier', string | undefined>>) =>
  [storedName(Name).split('.').reverse().join('\u0001'), Type ?? '', SetIdentifier ?? ''].join('\u0000');

const VALUES_MAX = 1_000;
const CHARACTERS_MAX = 32_000;

/** What Route 53 takes in one request; it counts each value of an UPSERT twice. */
function mustFitOneBatch(changes: readonly RecordChange[]): void {
  const values = changes.flatMap(({ Action, ResourceRecordSet }) => {
    const asked = (ResourceRecordSet?.ResourceRecords ?? []).map(({ Value = '' }) => Value);
    return Action === 'UPSERT' ? [...asked, ...asked] : asked;
  });
  if (values.length > VALUES_MAX) throw invalid(`Number of records limit of ${VALUES_MAX} exceeded.`);
  const characters = values.reduce((sum, value) => sum + value.length, 0);
  if (characters > CHARACTERS_MAX) throw invalid(`Number of characters limit of ${CHARACTERS_MAX} exceeded.`);
}

/** One change of a batch; the batch is refused as a whole where one does not fit. */
function apply(
  world: World,
  zone: Zone,
  before: ResourceRecordSet[],
  { Action, ResourceRecordSet: given }: RecordChange,
) {
  const set = { ...given, Name: storedName(given?.Name) } as ResourceRecordSet;
  const index = before.findIndex((one) => isSameSet(one, set));
  const which = `[name='${set.Name}', type='${set.Type}', set-identifier='${set.SetIdentifier}']`;
  if (Action === 'DELETE') {
    const found = before[index];
    if (!found) throw invalid(`Tried to delete resource record set ${which} but it was not found`);
    if (!isDeepStrictEqual(comparable(found), comparable(set)))
      throw invalid(
        `Tried to delete resource record set ${which} but the values provided do not match the current values`,
      );
    return before.filter((_, at) => at !== index);
  }
  if (Action === 'CREATE' && index >= 0)
    throw invalid(`Tried to create resource record set ${which} but it already exists`);
  const others = before.filter((one, at) => at !== index && one.Name === set.Name && one.Type === set.Type);
  if (others.some((one) => policyOf(one) !== policyOf(set))) {
    throw invalid(
      `RRSet with DNS name ${set.Name}, type ${set.Type} cannot be created as other RRSets exist with a different routing policy`,
    );
  }
  if (set.Failover && others.some(({ Failover }) => Failover === set.Failover)) {
    throw invalid(`Tried to create resource record set ${which} but a ${set.Failover} record exists already`);
  }
  if (set.Region && others.some(({ Region }) => Region === set.Region))
    throw invalid(`Tried to create resource record set ${which} but one of the region ${set.Region} exists already`);
  const misplaced = whyMisplaced(world, zone, before, set);
  if (misplaced) throw invalid(misplaced);
  if (set.Weight !== undefined && (set.Weight < 0 || set.Weight > 255)) {
    throw awsError('InvalidInput', `Invalid weight ${set.Weight}: it must be between 0 and 255`);
  }
  if (set.HealthCheckId && !world.healthChecks.some(({ id }) => id === set.HealthCheckId)) {
    throw awsError('NoSuchHealthCheck', `No health check exists with the specified ID: ${set.HealthCheckId}`, 404);
  }
  return index < 0 ? [...before, set] : before.with(index, set);
}

/** Why a set cannot stand where it is put; nothing, where it can. */
function whyMisplaced(
  world: World,
  zone: Zone,
  before: ResourceRecordSet[],
  { Name = '', Type, AliasTarget }: ResourceRecordSet,
): string | undefined {
  if (Type === 'CNAME' && Name === zone.name)
    return `RRSet of type CNAME with DNS name ${Name} is not permitted at apex in zone ${zone.name}`;
  const isAlone = Type === 'CNAME';
  if (before.some((one) => one.Name === Name && (isAlone ? one.Type !== 'CNAME' : one.Type === 'CNAME'))) {
    return `RRSet of type ${Type} with DNS name ${Name} is not permitted because a conflicting RRSet with the same DNS name already exists in zone ${zone.name}`;
  }
  if (!AliasTarget) return undefined;
  const { DNSName = '', HostedZoneId = '', EvaluateTargetHealth } = AliasTarget;
  const target = plainTarget(DNSName);
  const isIn = zoneOfTarget(world.topology, target);
  if (isIn !== undefined && isIn !== HostedZoneId) {
    return `Tried to create an alias that targets ${target}., type ${Type} in zone ${HostedZoneId}, but the alias target name does not lie within the target zone`;
  }
  return isCloudFront(target) && EvaluateTargetHealth
    ? 'EvaluateTargetHealth cannot be true for an alias that targets a CloudFront distribution'
    : undefined;
}

const policyOf = ({ Failover, Weight, Region, GeoLocation, MultiValueAnswer }: ResourceRecordSet): string => {
  if (Failover) return 'failover';
  if (Weight !== undefined) return 'weighted';
  return Region ? 'latency' : GeoLocation ? 'geolocation' : MultiValueAnswer ? 'multivalue' : 'simple';
};

/** A record set as Route 53 compares it: what was left out is as if it were not there. */
const comparable = (set: ResourceRecordSet): object => JSON.parse(JSON.stringify(set));

const invalid = (message: string) => awsError('InvalidChangeBatch', `[${message}]`);
