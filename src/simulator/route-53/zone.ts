import type { ResourceRecordSet } from '@aws-sdk/client-route-53';
import { recordPolicyOf, type Traffic } from '../../components/route53/schema.ts';
import { componentsOf } from '../../drill/components.ts';
import { plainDomain } from '../../drill/names.ts';
import type { Simulation } from '../../drill/simulation.ts';
import type { Topology } from '../../drill/topology.ts';
import { hash32 } from '../distributions.ts';
import { acceleratorOf } from '../global-accelerator.ts';
import type { State } from '../state.ts';
import { always } from '../timeline.ts';
import type { Accelerator, HealthCheck, RoutingControl, Zone } from '../traffic-state.ts';
import { isSameSet, storedName } from './record-sets.ts';

const SIDES = ['primary', 'recovery'] as const;

type TrafficState = Pick<State, 'zones' | 'healthChecks' | 'routingControls' | 'putBack'>;

/** The hosted zones of the topology's names, and the health checks and routing controls on which their records hang. */
export function newTraffic(topology: Topology, simulation: Simulation, accelerators: Accelerator[]): TrafficState {
  const names = componentsOf(topology, 'route53');
  const { regions, witness } = topology;
  const routingControls = uniqueBy(names.flatMap(controlsOf), ({ arn }) => arn);
  const gates = names.flatMap((one) => SIDES.flatMap((side) => one[side].healthCheck ?? []));
  const seen = SIDES.flatMap((side) => (witness ? [endpointCheck(witness.healthChecks[side], regions[side])] : []));
  return {
    zones: [...new Set(names.map(({ zone }) => zone))].map((id) =>
      newZone(id, names, { topology, simulation, accelerators }),
    ),
    healthChecks: [
      ...[...new Set(gates)].map((id) => ({
        id,
        version: 1,
        inverted: false,
        disabled: false,
        endpoint: null,
        healthy: always(routingControls.find(({ healthCheck }) => healthCheck === id)?.on ?? true),
      })),
      ...seen,
    ],
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

function uniqueBy<T>(all: T[], keyOf: (one: T) => string): T[] {
  return [...new Map(all.map((one) => [keyOf(one), one])).values()];
}

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
    const accelerator = acceleratorOf(accelerators, traffic);
    return recordPolicyOf(traffic) === 'simple' && accelerator
      ? [aliasOf(traffic.name, accelerator.dnsName)]
      : SIDES.flatMap((side) => sideRecords(traffic, side, regions[side]));
  });
  const said = simulation.traffic;
  const others = said.records.filter(({ name }) => zoneFor(name, names) === id).map((one) => saidRecord(first, one));
  const replaced = (one: ResourceRecordSet) => said.only || others.some((other) => isSameSet(one, other));
  const records = [...described.filter((one) => !replaced(one)), ...others];
  return {
    id,
    name: `${domainOf(first.name)}.`,
    isPrivate: said.privateZone,
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
