import { machineOf, stepNames } from '../../state-machines/index.ts';
import { surpriseOf } from '../drill/candidates.ts';
import type { Drill } from '../drill/drill.ts';
import type { Topology } from '../drill/topology.ts';
import { planSteps } from '../plan/plan-steps.ts';
import { planWatches } from '../plan/plan-watches.ts';
import { stepsOf } from '../plan/planned.ts';
import { runbookFor } from '../runbook/runbook.ts';
import { withoutSecrets } from '../secrets.ts';
import { type Picture, pictureOf, type StepWords } from './picture.ts';
import { surprisePicture } from './surprise-picture.ts';

/** The picture of a drill: its machine, with what its runbook says about each name in it. */
export function drillPicture(drill: Drill, topology: Topology): Picture {
  const surprise = surpriseOf(drill);
  if (surprise) return surprisePicture(drill, surprise);
  const { course, watches: asked } = runbookFor(drill, topology);
  const watches = planWatches(
    Object.keys(asked).map((watch) => ({ watch, phases: [] })),
    drill,
    topology,
  );
  return pictureOf(machineOf(course).root, {
    title: withoutSecrets(drill.title),
    steps: stepWords(drill, topology),
    watches: new Map(watches.map(({ watch, title }) => [watch, title])),
  });
}

function stepWords(drill: Drill, topology: Topology): Map<string, StepWords> {
  // What the drill does not ask for is a way of its machine all the same.
  const { course, steps: asked } = runbookFor(drill, topology);
  const parts = stepNames(course).flatMap((step) => (asked[step] ? [{ step }] : []));
  const planned = stepsOf(planSteps([{ phase: 'all', parts, decisions: [] }], drill, topology));
  return new Map(
    planned.map(({ step, title, region, plane, pointOfNoReturn }) => [
      step,
      { title, region, plane, isPointOfNoReturn: pointOfNoReturn !== null },
    ]),
  );
}
