import type { Drill } from './drill.ts';
import { isMapping } from './mapping.ts';
import { simulationSchema } from './simulation.ts';

/** What a drill's own scenario says of its world, and the seed: no defect that someone put in. */
const SCENARIO = ['seed', 'begins', 'partition.thirdSees'];

/** Settings of the simulated world that are not as they are by default, by the drill file or by `--set`: its paths, such as `simulation.promotion.takes`. */
export function simulationChanges(drill: Drill): string[] {
  const { quorum } = drill as { quorum?: { holder?: string } };
  const scenario =
    quorum?.holder === drill.simulation.partition.thirdSees || drill.simulation.partition.thirdSees === 'both';
  return differing(drill.simulation, simulationSchema.parse({}))
    .filter((path) => !SCENARIO.includes(path) || (path === 'partition.thirdSees' && !scenario))
    .map((path) => `simulation.${path}`);
}

/** Paths at which two plain values differ. */
function differing(one: unknown, two: unknown, path: string[] = []): string[] {
  if (isMapping(one) && isMapping(two))
    return Object.keys(one).flatMap((key) => differing(one[key], two[key], [...path, key]));
  return JSON.stringify(one) === JSON.stringify(two) ? [] : [path.join('.')];
}
