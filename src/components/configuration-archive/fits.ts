import { type ComponentOf, componentsBehind } from '../../drill/components.ts';
import type { Path } from '../../drill/locate.ts';
import { type Complaint, complaint } from '../../drill/mistakes.ts';
import type { Topology } from '../../drill/topology.ts';

/** What is archived is a namespace in which its compute has something. */
export function isOfCompute(one: ComponentOf<'configuration-archive'>, topology: Topology, path: Path): Complaint[] {
  const { of, namespace } = one;
  const compute = componentsBehind('kubernetes', topology).find(({ id }) => of === undefined || id === of);
  if (namespace === undefined || compute === undefined) return [];
  const known = new Set([compute.namespace, ...compute.deployments.flatMap((each) => each.namespace ?? [])]);
  if (known.has(namespace)) return [];
  const expected = `one of ${[...known].join(', ')}`;
  return [complaint([...path, 'namespace'], `${compute.id} has nothing in '${namespace}'`, { expected })];
}
