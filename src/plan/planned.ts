import type { Granted } from '../steps/granted.ts';
import type { Plane } from '../steps/step.ts';
import type { Decision } from './straight-path.ts';

export interface PlannedCall {
  /** As `rds:PromoteReadReplica`. */
  operation: string;
  mutating: boolean;
}

export interface PlannedStep {
  step: string;
  kind: string;
  /** The component of the topology that it works on; `null` where it is none. */
  of: string | null;
  title: string;
  /** `null` where it looks at several regions, or at none. */
  region: string | null;
  plane: Plane;
  usuallyMs: number;
  deadlineMs: number;
  calls: PlannedCall[];
  /** What a person would type instead. */
  command: string;
  /** Why it cannot be undone; `null` where it can, or changes nothing. */
  pointOfNoReturn: string | null;
  undoable: boolean;
  /** What only a person may throw away after an undo. */
  staysBehindUndo: string | null;
  permissions: Granted[];
}

/** Steps one after another; where branches run side by side, each is such a row of its own. */
export type PlannedPart = PlannedStep | { sideBySide: PlannedBranch[] };
export interface PlannedBranch {
  branch: string;
  /** Branches beside it that end before it begins. */
  after: string[];
  parts: PlannedPart[];
}

export interface PlannedPhase {
  phase: string;
  parts: PlannedPart[];
  /** What the phase decides, where it is there to decide; the first rule that holds counts. */
  decisions: Decision[];
}

/** Every step of some phases, in the order in which they are named. */
export const stepsOf = (phases: readonly PlannedPhase[]): PlannedStep[] =>
  phases.flatMap(({ parts }) => parts.flatMap(stepsIn));

export const stepsIn = (part: PlannedPart): PlannedStep[] =>
  'step' in part ? [part] : part.sideBySide.flatMap(({ parts }) => parts.flatMap(stepsIn));
