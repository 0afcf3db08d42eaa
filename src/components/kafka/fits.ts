import { type ComponentOf, componentsBehind } from '../../drill/components.ts';
import { calledBy } from '../../drill/deployments.ts';
import type { Path } from '../../drill/locate.ts';
import { type Complaint, complaint } from '../../drill/mistakes.ts';
import type { Topology } from '../../drill/topology.ts';
import { isCompute, OWN } from '../fits.ts';

/** Producers serve customers and are scaled with the rest; consumers are scaled by themselves, each with a group of its own. */
export function messagingFits(one: ComponentOf<'kafka'>, topology: Topology): Complaint[] {
  const { id, producers, consumers, runsIn } = one;
  const wrong = isCompute(runsIn, ['data', id, 'runsIn'], topology);
  if (wrong.length > 0) return wrong;
  const compute = componentsBehind('kubernetes', topology).find((each) => runsIn === undefined || each.id === runsIn);
  const serving = (compute?.deployments ?? []).map(calledBy);
  const unknown = producers.deployments.flatMap((name, index) => {
    const expected = `one of ${serving.join(', ')}`;
    const path: Path = ['data', id, 'producers', 'deployments', index];
    return serving.includes(name)
      ? []
      : [complaint(path, `'${name}' is no deployment of ${compute?.id}`, { expected })];
  });
  const taken = consumers.flatMap(({ deployment, group }, index) => {
    const at = (key: string): Path => ['data', id, 'consumers', index, key];
    const before = consumers.slice(0, index);
    const isTaken = serving.includes(deployment) || before.some((each) => each.deployment === deployment);
    return [
      ...(isTaken ? [complaint(at('deployment'), `there are two deployments '${deployment}'`, OWN)] : []),
      ...(before.some((each) => each.group === group)
        ? [complaint(at('group'), `there are two groups '${group}'`, OWN)]
        : []),
    ];
  });
  return [...unknown, ...taken];
}
