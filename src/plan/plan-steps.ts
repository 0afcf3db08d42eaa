import { isChange } from '../aws/changes.ts';
import type { Drill } from '../drill/drill.ts';
import type { Topology } from '../drill/topology.ts';
import { DrillError } from '../errors.ts';
import { steps } from '../platform/steps.ts';
import { factsBeforeRun } from '../runbook/not-yet-known.ts';
import { runbookFor } from '../runbook/runbook.ts';
import { merged } from '../steps/granted.ts';
import { callsWith } from '../steps/step.ts';
import { sayNotYetKnown } from './not-yet-known.ts';
import type { PlannedCall, PlannedPart, PlannedPhase, PlannedStep } from './planned.ts';
import type { Part, Phase } from './straight-path.ts';

/** Fills in what the runbook and the steps say about each name that a machine invokes. */
export function planSteps(phases: readonly Phase[], drill: Drill, topology: Topology): PlannedPhase[] {
  const runbook = runbookFor(drill, topology);
  const planned = (part: Part): PlannedPart =>
    'step' in part
      ? planStep(part.step)
      : { sideBySide: part.sideBySide.map((branch) => ({ ...branch, parts: branch.parts.map(planned) })) };

  function planStep(name: string): PlannedStep {
    const entry = runbook.steps[name];
    const step = entry && steps.get(entry.kind);
    if (!entry || !step) throw new DrillError('step-missing', `The runbook has no step named ${name}.`);
    const params = step.params.parse(entry.params(factsBeforeRun));
    return {
      step: name,
      kind: step.kind,
      of: entry.of ?? null,
      title: sayNotYetKnown(step.title(params), drill),
      region: step.region?.(params) ?? null,
      plane: step.plane,
      usuallyMs: step.usuallyMs(params),
      deadlineMs: entry.deadlineMs,
      calls: callsOf(callsWith(step, params)),
      command: sayNotYetKnown(step.command(params), drill),
      pointOfNoReturn: step.pointOfNoReturn ?? null,
      undoable: step.undo !== undefined,
      staysBehindUndo: step.staysBehindUndo?.(params) ?? null,
      permissions: merged(step.permissions(params, topology.account)),
    };
  }

  return phases.map((phase) => ({ ...phase, parts: phase.parts.map(planned) }));
}

export const callsOf = (operations: readonly string[]): PlannedCall[] =>
  operations.map((operation) => ({ operation, mutating: isChange(operation) }));
