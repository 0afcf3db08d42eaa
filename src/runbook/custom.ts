import { NOTHING, type Part, stepsIn } from '../../state-machines/course.ts';
import type { CustomDrill, CustomStep } from '../drill/drill.ts';
import type { Topology } from '../drill/topology.ts';
import { runbookSteps } from './course-steps.ts';
import type { Runbook } from './form.ts';
import { type Lines, linesOn } from './lines.ts';
import { heartbeatWatches, keptWatches, leverWatch, nameWatches } from './watches.ts';

/** Every line of a drill's own course, in the order of its file. */
export const stepsOf = ({ phases, cleanUp }: CustomDrill): CustomStep[] => [
  ...phases.flatMap(({ steps, parallel }) => [...(steps ?? []), ...Object.values(parallel ?? {}).flat()]),
  ...cleanUp,
];

/** A drill of the file's own lines on this topology. */
export function customRunbook(drill: CustomDrill, topology: Topology): Runbook {
  const lines = linesOn(topology, drill.of);
  const phases = drill.phases.map((one) => ({ phase: one.phase, part: partOf(one, lines) }));
  const cleanUp = drill.cleanUp.flatMap((line) => stepsIn(lines.part(line)));
  const { steps } = lines;
  const watches = {
    ...nameWatches(drill, topology),
    ...heartbeatWatches(drill, topology, steps),
    ...leverWatch(steps),
    ...keptWatches(drill, topology, steps),
  };
  return {
    lines: lines.asked,
    course: { machine: 'custom', phases, cleanUp, watches: Object.keys(watches) },
    steps: runbookSteps(steps, drill, topology),
    watches,
  };
}

function partOf({ steps, parallel }: CustomDrill['phases'][number], lines: Lines): Part {
  if (steps) return row(steps, lines);
  if (!parallel) return NOTHING;
  const branches = Object.entries(parallel).map(([name, one]) => [name, { part: row(one, lines) }] as const);
  return { beside: Object.fromEntries(branches) };
}

const row = (steps: readonly CustomStep[], lines: Lines): Part => ({ row: steps.map((line) => lines.part(line)) });
