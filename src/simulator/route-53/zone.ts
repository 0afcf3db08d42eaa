import type { ResourceRecordSet } from '@aws-sdk/client-route-53';
import { fixedAddresses } from '../../components/public-name/destination.ts';
import { recordPolicyOf, type Traffic, typesOf } from '../../components/route53/schema.ts';
import { componentsOf } from '../../drill/components.ts';
import { plainDomain } from '../../drill/names.ts';
import type { Simulation } from '../../drill/simulation.ts';
import type { Topology } from '../../drill/topology.ts';
import { acceleratorOf } from '../global-accelerator.ts';
import type { State } from '../state.ts';
import { always } from '../timeline.ts';
import type { Accelerator, Endpoint, HealthCheck, RoutingControl, Zone } from '../traffic-state.ts';
import { isSameSet, storedName } from './record-sets.ts';
import { isCloudFront, isLoadBalancer, zoneOfTarget } from './targets.ts';

const SIDES = ['primary', 'recovery'] as const;

type TrafficState = Pick<State, 'zones' | 'healthChecks' | 'routingControls' | 'putBack'>;

/** The hosted zones of the topology's names, and the health checks and routing controls on which their records hang. */
export function newTraffic(
  topology: Topology,
  simulation: Simulation,
  startMs: number,
  accelerators: Accelerator[],
): TrafficState {
  const names = componentsOf(topology, 'route53');
  const { regions, witness } = topology;
  const routingControls = uniqueBy(names.flatMap(controlsOf), ({ arn }) => arn);
  const gates = names.flatMap((one) =>
    SIDES.map((side) => gateOf(one[side], regions[side], startMs, routingControls)).filter(
      (gate) => gate !== undefined,
    ),
  );
  const seen = SIDES.flatMap((side) =>
    witness ? [check(witness.healthChecks[side], asking(regions[side], WITNESS_CHECK, startMs))] : [],
  );
  return {
    zones: [...new Set(names.map(({ zone }) => zone))].map((id) =>
      newZone(id, names, { topology, simulation, accelerators }),
    ),
    healthChecks: uniqueBy([...gates, ...seen], ({ id }) => id),
    routingControls,
    putBack: null,
  };
}

function controlsOf(traffic: Traffic): RoutingControl[] {
  const { lever, routingControls } = traffic;
  if (!routingControls || lever !== 'arc-routing-controls') return [];
  return SIDES.map((side) => ({
    arn: routingControls[side],
    name: side,
    healthCheck: traffic[side].healthCheck ?? '',
    on: side === 'primary',
  }));
}

/** The first of those with the same key. */
const uniqueBy = <T>(all: T[], keyOf: (one: T) => string): T[] =>
  [...new Map(all.toReversed().map((one) => [keyOf(one), one])).values()].toReversed();

interface Around {
  topology: Topology;
  simulation: Simulation;
  accelerators: Accelerator[];
}

function newZone(id: string, names: Traffic[], { topology, simulation, accelerators }: Around): Zone {
  const here = names.filter(({ zone }) => zone === id);
  const [first] = here as [Traffic];
  const { regions } = topology;
  const described = here.flatMap((traffic) => {
    if (traffic.lever === 'global-accelerator-dials') {
      const accelerator = acceleratorOf(accelerators, traffic);
      return accelerator ? [aliasOf(traffic.name, accelerator.dnsName)] : [];
    }
    // One record of each type serves both regions, and leads to the primary one.
    const sides = recordPolicyOf(traffic) === 'simple' ? (['primary'] as const) : SIDES;
    return sides.flatMap((side) => recordsOf(traffic, side, topology));
  });
  const said = simulation.traffic;
  const others = said.records
    .filter(({ name }) => zoneFor(name, names) === id)
    .map((one) => saidRecord(topology, first, one));
  const replaced = (one: ResourceRecordSet) => said.only || others.some((other) => isSameSet(one, other));
  const records = [...described.filter((one) => !replaced(one)), ...others];
  return {
    id,
    name: `${domainOf(first.name)}.`,
    isPrivate: said.privateZone || first.private,
    vpcs: said.vpcs ?? [regions.primary, regions.recovery],
    records,
    published: always(structuredClone(records)),
    changes: [],
  };
}

const domainOf = (name: string): string => name.split('.').slice(-2).join('.');

