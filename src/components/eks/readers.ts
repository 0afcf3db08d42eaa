import { type ComponentOf, componentsOf } from '../../drill/components.ts';
import { calledBy } from '../../drill/deployments.ts';
import type { Topology } from '../../drill/topology.ts';
import { readBy } from '../schemas.ts';

/** Deployments of a compute, and the variable in which they read where a data store takes writes. */
interface Readers {
  deployments: string[];
  variable: string;
}

/** Who in a compute reads where a data store takes writes: all of its deployments that use it, and those that the store itself names. */
export function readersOf(compute: ComponentOf<'eks'>, store: string, topology: Topology): Readers[] {
  const users = compute.uses[store];
  const described = topology.data[store];
  const named = described && readBy(described);
  const isHere = named && (named.runsIn === compute.id || (named.runsIn === undefined && isOnly(compute.id, topology)));
  return [
    ...(users ? [{ deployments: compute.deployments.map(calledBy), variable: users.variable }] : []),
    ...(named && isHere ? [{ deployments: [...named.deployments], variable: named.variable }] : []),
  ];
}

const isOnly = (compute: string, topology: Topology): boolean =>
  componentsOf(topology, 'eks').every(({ id }) => id === compute);

/** What each deployment of a compute is to read, where data stores take their writes at these addresses. */
export function environmentsFor(
  compute: ComponentOf<'eks'>,
  addresses: readonly { store: string; address: string }[],
  topology: Topology,
): { name: string; environment: Record<string, string> }[] {
  const all = new Map<string, Record<string, string>>();
  for (const { store, address } of addresses)
    for (const { deployments, variable } of readersOf(compute, store, topology))
      for (const name of deployments) all.set(name, { ...all.get(name), [variable]: address });
  return [...all].map(([name, environment]) => ({ name, environment }));
}
