import { type AnyActor, fromPromise } from 'xstate';
import { type Course, machineOf } from '../../state-machines/index.ts';
import type { DeadlineInput } from '../../state-machines/parts.ts';
import type { EventOf } from '../journal/events.ts';

type System = AnyActor['system'];

/** What the actors and actions of a machine do in one run. */
export interface Bindings {
  step(name: string, signal: AbortSignal): Promise<unknown>;
  deadline(of: DeadlineInput, signal: AbortSignal): Promise<string>;
  watch(name: string, signal: AbortSignal): Promise<void>;
  rollback(signal: AbortSignal): Promise<{ held: boolean }>;
  judge(): Promise<{ met: boolean }>;
  enterPhase(phase: string): void;
  leavePhase(phase: string): void;
  recordDecision(decision: Pick<EventOf<'decision'>, 'decision' | 'rule'>): void;
}

const bindings = new WeakMap<System, Bindings>();

/** Binds the actors of a run that is about to start to what they do. */
export const bind = (system: System, bound: Bindings): unknown => bindings.set(system, bound);

function boundTo(system: System): Bindings {
  const bound = bindings.get(system);
  if (bound) return bound;
  throw new Error('the machine was started before it was bound to a run');
}

type Params<Name extends keyof Bindings> = Parameters<Bindings[Name]>[0];

const implementations = {
  actors: {
    step: fromPromise<unknown, { step: string }>(({ input, signal, system }) =>
      boundTo(system).step(input.step, signal),
    ),
    deadline: fromPromise<string, DeadlineInput>(({ input, signal, system }) =>
      boundTo(system).deadline(input, signal),
    ),
    watch: fromPromise<void, { watch: string }>(({ input, signal, system }) =>
      boundTo(system).watch(input.watch, signal),
    ),
    rollback: fromPromise<{ held: boolean }>(({ signal, system }) => boundTo(system).rollback(signal)),
    judge: fromPromise<{ met: boolean }>(({ system }) => boundTo(system).judge()),
  },
  actions: {
    enterPhase: ({ system }: { system: System }, { phase }: { phase: string }) => boundTo(system).enterPhase(phase),
    leavePhase: ({ system }: { system: System }, { phase }: { phase: string }) => boundTo(system).leavePhase(phase),
    recordDecision: ({ system }: { system: System }, decision: Params<'recordDecision'>) =>
      boundTo(system).recordDecision(decision),
  },
};

const provided = (course: Course) => machineOf(course).provide(implementations);
const known = new WeakMap<Course, ReturnType<typeof provided>>();

/** The machine with its implementations. Made once: xstate takes longer to build a machine than a drill to run through it. */
export function boundMachine(course: Course): ReturnType<typeof provided> {
  const machine = known.get(course) ?? provided(course);
  known.set(course, machine);
  return machine;
}
