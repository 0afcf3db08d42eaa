import { type ComponentOf, componentsOf } from '../../drill/components.ts';
import type { Topology } from '../../drill/topology.ts';

export const SIDES = ['primary', 'recovery'] as const;
export type Side = (typeof SIDES)[number];

/** A namespace of a cluster. */
export interface Place {
  region: string;
  cluster: string;
  namespace: string;
}

/** Where a deployment of a compute is on a side; those that say nothing are in the usual namespace. */
export const placeOn = (
  { regions }: Topology,
  compute: ComponentOf<'eks'>,
  side: Side,
  { namespace = compute.namespace }: { namespace?: string | undefined } = {},
): Place => ({ region: regions[side], cluster: compute[side].cluster, namespace });

/** The side that a region is; `undefined` for a third one. */
export const sideIn = ({ regions }: Topology, region: string): Side | undefined =>
  SIDES.find((one) => regions[one] === region);

/** The compute of that name, or the first one where none is named. */
export const computeNamed = (topology: Topology, id: string | undefined): ComponentOf<'eks'> | undefined =>
  componentsOf(topology, 'eks').find((one) => id === undefined || one.id === id);

/** Every namespace in which the topology has deployments. */
export const placesOf = (topology: Topology): Place[] =>
  componentsOf(topology, 'eks').flatMap((compute) =>
    SIDES.flatMap((side) => [{}, ...compute.deployments].map((one) => placeOn(topology, compute, side, one))),
  );

export const isSamePlace = (one: Place, other: Place): boolean =>
  one.region === other.region && one.cluster === other.cluster && one.namespace === other.namespace;

/** Assumption: pods of the shop that fit one node. */
export const PODS_PER_NODE = 3;

/** The pods of a compute on a side while the primary region serves. */
export const podsAtRest = ({ deployments }: ComponentOf<'eks'>, side: Side): number =>
  deployments.reduce((sum, { replicas, standby }) => sum + (side === 'primary' ? replicas : standby), 0);
