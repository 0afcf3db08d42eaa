import type { AnyStateNode } from 'xstate';
import { backupRestore } from './backup-restore.ts';
import { type CustomCourse, customMachine } from './custom.ts';
import { multiRegionFailover } from './multi-region-failover.ts';
import { networkPartition } from './network-partition.ts';

/** Every recovery pattern, by the name that a drill file gives in `machine`. */
export const machines = {
  'multi-region-failover': multiRegionFailover,
  'network-partition': networkPartition as unknown as typeof multiRegionFailover,
  'backup-restore': backupRestore as unknown as typeof multiRegionFailover,
};

/** Any machine of a drill: they differ in their states only. */
export type DrillMachine = typeof multiRegionFailover;

/** What a drill file says of its machine: a pattern's name, or a course of its own. */
export type Scripted = { machine: keyof typeof machines } | CustomCourse;

const made = new WeakMap<CustomCourse, DrillMachine>();

/** The machine of a drill. Made once: xstate takes longer to build one than a drill to run through it. */
export function machineOf(drill: Scripted): DrillMachine {
  if (drill.machine !== 'custom') return machines[drill.machine];
  const known = made.get(drill) ?? (customMachine(drill) as unknown as DrillMachine);
  made.set(drill, known);
  return known;
}

/** The steps that a drill's machine invokes, in the order of its states. */
export const stepNames = (drill: Scripted): string[] => [...new Set(stepsIn(machineOf(drill).root))];

function stepsIn(state: AnyStateNode): string[] {
  const own = state.invoke.filter(({ src }) => src === 'step').map(({ id }) => id);
  return [...own, ...Object.values(state.states).flatMap(stepsIn)];
}
