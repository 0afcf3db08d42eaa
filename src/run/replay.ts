import { type AnyMachineSnapshot, type AnyStateMachine, initialTransition, transition } from 'xstate';
import type { Decision } from '../../state-machines/parts.ts';
import { DrillError } from '../errors.ts';
import type { Entry, Json } from '../journal/events.ts';
import { continuedFrom } from './continued.ts';

/** What a machine had to journal when it moved. */
export type Note =
  | { type: 'enterPhase'; params: { phase: string } }
  | { type: 'leavePhase'; params: { phase: string } }
  | { type: 'recordDecision'; params: { decision: Decision; rule: string } };

/** Where a journal has brought its machine to. */
export interface Replayed {
  snapshot: AnyMachineSnapshot;
  /** Of the last move: what the process ended before it could journal. */
  missing: Note[];
}

type MachineEvent = { type: string; actorId?: string; output?: unknown; error?: Error; reason?: string };

/**
 * Leads the machine through what the journal says happened, without carrying anything out.
 * Fails with `journal-foreign` where the journal tells of another course than the machine would take.
 */
export function replay(machine: AnyStateMachine, input: object, entries: readonly Entry[]): Replayed {
  let [snapshot, actions] = initialTransition(machine, input as never);
  const missing = notesAmong(actions);
  const results = new Map<string, Json | undefined>();
  const from = continuedFrom(entries);
  for (const [index, entry] of entries.entries()) {
    if (entry.type === 'step-ended' && entry.outcome === 'ok') results.set(entry.step, entry.result);
    // Its course began again when a person had the run continue.
    if (index < from) continue;
    const event = entry.type === 'step-kept' ? done(entry.step, results.get(entry.step)) : machineEvent(entry);
    if (event) {
      [snapshot, actions] = transition(machine, snapshot, event as never);
      // Two steps may end before the machine gets the first end.
      missing.push(...notesAmong(actions));
    } else if (isNoted(entry)) {
      const note = missing.shift();
      if (!note || !agrees(entry, note)) throw foreign(entry, note);
    }
  }
  return { snapshot, missing };
}

/** Each recorded outcome is the event that the machine was told it with; what was stopped told it nothing. */
function machineEvent(entry: Entry): MachineEvent | undefined {
  switch (entry.type) {
    case 'step-ended':
      if (entry.outcome === 'ok') return done(entry.step, entry.result);
      if (entry.outcome !== 'failed') return undefined;
      return {
        type: `xstate.error.actor.${entry.step}`,
        actorId: entry.step,
        error: new Error(entry.error?.message ?? 'failed'),
      };
    case 'deadline-passed':
      return done(`${entry.step}-deadline`, entry.reason);
    case 'rollback-ended':
      return done('rollback', { held: entry.held });
    case 'judged':
      return done('judge', { met: entry.met });
    case 'abort-requested':
      return { type: 'ABORT', reason: entry.reason };
    default:
      return undefined;
  }
}

const done = (actorId: string, output: unknown): MachineEvent => ({
  type: `xstate.done.actor.${actorId}`,
  actorId,
  output,
});

const isNote = (action: { type: string }): boolean =>
  ['enterPhase', 'leavePhase', 'recordDecision'].includes(action.type);

const notesAmong = (actions: readonly { type: string; params?: unknown }[]): Note[] =>
  actions.filter(isNote).map(({ type, params }) => ({ type, params }) as Note);

const isNoted = ({ type }: Entry): boolean => ['phase-entered', 'phase-left', 'decision'].includes(type);

function agrees(entry: Entry, { type, params }: Note): boolean {
  if (entry.type === 'phase-entered') return type === 'enterPhase' && params.phase === entry.phase;
  if (entry.type === 'phase-left') return type === 'leavePhase' && params.phase === entry.phase;
  return entry.type === 'decision' && type === 'recordDecision' && params.rule === entry.rule;
}

const foreign = ({ seq, type }: Entry, note: Note | undefined): DrillError =>
  new DrillError(
    'journal-foreign',
    `Line ${seq} of the journal (${type}) is not what this version's machine would have done there${note ? `: ${note.type}` : ''}.`,
    { hint: 'Resume the run with the version that began it; the first line of the journal names it.' },
  );
