import { doing, type Part, type Stage, stage } from './course.ts';
import { watching } from './multi-region-failover.ts';
import { freshContext, phase, rollback, step, verdict } from './parts.ts';

/** What a drill file says of its own course. */
export interface CustomCourse {
  machine: 'custom';
  phases: readonly Stage[];
  /** Steps that end every run in which something may have been made. */
  cleanUp: readonly string[];
  watches: readonly string[];
}

const RECOVER = '#rollback';

/** A drill of the file's own steps: its phases one after another, what is undone when one fails, and what is always cleared away. */
export function customMachine(course: CustomCourse): object {
  const { phases, cleanUp, watches } = course;
  const after = cleanUp.length > 0 ? 'clean-up' : 'settled';
  const names = phases.map((one) => one.phase);
  return {
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
        invoke: watching(watches),
        on: { ABORT: { target: RECOVER, actions: 'noteAbort' } },
        initial: names[0],
        states: Object.fromEntries(
          phases.map(({ phase: name, part }, index) => [
            name,
            stage(name, part, names[index + 1] ?? `#${after}`, RECOVER),
          ]),
        ),
      },

      rollback: rollback(after),
      ...(cleanUp.length > 0 && {
        'clean-up': {
          id: 'clean-up',
          ...phase('clean-up'),
          on: { ABORT: { actions: 'noteAbort' } },
          ...doing(rowOfSteps(cleanUp), 'settled', (name, next) =>
            step(name, next, next, { whenTrouble: ['noteLeftBehind'] }),
          ),
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
}

const rowOfSteps = (names: readonly string[]): Part => ({ row: names.map((name) => ({ step: name })) });
