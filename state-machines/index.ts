import type { AnyStateNode } from 'xstate';
import { backupRestore } from './backup-restore.ts';
import { multiRegionFailover } from './multi-region-failover.ts';

/** Every recovery pattern, by the name that a drill file gives in `machine`. */
export const machines = {
  'multi-region-failover': multiRegionFailover,
  'backup-restore': backupRestore,
};

export type MachineName = keyof typeof machines;

/** The steps that a machine invokes, in the order of its states. */
export const stepNames = (machine: MachineName): string[] => [...new Set(stepsIn(machines[machine].root))];

function stepsIn(state: AnyStateNode): string[] {
  const own = state.invoke.filter(({ src }) => src === 'step').map(({ id }) => id);
  return [...own, ...Object.values(state.states).flatMap(stepsIn)];
}
