import type { CustomDrill, CustomStep } from '../drill/drill.ts';

type Path = PropertyKey[];

/** A step with the path to it in the file. */
export interface Placed {
  path: Path;
  step: CustomStep;
}

/** Every line of a drill's own course, in the order of its file. */
export function placedSteps({ phases, cleanUp }: CustomDrill): Placed[] {
  const row = (path: Path, steps: readonly CustomStep[]) =>
    steps.map((step, index) => ({ path: [...path, index], step }));
  return [
    ...phases.flatMap(({ steps, parallel }, index) =>
      steps
        ? row(['phases', index, 'steps'], steps)
        : Object.entries(parallel ?? {}).flatMap(([branch, one]) => row(['phases', index, 'parallel', branch], one)),
    ),
    ...row(['cleanUp'], cleanUp),
  ];
}
