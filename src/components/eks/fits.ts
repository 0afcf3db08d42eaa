import type { ComponentOf } from '../../drill/components.ts';
import type { Path } from '../../drill/locate.ts';
import { type Complaint, complaint } from '../../drill/mistakes.ts';
import type { Topology } from '../../drill/topology.ts';
import { OWN } from '../fits.ts';
import type { Eks } from './schema.ts';

/** What writes somewhere writes to a data store of the topology. */
export const usesFit = ({ id, uses }: ComponentOf<'eks'>, topology: Topology): Complaint[] =>
  Object.keys(uses).flatMap((store) => {
    if (store in topology.data) return [];
    const expected = `one of ${Object.keys(topology.data).join(', ') || 'data, in the topology'}`;
    return [complaint(['compute', id, 'uses', store], `the topology has no data store '${store}'`, { expected })];
  });

/** One namespace has one deployment of a name. */
export const namedApart = ({ namespace, deployments }: Eks, path: Path): Complaint[] =>
  deployments.flatMap(({ name, namespace: own = namespace }, index) => {
    const isTaken = deployments
      .slice(0, index)
      .some((one) => one.name === name && (one.namespace ?? namespace) === own);
    if (!isTaken) return [];
    return [complaint([...path, 'deployments', index], `there are two deployments '${name}' in ${own}`, OWN)];
  });

/** A node group has its sizes, and they are in order. */
export function nodesOf({ primary, recovery }: Eks, path: Path): Complaint[] {
  const sized: [Path, string | undefined, Eks['primary']['nodes']][] = [
    [['primary', 'nodes'], primary.nodegroup, primary.nodes],
    [['recovery', 'nodes'], recovery.nodegroup, recovery.nodes],
    [['recovery', 'failoverNodes'], recovery.nodegroup, recovery.failoverNodes],
  ];
  const reserved = recovery.capacityReservations;
  const unused: Complaint[] =
    reserved !== undefined && recovery.nodegroup === undefined
      ? [
          complaint(
            [...path, 'recovery', 'capacityReservations'],
            `${path.join('.')}.recovery has Capacity Reservations and no node group that would use them`,
            { expected: "the key 'nodegroup', or no 'capacityReservations'" },
          ),
        ]
      : [];
  const missing = sized.flatMap(([keys, nodegroup, nodes]) => {
    const at = [...path, ...keys];
    if (nodes) return nodesFit(at, nodes);
    if (nodegroup === undefined) return [];
    const message = `${at.slice(0, -1).join('.')} has a node group and lacks the key '${String(keys[1])}'`;
    return [complaint(at.slice(0, -1), message, { expected: '{ min, desired, max }' })];
  });
  return [...missing, ...unused];
}

function nodesFit(path: Path, { min, desired, max }: { min: number; desired: number; max: number }): Complaint[] {
  if (min <= desired && desired <= max) return [];
  const message = `${path.join('.')}: ${min}, ${desired}, ${max} are not in order`;
  return [complaint(path, message, { expected: 'min ≤ desired ≤ max' })];
}
