import { componentsOf } from '../../drill/components.ts';
import type { Simulation } from '../../drill/simulation.ts';
import type { Topology } from '../../drill/topology.ts';
import { hash32 } from '../distributions.ts';
import type { NodeGroup, Reservation } from '../state.ts';
import type { World } from '../world.ts';

/** The zones of a region that its node groups are in. */
const zonesIn = (region: string): string[] => ['a', 'b', 'c'].map((letter) => `${region}${letter}`);

const idOf = (kind: string, name: string): string =>
  `${kind}-0${[name, `${name}/`].map((one) => hash32(one).toString(16).padStart(8, '0')).join('')}`;

/** One subnet in each zone. */
export const subnetsIn = (region: string): { id: string; zone: string }[] =>
  zonesIn(region).map((zone) => ({ id: idOf('subnet', zone), zone }));

/** Capacity Reservations for the nodes that a failover needs, or for as many as the simulation says. */
export function newReservations(
  topology: Topology,
  { nodes: { reserved, capacity } }: Simulation,
  groups: readonly NodeGroup[],
): Reservation[] {
  const region = topology.regions.recovery;
  const zones = zonesIn(region);
  const reservations = new Map<string, Reservation>();
  for (const { recovery } of componentsOf(topology, 'eks')) {
    const { cluster, nodegroup, failoverNodes, capacityReservations: named } = recovery;
    const group = groups.find((one) => one.region === region && one.cluster === cluster && one.name === nodegroup);
    if (!group || !failoverNodes) continue;
    const ids = Array.isArray(named) ? named : zones.map((zone) => idOf('cr', `${cluster}/${group.name}/${zone}`));
    const count = Math.min(failoverNodes.desired, reserved ?? capacity ?? failoverNodes.desired);
    for (const [index, id] of ids.entries()) {
      const total = Math.floor(count / ids.length) + (index < count % ids.length ? 1 : 0);
      if (total === 0 || reservations.has(id)) continue;
      reservations.set(id, {
        id,
        region,
        zone: zones[index % zones.length] as string,
        instanceType: group.instanceTypes[0] as string,
        total,
        matches: Array.isArray(named) ? 'targeted' : 'open',
      });
    }
  }
  return [...reservations.values()];
}

/** The reservations of a region, each with how many instances it still has room for: nodes are spread over the zones. */
export function reservationsIn(
  { reservations, nodeGroups }: World,
  region: string,
): (Reservation & { free: number })[] {
  const running = new Map<string, number>();
  const zones = zonesIn(region);
  for (const group of nodeGroups.filter((one) => one.region === region)) {
    const there = group.nodes.filter(({ goneMs }) => goneMs === null).length;
    for (let index = 0; index < there; index += 1) {
      const key = `${group.instanceTypes[0]} ${zones[index % zones.length]}`;
      running.set(key, (running.get(key) ?? 0) + 1);
    }
  }
  return reservations
    .filter((one) => one.region === region)
    .map((one) => {
      const key = `${one.instanceType} ${one.zone}`;
      const used = Math.min(one.total, running.get(key) ?? 0);
      running.set(key, (running.get(key) ?? 0) - used);
      return { ...one, free: one.total - used };
    });
}

/** How many more nodes a group gets for certain, where the simulation says what is reserved. */
export const guaranteedTo = (world: World, { region, instanceTypes }: NodeGroup): number =>
  world.simulation.nodes.reserved === undefined
    ? 0
    : reservationsIn(world, region)
        .filter(({ instanceType }) => instanceTypes.includes(instanceType))
        .reduce((sum, { free }) => sum + free, 0);
