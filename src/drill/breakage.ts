import type { Drill } from './drill.ts';
import type { FailureCommands } from './live.ts';

/** The steps of a drill's own course that bring a failure about. */
export function breakingSteps(drill: Drill) {
  if (drill.machine !== 'custom') return [];
  return drill.phases
    .flatMap(({ steps, parallel }) => [...(steps ?? []), ...Object.values(parallel ?? {}).flat()])
    .filter(({ uses }) => uses === 'failure.bring-about');
}

/** Whether a drill brings a failure about, or only rehearses what would follow one. */
export const breaks = (drill: Drill): boolean =>
  drill.machine === 'multi-region-failover' || breakingSteps(drill).length > 0;

/** How it does so in a real system, where it says. */
export const failureCommandsOf = (drill: Drill): FailureCommands | undefined =>
  drill.machine === 'backup-restore' ? undefined : drill.failure?.commands;
