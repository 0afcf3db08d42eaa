import { type AnyActorRef, createActor, type Snapshot } from 'xstate';
import type { DrillContext, DrillInput } from '../../state-machines/parts.ts';
import { errorFacts } from '../errors.ts';
import type { Outcome } from '../journal/events.ts';
import { type Bindings, bind, boundMachine } from './bound-machines.ts';
import { sinceContinued } from './continued.ts';
import { endsNotWritten } from './late-end.ts';
import { type Note, replay } from './replay.ts';
import type { Workplace } from './workplace.ts';

/** How a machine ended. */
export interface Ending {
  outcome: Outcome;
  /** Why it left its straight path. */
  trouble: string | undefined;
}

/** The machine of a run, from where the journal stands. */
export interface LedMachine {
  /** Starts it; rejects where the machine itself fails. */
  ended(): Promise<Ending>;
  abort(reason: string): void;
  stop(): void;
}

export function ledMachine(input: DrillInput, bindings: Bindings, workplace: Workplace): LedMachine {
  const { clock } = workplace;
  const machine = boundMachine(workplace.runbook.course);
  const { snapshot, missing } = standing(machine, input, workplace);
  const actor = createActor(machine, {
    clock: {
      setTimeout: (callback, ms) => clock.setTimeout(callback, ms),
      clearTimeout: (timer) => clock.clearTimeout(timer),
    },
    input,
    ...(snapshot && { snapshot }),
  });
  bind(actor.system, bindings);
  return {
    async ended() {
      for (const note of missing) carryOut(note, bindings);
      await completed(actor);
      const { value, context } = actor.getSnapshot();
      const { trouble } = context as DrillContext;
      return {
        outcome: String(value) as Outcome,
        trouble: trouble ? `${trouble.step ? `${trouble.step}: ` : ''}${trouble.reason}` : undefined,
      };
    },
    // An abort is an event, never a kill.
    abort: (reason) => actor.send({ type: 'ABORT', reason }),
    stop: () => actor.stop(),
  };
}

/** Where the journal has brought the machine to; nothing, where it is to begin. */
function standing(
  machine: ReturnType<typeof boundMachine>,
  input: DrillInput,
  workplace: Workplace,
): { snapshot: Snapshot<unknown> | undefined; missing: Note[] } {
  const entries = workplace.entries();
  if (!sinceContinued(entries).some(({ type }) => type === 'phase-entered'))
    return { snapshot: undefined, missing: [] };
  const { snapshot, missing } = replay(machine, input, entries);
  for (const end of endsNotWritten(entries, (step) => step in snapshot.children)) workplace.record(end);
  workplace.phase = entries.findLast((entry) => entry.type === 'phase-entered')?.phase ?? workplace.phase;
  return { snapshot: machine.getPersistedSnapshot(snapshot as never), missing };
}

/** Journals what the ended process had no time for. */
function carryOut(note: Note, bindings: Bindings): void {
  if (note.type === 'enterPhase') bindings.enterPhase(note.params.phase);
  else if (note.type === 'leavePhase') bindings.leavePhase(note.params.phase);
  else bindings.recordDecision(note.params);
}

function completed(actor: AnyActorRef): Promise<void> {
  return new Promise((resolve, reject) => {
    actor.subscribe({
      complete: resolve,
      error: (error) => reject(error instanceof Error ? error : new Error(errorFacts(error).message)),
    });
    actor.start();
  });
}
