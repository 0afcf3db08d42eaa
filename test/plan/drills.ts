import { loadDrill } from '../../src/drill/load.ts';
import { type Plan, planOf } from '../../src/plan/plan.ts';
import { type PlannedStep, stepsOf } from '../../src/plan/planned.ts';
import { vocabulary } from '../../src/runbook/vocabulary.ts';

export const FAILOVER = 'drills/multi-region-failover.yaml';
/** The recovery region takes over; in the other, the primary goes on. */
export const PARTITION = 'drills/network-partition-failover.yaml';
export const PARTITION_AT_HOME = 'drills/network-partition.yaml';
export const SNAPSHOT = 'drills/snapshot-restore.yaml';
export const POINT_IN_TIME = 'drills/point-in-time-restore.yaml';

export const load = (path: string, ...overrides: string[]) => loadDrill(path, { overrides, vocabulary });

export function planFor(path: string, ...overrides: string[]): Plan {
  const { drill, topology } = load(path, ...overrides);
  return planOf(drill, topology);
}

export function stepIn(plan: Plan, name: string): PlannedStep {
  const found = stepsOf(plan.phases).find(({ step }) => step === name);
  if (!found) throw new Error(`the plan has no step ${name}`);
  return found;
}
