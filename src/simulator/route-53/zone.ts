import type { ResourceRecordSet } from '@aws-sdk/client-route-53';
import type { Topology } from '../../drill/topology.ts';
import { recordPolicyOf } from '../../drill/traffic.ts';
import { always, at, since } from '../timeline.ts';
import type { Accelerator, HealthCheck, RoutingControl, Zone } from '../traffic-state.ts';
import type { World } from '../world.ts';

export function newZone({ traffic, regions, witness }: Topology, accelerator: Accelerator | null): Zone {
  const policy = recordPolicyOf(traffic);
  const failover = policy === 'failover';
  const record = (side: Topology['traffic']['primary'], first: boolean): ResourceRecordSet => ({
    Name: `${traffic.name}.`,
    Type: 'A',
    SetIdentifier: side.setIdentifier,
    ...(failover ? { Failover: first ? 'PRIMARY' : 'SECONDARY' } : { Weight: first ? 100 : 0 }),
    TTL: traffic.ttl / 1000,
    ResourceRecords: [{ Value: side.address }],
    ...(side.healthCheck ? { HealthCheckId: side.healthCheck } : {}),
  });
  const { routingControls: controls } = traffic;
  const control = (side: 'primary' | 'recovery', arn: string): RoutingControl => ({
    arn,
    name: side,
    healthCheck: traffic[side].healthCheck ?? '',
    on: side === 'primary',
  });
  const routingControls =
    controls && traffic.lever === 'arc-routing-controls'
      ? [control('primary', controls.primary), control('recovery', controls.recovery)]
      : [];
  const records =
    policy === 'simple' && accelerator
      ? [aliasOf(traffic.name, accelerator)]
      : [record(traffic.primary, true), record(traffic.recovery, false)];
  const ids = new Set([traffic.primary.healthCheck, traffic.recovery.healthCheck].filter((id) => id !== undefined));
  const seen = (['primary', 'recovery'] as const).flatMap((side) =>
    witness ? [endpointCheck(witness.healthChecks[side], regions[side])] : [],
  );
  return {
    id: traffic.zone,
    records,
    published: always(structuredClone(records)),
    healthChecks: [
      ...[...ids].map((id) => ({
        id,
        version: 1,
        inverted: false,
        disabled: false,
        endpoint: null,
        healthy: always(routingControls.find(({ healthCheck }) => healthCheck === id)?.on ?? true),
      })),
      ...seen,
    ],
    changes: [],
    routingControls,
  };
}

/** All aliases of accelerators name this zone, whose id AWS gives. */
const ACCELERATORS_ZONE = 'Z2BJ6XQ5FK7U4H';

const aliasOf = (name: string, { dnsName }: Accelerator): ResourceRecordSet => ({
  Name: `${name}.`,
  Type: 'A',
  AliasTarget: { HostedZoneId: ACCELERATORS_ZONE, DNSName: `${dnsName}.`, EvaluateTargetHealth: true },
});

/** What asks a region's own door from all over the world; no record hangs on it. */
const endpointCheck = (id: string, region: string): HealthCheck => ({
  id,
  version: 1,
  inverted: false,
  disabled: false,
  endpoint: { region, requestIntervalSeconds: 10, failureThreshold: 3 },
  healthy: always(true),
});

/** Addresses, with the share of answers that carry them. */
export interface Answer {
  addresses: string[];
  share: number;
  ttlMs: number;
}

/** What name servers answer for the shop's name at an instant. */
export function answers({ zone, accelerator, topology }: World, ms: number): Answer[] {
  const records = at(zone.published, ms);
  const healthy = records.filter((record) => isHealthy(zone, record, ms));
  const chosen = records.some(({ Failover }) => Failover) ? byFailover(records, healthy) : byWeight(records, healthy);
  const total = chosen.reduce((sum, { Weight }) => sum + (Weight ?? 0), 0);
  return chosen.map(({ Weight, ResourceRecords, TTL, AliasTarget }) => ({
    addresses: AliasTarget ? (accelerator?.addresses ?? []) : [ResourceRecords?.[0]?.Value ?? ''],
    // All weights zero: every record answers alike.
    share: total === 0 ? 1 / chosen.length : (Weight ?? 0) / total,
    ttlMs: TTL === undefined ? topology.traffic.ttl : TTL * 1000,
  }));
}

/** A record without a check always counts as healthy. */
function isHealthy(zone: Zone, { HealthCheckId }: ResourceRecordSet, ms: number): boolean {
  const check = zone.healthChecks.find(({ id }) => id === HealthCheckId);
  return check === undefined || at(check.healthy, ms);
}

/** The primary, unless it is unhealthy and the secondary is not: with both unhealthy the primary answers. */
function byFailover(records: ResourceRecordSet[], healthy: ResourceRecordSet[]): ResourceRecordSet[] {
  const primary = records.find(({ Failover }) => Failover === 'PRIMARY');
  const secondary = healthy.find(({ Failover }) => Failover === 'SECONDARY');
  const answering = primary && (healthy.includes(primary) || !secondary) ? primary : secondary;
  return answering ? [answering] : [];
}

/** Healthy records with a weight; failing them healthy ones of weight 0; failing them all, as if all were healthy. */
function byWeight(records: ResourceRecordSet[], healthy: ResourceRecordSet[]): ResourceRecordSet[] {
  const candidates = healthy.length > 0 ? healthy : records;
  const weighted = candidates.filter(({ Weight }) => (Weight ?? 0) > 0);
  return weighted.length > 0 ? weighted : candidates;
}

/** Instants up to `ms` from which name servers may answer otherwise than before. */
export const lastChangeMs = ({ zone }: World, ms: number): number =>
  zone.healthChecks.reduce((last, { healthy }) => Math.max(last, since(healthy, ms)), since(zone.published, ms));
