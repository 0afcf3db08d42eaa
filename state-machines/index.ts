import type { AnyStateNode } from 'xstate';
import { backupRestore, type RestoreCourse } from './backup-restore.ts';
import { type CustomCourse, customMachine } from './custom.ts';
import { type FailoverCourse, multiRegionFailover } from './multi-region-failover.ts';
import { networkPartition, type PartitionCourse } from './network-partition.ts';
import { drillSetup } from './parts.ts';

/** What is to be done, by the name of the recovery pattern: of a drill on its topology. */
export type Course = FailoverCourse | PartitionCourse | CustomCourse | RestoreCourse;

const configOf = (course: Course): object => {
  switch (course.machine) {
    case 'multi-region-failover':
      return multiRegionFailover(course);
    case 'network-partition':
      return networkPartition(course);
    case 'backup-restore':
      return backupRestore(course);
    case 'custom':
      return customMachine(course);
  }
};

/** What a machine is made from: its states have names that no type knows. */
type Config = Parameters<typeof drillSetup.createMachine>[0];

const made = (course: Course) => drillSetup.createMachine(configOf(course) as Config);

/** Any machine of a drill: they differ in their states only. */
export type DrillMachine = ReturnType<typeof made>;

const known = new WeakMap<Course, DrillMachine>();

/** The machine of a course. Made once: xstate takes longer to build one than a drill to run through it. */
export function machineOf(course: Course): DrillMachine {
  const machine = known.get(course) ?? made(course);
  known.set(course, machine);
  return machine;
}

/** The steps that a machine invokes, in the order of its states. */
export const stepNames = (course: Course): string[] => [...new Set(stepsIn(machineOf(course).root))];

function stepsIn(state: AnyStateNode): string[] {
  const own = state.invoke.filter(({ src }) => src === 'step').map(({ id }) => id);
  return [...own, ...Object.values(state.states).flatMap(stepsIn)];
}
