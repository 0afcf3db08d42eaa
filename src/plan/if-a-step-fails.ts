import type { Drill } from '../drill/drill.ts';
import type { Topology } from '../drill/topology.ts';
import { type PlannedPart, type PlannedPhase, type PlannedStep, stepsOf } from './planned.ts';

/** What becomes of a drill when one of its steps fails, or someone aborts it. */
export interface IfAStepFails {
  /** `hold` undoes nothing, unless the drill was aborted. */
  onFailure: 'roll-back' | 'hold';
  /** Data stores that are not essential: where a step of theirs fails, it is given up, and the rest continues. */
  goesOnWithout: string[];
  /** Undone in this order, as far as they had been carried out. */
  undone: { step: string; title: string; staysBehind: string | null }[];
  /** Once one of these was accepted nothing is undone any more: a person decides. */
  heldAfter: { step: string; why: string }[];
  /** Steps that follow a roll-back, unless something is held. */
  afterwards: PlannedStep[];
}

/** What a roll-back would do, from the steps of the straight path and of the one behind the roll-back. */
export function ifAStepFails(
  drill: Drill,
  topology: Topology,
  phases: readonly PlannedPhase[],
  behindRollback: readonly PlannedPhase[],
): IfAStepFails {
  const undone = beforeNoReturn(phases.flatMap(({ parts }) => parts)).steps.filter(({ undoable }) => undoable);
  const works = new Set(stepsOf(phases).map(({ of }) => of));
  return {
    goesOnWithout: Object.entries(topology.data).flatMap(([id, { essential }]) =>
      !essential && works.has(id) ? [id] : [],
    ),
    onFailure: drill.machine === 'backup-restore' ? 'roll-back' : drill.onFailure,
    undone: undone.reverse().map(({ step, title, staysBehindUndo }) => ({ step, title, staysBehind: staysBehindUndo })),
    heldAfter: stepsOf(phases).flatMap(({ step, pointOfNoReturn }) =>
      pointOfNoReturn === null ? [] : [{ step, why: pointOfNoReturn }],
    ),
    afterwards: stepsOf(behindRollback),
  };
}

/** The steps that may have been carried out while every change could still be undone. */
function beforeNoReturn(parts: readonly PlannedPart[]): { steps: PlannedStep[]; ended: boolean } {
  const steps: PlannedStep[] = [];
  for (const part of parts) {
    if ('step' in part) {
      if (part.pointOfNoReturn !== null) return { steps, ended: true };
      steps.push(part);
    } else {
      const rows = part.sideBySide.map((branch) => beforeNoReturn(branch.parts));
      steps.push(...rows.flatMap((row) => row.steps));
      if (rows.some(({ ended }) => ended)) return { steps, ended: true };
    }
  }
  return { steps, ended: false };
}
