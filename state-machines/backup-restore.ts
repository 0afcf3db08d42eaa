import { freshContext, noteDataChecks, phase, rollback, step, verdict } from './parts.ts';

const RECOVER = '#rollback';

/** A database is brought back from its backups beside the living one, proven, and then discarded or made the writer. */
export const backupRestore = {
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
        baseline: { ...phase('baseline'), invoke: step('write-heartbeats', 'choose', RECOVER) },
        choose: {
          ...phase('choose'),
          initial: 'point',
          states: {
            point: { invoke: step('choose-recovery-point', 'expectation', RECOVER) },
            expectation: { invoke: step('count-source', 'chosen', RECOVER) },
            chosen: { type: 'final' },
          },
          onDone: 'restore',
        },
        restore: { ...phase('restore'), invoke: step('restore', 'wait', RECOVER) },
        wait: { ...phase('wait'), invoke: step('wait-until-usable', 'check', RECOVER) },
        check: {
          ...phase('check'),
          initial: 'data',
          states: {
            data: { invoke: step('check-data', 'heartbeats', RECOVER, [noteDataChecks]) },
            heartbeats: { invoke: step('count-heartbeats', 'checked', RECOVER) },
            checked: { type: 'final' },
          },
          onDone: 'decide',
        },
        decide: {
          ...phase('decide'),
          always: [
            {
              guard: 'switchesOver',
              target: 'switch-over',
              actions: { type: 'recordDecision', params: { decision: 'restore', rule: 'switchesOver' } },
            },
            {
              guard: 'dataNotProven',
              target: '#clean-up',
              actions: { type: 'recordDecision', params: { decision: 'stop', rule: 'dataNotProven' } },
            },
            {
              target: '#clean-up',
              actions: { type: 'recordDecision', params: { decision: 'stop', rule: 'discards' } },
            },
          ],
        },
        'switch-over': {
          ...phase('switch-over'),
          initial: 'fencing',
          states: {
            fencing: { invoke: step('fence-writer', 'pointing', RECOVER) },
            pointing: { invoke: step('point-applications', 'switched', RECOVER) },
            switched: { type: 'final' },
          },
          onDone: '#judge',
        },
      },
    },

    rollback: rollback('clean-up'),
    // Runs once a restore may have begun, unless something is held: nothing is left behind.
    'clean-up': {
      id: 'clean-up',
      ...phase('clean-up'),
      invoke: step('delete-restored', 'cleaned', 'failed'),
      on: { ABORT: { actions: 'noteAbort' } },
    },
    cleaned: { always: [{ guard: 'hasFailed', target: 'undone' }, { target: 'judge' }] },

    ...verdict,
  },
};
