import type { AnyStateMachine } from 'xstate';
import { drillSetup, freshContext, phase, rollback, step, verdict } from './parts.ts';

/** Steps that a drill file puts one after another, by name. */
export type Row = readonly { step: string; uses: string }[];

/** A phase of a drill file: steps in a row, or rows side by side by the branch's name. */
export interface CustomPhase {
  phase: string;
  steps?: Row | undefined;
  parallel?: Record<string, Row> | undefined;
}

/** What a drill file says of its own course. */
export interface CustomCourse {
  machine: 'custom';
  phases: readonly CustomPhase[];
  /** Steps that end every run in which something may have been made. */
  cleanUp: Row;
  /** Given where a customer is to be watched. */
  probe?: object | undefined;
  /** Given where heartbeat rows are to be written. */
  heartbeat?: object | undefined;
}

/** What goes on beside the phases, by name. */
export const watchesOf = ({ phases, probe, heartbeat }: CustomCourse): string[] => {
  const used = phases.flatMap((one) => rowsOf(one).flat()).map(({ uses }) => uses);
  return [
    ...(probe ? ['customer', 'zone'] : []),
    ...(heartbeat ? ['heartbeat'] : []),
    ...(used.some((uses) => MOVES_CUSTOMERS.test(uses)) ? ['lever'] : []),
    ...(used.includes('rds.fence-writer') ? ['keep-fenced'] : []),
  ];
};

/** What moves customers may be moved back by others. */
const MOVES_CUSTOMERS = /^(traffic|route53|arc|globalaccelerator)\./;

/** The rows of a phase; more than one where they run side by side. */
export const rowsOf = ({ steps, parallel }: CustomPhase): Row[] => (steps ? [steps] : Object.values(parallel ?? {}));

const RECOVER = '#rollback';

/** A drill of the file's own steps: its phases one after another, what is undone when one fails, and what is always cleared away. */
export function customMachine(course: CustomCourse): AnyStateMachine {
  const { phases, cleanUp } = course;
  const after = cleanUp.length > 0 ? 'clean-up' : 'settled';
  const names = phases.map((one) => one.phase);
  const config = {
    id: 'custom',
    context: freshContext,
    initial: 'preflight',
    states: {
      preflight: {
        ...phase('preflight'),
        invoke: step('preflight', 'working', '#undone'),
        on: { ABORT: { target: '#undone', actions: 'noteAbort' } },
      },

      working: {
        invoke: watchesOf(course).map((watch) => ({ id: watch, src: 'watch', input: { watch } })),
        on: { ABORT: { target: RECOVER, actions: 'noteAbort' } },
        initial: names[0],
        states: Object.fromEntries(
          phases.map((one, index) => [one.phase, phaseState(one, names[index + 1] ?? `#${after}`)]),
        ),
      },

      rollback: rollback(after),
      ...(cleanUp.length > 0 && {
        'clean-up': {
          id: 'clean-up',
          ...phase('clean-up'),
          on: { ABORT: { actions: 'noteAbort' } },
          ...rowState(cleanUp, (name, next) => step(name, next, next, [], ['noteLeftBehind'])),
          onDone: 'settled',
        },
      }),
      settled: {
        id: 'settled',
        always: [
          // Something could not be cleared away.
          { guard: 'isHeld', target: 'failed' },
          { guard: 'hasFailed', target: 'undone' },
          { target: 'judge' },
        ],
      },

      ...verdict,
    },
  };
  return drillSetup.createMachine(config as never) as unknown as AnyStateMachine;
}

type Invocations = ReturnType<typeof step>;

function phaseState({ phase: name, steps, parallel }: CustomPhase, next: string): object {
  const [only, ...others] = steps ?? [];
  if (only && others.length === 0) return { ...phase(name), invoke: forward(only.step, next) };
  if (steps) return { ...phase(name), ...rowState(steps, forward), onDone: next };
  const branches = Object.entries(parallel ?? {}).map(([branch, row]) => [branch, rowState(row, forward)] as const);
  return { ...phase(name), type: 'parallel', states: Object.fromEntries(branches), onDone: next };
}

const forward = (name: string, next: string): Invocations => step(name, next, RECOVER);

/** Where a row ends; no step can be called so. */
const END = '-end-';

function rowState(row: Row, invocations: (name: string, next: string) => Invocations): object {
  const states = row.map(({ step: name }, index) => [name, { invoke: invocations(name, row[index + 1]?.step ?? END) }]);
  return { initial: row[0]?.step, states: { ...Object.fromEntries(states), [END]: { type: 'final' } } };
}