/** The zone of a record that the simulation names: that of the same public name, or of one of the same domain, or the first one. */
function zoneFor(name: string | undefined, names: Traffic[]): string | undefined {
  const plain = plainDomain(name);
  const same = names.find((one) => one.name === plain);
  return (same ?? names.find((one) => domainOf(one.name) === domainOf(plain)) ?? names[0])?.zone;
}

/** The records that lead to one region, of every type: fixed addresses, or aliases and CNAMEs of its load balancer. */
export function recordsOf(traffic: Traffic, name: 'primary' | 'recovery', topology: Topology): ResourceRecordSet[] {
  const side = traffic[name];
  const set = { Name: storedName(traffic.name), ...policyOf(traffic, name, topology.regions[name]) };
  return typesOf(traffic).flatMap((Type): ResourceRecordSet[] => {
    const TTL = traffic.ttl / 1000;
    if (Type === 'CNAME') return [{ ...set, Type, TTL, ResourceRecords: [{ Value: side.target ?? '' }] }];
    if (side.target !== undefined) return [{ ...set, Type, AliasTarget: aliasTo(topology, side) }];
    const values = fixedAddresses(side, Type);
    return values.length === 0 ? [] : [{ ...set, Type, TTL, ResourceRecords: values.map((Value) => ({ Value })) }];
  });
}

/** What tells the records of a region from the others, and decides whom they answer. */
function policyOf(traffic: Traffic, name: 'primary' | 'recovery', region: string): Partial<ResourceRecordSet> {
  const { setIdentifier, healthCheck } = traffic[name];
  const first = name === 'primary';
  const policy = recordPolicyOf(traffic);
  if (policy === 'simple') return {};
  return {
    ...(setIdentifier !== undefined && { SetIdentifier: setIdentifier }),
    ...(healthCheck && { HealthCheckId: healthCheck }),
    ...(policy === 'failover' && { Failover: first ? ('PRIMARY' as const) : ('SECONDARY' as const) }),
    ...(policy === 'weighted' && { Weight: first ? 100 : 0 }),
    ...(policy === 'latency' && { Region: region as NonNullable<ResourceRecordSet['Region']> }),
  };
}

function aliasTo(
  topology: Topology,
  { target = '', evaluateTargetHealth }: Traffic['primary'],
): NonNullable<ResourceRecordSet['AliasTarget']> {
  return {
    HostedZoneId: zoneOfTarget(topology, target) ?? '',
    DNSName: `${isLoadBalancer(target) ? 'dualstack.' : ''}${target}.`,
    // Route 53 refuses it for a distribution of CloudFront.
    EvaluateTargetHealth: evaluateTargetHealth ?? !isCloudFront(target),
  };
}

/** A record set that the simulation says there is. */
function saidRecord(
  topology: Topology,
  traffic: Traffic,
  said: Simulation['traffic']['records'][number],
): ResourceRecordSet {
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
            HostedZoneId: said.targetZone ?? zoneOfTarget(topology, alias) ?? 'Z0EXAMPLETARGET',
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

/** No record hangs on those of the witness, which ask a region's door from all over the world. */
const WITNESS_CHECK = { every: 10_000, failures: 3 };

/** The check of a record: it asks the region's endpoint, or is calculated from no other check at all and so healthy until it is inverted. */
function gateOf(
  { healthCheck, endpointCheck }: Traffic['primary'],
  region: string,
  startMs: number,
  controls: readonly RoutingControl[],
): HealthCheck | undefined {
  if (healthCheck === undefined) return undefined;
  const on = controls.find((one) => one.healthCheck === healthCheck)?.on ?? true;
  return check(healthCheck, endpointCheck ? asking(region, endpointCheck, startMs) : null, on);
}

const asking = (
  region: string,
  { every, failures, path }: NonNullable<Traffic['primary']['endpointCheck']>,
  askedMs: number,
): Endpoint => ({
  region,
  path: path ?? null,
  requestIntervalSeconds: every / 1_000,
  failureThreshold: failures,
  askedMs,
  otherwise: 0,
});

const check = (id: string, endpoint: Endpoint | null, finds = true): HealthCheck => ({
  id,
  version: 1,
  inverted: false,
  disabled: false,
  endpoint,
  finds: always(finds),
  inForce: always({ inverted: false, disabled: false }),
});
