import { stepNames } from '../../state-machines/index.ts';
import type { Drill } from '../drill/drill.ts';
import type { Vocabulary } from '../drill/load.ts';
import type { Topology } from '../drill/topology.ts';
import { takeInOwnSteps } from '../steps/own-steps.ts';
import { customMistakes, lacking, withsOf } from './custom-mistakes.ts';
import { factsBeforeRun } from './not-yet-known.ts';
import { resolved } from './references.ts';
import { lineOf, runbookFor } from './runbook.ts';

/** What machines and steps there are, for the loader to hold drill files against. */
export const vocabulary: Vocabulary = {
  stepNames: (drill: Drill, topology: Topology) => {
    const { course, lines = [] } = runbookFor(drill, topology);
    return [...new Set([...stepNames(course).flatMap((step) => [lineOf(step), step]), ...lines])];
  },
  takeInSteps: takeInOwnSteps,
  mistakesIn: (drill: Drill, topology: Topology) => (drill.machine === 'custom' ? customMistakes(drill, topology) : []),
  lacking: (drill: Drill, topology: Topology) => (drill.machine === 'custom' ? lacking(drill, topology) : []),
  partsOf: (drill: Drill, topology: Topology) =>
    drill.machine === 'custom'
      ? withsOf(drill).map(({ data, ...part }) => ({
          ...part,
          data: resolved(data, { topology, facts: factsBeforeRun }),
        }))
      : [],
};
