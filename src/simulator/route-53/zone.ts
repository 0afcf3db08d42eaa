import type { ResourceRecordSet } from '@aws-sdk/client-route-53';
import type { Simulation } from '../../drill/simulation.ts';
import type { Topology } from '../../drill/topology.ts';
import { recordPolicyOf, type Traffic } from '../../components/route53/schema.ts';
import { hash32 } from '../distributions.ts';
import { always } from '../timeline.ts';
import type { Accelerator, HealthCheck, RoutingControl, Zone } from '../traffic-state.ts';
import { isSameSet, storedName } from './record-sets.ts';

export function newZone(
  { traffic, regions, witness }: Topology,
  { traffic: said }: Simulation,
  accelerator: Accelerator | null,
): Zone {
  const policy = recordPolicyOf(traffic);
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
  const described =
    policy === 'simple' && accelerator
      ? [aliasOf(traffic.name, accelerator.dnsName)]
      : [...sideRecords(traffic, 'primary', regions.primary), ...sideRecords(traffic, 'recovery', regions.recovery)];
  const others = said.records.map((one) => saidRecord(traffic, one));
  const replaced = (one: ResourceRecordSet) => said.only || others.some((other) => isSameSet(one, other));
  const records = [...described.filter((one) => !replaced(one)), ...others];
  const ids = new Set([traffic.primary.healthCheck, traffic.recovery.healthCheck].filter((id) => id !== undefined));
  const seen = (['primary', 'recovery'] as const).flatMap((side) =>
    witness ? [endpointCheck(witness.healthChecks[side], regions[side])] : [],
  );
  return {
    id: traffic.zone,
    isPrivate: said.privateZone,
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
    putBack: null,
  };
}

/** The records of one region: fixed addresses, or aliases of its load balancer. */
function sideRecords(traffic: Traffic, name: 'primary' | 'recovery', region: string): ResourceRecordSet[] {
  const { setIdentifier, healthCheck, address, ipv6, target } = traffic[name];
  const first = name === 'primary';
  const set = {
    Name: storedName(traffic.name),
    SetIdentifier: setIdentifier,
    ...(recordPolicyOf(traffic) === 'failover'
      ? { Failover: first ? ('PRIMARY' as const) : ('SECONDARY' as const) }
      : { Weight: first ? 100 : 0 }),
    ...(healthCheck && { HealthCheckId: healthCheck }),
  };
  if (target !== undefined) {
    const AliasTarget = {
      HostedZoneId: `Z${hash32(`load balancers of ${region}`).toString(36).toUpperCase()}`,
      DNSName: `dualstack.${target}.`,
      EvaluateTargetHealth: true,
    };
    return [{ ...set, Type: 'A', AliasTarget }];
  }
  const fixed = (Type: 'A' | 'AAAA', Value: string | undefined): ResourceRecordSet[] =>
    Value === undefined ? [] : [{ ...set, Type, TTL: traffic.ttl / 1000, ResourceRecords: [{ Value }] }];
  return [...fixed('A', address), ...fixed('AAAA', ipv6)];
}

/** A record set that the simulation says there is. */
function saidRecord(traffic: Traffic, said: Simulation['traffic']['records'][number]): ResourceRecordSet {
  const { name, type, setIdentifier, ttl, weight, failover, region, country, alias, healthCheck, multivalue } = said;
  return {
    Name: storedName(name ?? traffic.name),
    Type: type,
    ...(setIdentifier !== undefined && { SetIdentifier: setIdentifier }),
    ...(weight !== undefined && { Weight: weight }),
    ...(failover && { Failover: failover }),
    ...(region !== undefined && { Region: region as NonNullable<ResourceRecordSet['Region']> }),
    ...(country !== undefined && { GeoLocation: { CountryCode: country } }),
    ...(multivalue && { MultiValueAnswer: true }),
    ...(healthCheck !== undefined && { HealthCheckId: healthCheck }),
    ...(alias === undefined
      ? { TTL: (ttl ?? traffic.ttl) / 1000, ResourceRecords: said.values.map((Value) => ({ Value })) }
      : {
          AliasTarget: {
            HostedZoneId: 'Z0EXAMPLETARGET',
            DNSName: `${alias}.`,
            EvaluateTargetHealth: said.evaluateTargetHealth,
          },
        }),
  };
}

/** All aliases of accelerators name this zone, whose id AWS gives. */
const ACCELERATORS_ZONE = 'Z2BJ6XQ5FK7U4H';

const aliasOf = (name: string, dnsName: string): ResourceRecordSet => ({
  Name: storedName(name),
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
