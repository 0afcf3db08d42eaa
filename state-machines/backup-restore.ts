import { doing, type Part } from './course.ts';
import { decides, freshContext, noteDataChecks, phase, rollback, step, verdict } from './parts.ts';

const RECOVER = '#rollback';

/** How a data store is restored on a topology. */
export interface RestoreCourse {
  machine: 'backup-restore';
  choose: Part;
  /** People agree first; absent where nobody is asked. */
  approve?: Part;
  restore: Part;
  /** The restored copy becomes the writer; absent where it is only thrown away. */
  switchOver?: Part;
  cleanUp: Part;
}

/** Does a part, and leads to `trouble` when a step of it fails or takes too long. */
const stage = (name: string, part: Part, next: string, trouble = RECOVER) => ({
  ...phase(name),
  ...doing(part, next, (one, then) =>
    step(one, then, trouble, one === 'check-data' ? { whenDone: [noteDataChecks] } : {}),
  ),
});

/** A data store is restored from its backups beside the live one, checked, and then deleted or made the writer. */
export function backupRestore({ choose, approve, restore, switchOver, cleanUp }: RestoreCourse): object {
  return {
    id: 'backup-restore',
    context: freshContext,
    initial: 'preflight',
    states: {
      preflight: {
        ...phase('preflight'),
        invoke: step('preflight', 'restoring', '#undone'),
        on: { ABORT: { target: '#undone', actions: 'noteAbort' } },
      },

      restoring: {
        on: { ABORT: { target: RECOVER, actions: 'noteAbort' } },
        initial: 'baseline',
        states: {
          baseline: stage('baseline', { step: 'write-heartbeats' }, 'choose'),
          choose: stage('choose', { row: [choose, { step: 'count-source' }] }, approve ? 'approve' : 'restore'),
          ...(approve && { approve: stage('approve', approve, 'restore') }),
          restore: stage('restore', restore, 'wait'),
          wait: stage('wait', { step: 'wait-until-usable' }, 'check'),
          check: stage('check', { row: [{ step: 'check-data' }, { step: 'count-heartbeats' }] }, 'decide'),
          decide: {
            ...phase('decide'),
            always: [
              switchOver
                ? decides('switch-over', 'restore', { guard: 'dataProven', rule: 'switchesOver' })
                : decides('#clean-up', 'stop', { guard: 'dataProven', rule: 'discards' }),
              decides('#clean-up', 'stop', { rule: 'dataNotProven' }),
            ],
          },
          ...(switchOver && { 'switch-over': stage('switch-over', switchOver, '#judge') }),
        },
      },

      rollback: rollback('clean-up'),
      // Runs once a restore may have begun, unless something is held: nothing is left behind.
      'clean-up': {
        id: 'clean-up',
        ...stage('clean-up', cleanUp, '#cleaned', '#backup-restore.failed'),
        on: { ABORT: { actions: 'noteAbort' } },
      },
      cleaned: { id: 'cleaned', always: [{ guard: 'hasFailed', target: 'undone' }, { target: 'judge' }] },

      ...verdict,
    },
  };
}
