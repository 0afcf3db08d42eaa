import type { CustomStep, Drill } from './drill.ts';
import type { FailureCommands } from './live.ts';

/** The step that has an experiment of FIS run. */
export const EXPERIMENT = 'fis.experiment';

/** The steps of a drill's own course that bring a failure about by commands of the user's own. */
export const breakingSteps = (drill: Drill): CustomStep[] =>
  stepsOf(drill).filter(({ uses }) => uses === 'failure.bring-about');

/** Whether a step brings the failure about that its drill recovers from; an experiment does where the file says so. */
const bringsAbout = ({ uses, with: asked }: Pick<CustomStep, 'uses' | 'with'>): boolean =>
  uses === 'failure.bring-about' || (uses === EXPERIMENT && asked.failure !== undefined);

/** The steps of a drill's own course that bring its failure about, in any way. */
export const bringingSteps = (drill: Drill): CustomStep[] => stepsOf(drill).filter(bringsAbout);

/** The names of the steps that bring a drill's failure about. */
export const failureSteps = (drill: Drill): string[] =>
  drill.machine === 'custom' ? bringingSteps(drill).map(({ step }) => step) : ['bring-about-failure', 'cut-link'];

/** Machines of ours that bring a failure about. */
const breakingMachines: readonly Drill['machine'][] = ['multi-region-failover', 'network-partition'];

/** Whether a drill brings a failure about, or only rehearses what would follow one. */
export const breaks = (drill: Drill): boolean =>
  breakingMachines.includes(drill.machine) || bringingSteps(drill).length > 0;

/** Whether it has to say how it does so in a real system. */
export const needsCommands = (drill: Drill): boolean =>
  breakingMachines.includes(drill.machine) || breakingSteps(drill).length > 0;

/** How it does so in a real system, where it says. */
export const failureCommandsOf = (drill: Drill): FailureCommands | undefined =>
  drill.machine === 'backup-restore' ? undefined : drill.failure?.commands;

const stepsOf = (drill: Drill): CustomStep[] =>
  drill.machine === 'custom'
    ? drill.phases.flatMap(({ steps, parallel }) => [...(steps ?? []), ...Object.values(parallel ?? {}).flat()])
    : [];
