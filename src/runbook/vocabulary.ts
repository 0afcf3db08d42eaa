import { stepNames } from '../../state-machines/index.ts';
import type { CustomDrill, Drill } from '../drill/drill.ts';
import type { Vocabulary } from '../drill/load.ts';
import type { Topology } from '../drill/topology.ts';
import { standIn } from '../platform/not-loaded.ts';
import { KIND, noModule, takeInOwnSteps } from '../platform/own-steps.ts';
import { stepsOf } from './custom.ts';
import { customMistakes, withsOf } from './custom-mistakes.ts';
import { lineOf } from './form.ts';
import { lacking } from './lacking.ts';
import { isVerb } from './lines.ts';
import { factsBeforeRun } from './not-yet-known.ts';
import { mistakesInOwnSteps } from './own-mistakes.ts';
import { resolved } from './references.ts';
import { runbookFor } from './runbook.ts';

/** What machines and steps there are, for the loader to hold drill files against. Runs the modules of a user's own steps. */
export const vocabulary: Vocabulary = {
  stepNames: (drill: Drill, topology: Topology) => {
    const { course, lines = [] } = runbookFor(drill, topology);
    return [...new Set([...stepNames(course).flatMap((step) => [lineOf(step), step]), ...lines])];
  },
  takeInSteps: takeInOwnSteps,
  mistakesIn: (drill: Drill, topology: Topology) => (drill.machine === 'custom' ? customMistakes(drill, topology) : []),
  lacking,
  partsOf: (drill: Drill, topology: Topology) =>
    drill.machine === 'custom'
      ? withsOf(drill).map(({ data, of, ...part }) => ({
          ...part,
          data: resolved(data, { topology, facts: factsBeforeRun, of }),
        }))
      : [],
  mistakesInOwnSteps,
};

/** The same without running any module: a step that only a module can know is taken as the drill file has it. */
export const vocabularyWithoutModules: Vocabulary = {
  ...vocabulary,
  takeInSteps: noModule,
  mistakesIn(drill, topology) {
    if (drill.machine === 'custom' && drill.steps.length > 0) standInForUnknown(drill);
    return vocabulary.mistakesIn(drill, topology);
  },
};

function standInForUnknown(drill: CustomDrill): void {
  for (const { uses } of stepsOf(drill))
    if (KIND.test(uses) && !isVerb(uses) && !/^(traffic|compute)\./.test(uses)) standIn(uses);
}
