import { stepNames } from '../../state-machines/index.ts';
import type { Drill } from '../drill/drill.ts';
import type { Vocabulary } from '../drill/load.ts';
import type { Topology } from '../drill/topology.ts';
import { takeInOwnSteps } from '../steps/own-steps.ts';
import { customMistakes, withsOf } from './custom-mistakes.ts';
import { factsBeforeRun } from './not-yet-known.ts';
import { resolved } from './references.ts';

/** What machines and steps there are, for the loader to hold drill files against. */
export const vocabulary: Vocabulary = {
  stepNames,
  takeInSteps: takeInOwnSteps,
  mistakesIn: (drill: Drill, topology: Topology) => (drill.machine === 'custom' ? customMistakes(drill, topology) : []),
  partsOf: (drill: Drill, topology: Topology) =>
    drill.machine === 'custom'
      ? withsOf(drill, topology).map(({ data, ...part }) => ({
          ...part,
          data: resolved(data, { topology, facts: factsBeforeRun }),
        }))
      : [],
};
