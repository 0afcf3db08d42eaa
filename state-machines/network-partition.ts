import { type Part, stage } from './course.ts';
import { watching } from './multi-region-failover.ts';
import { decides, freshContext, noteHolder, phase, rollback, step, verdict } from './parts.ts';

const RECOVER = '#rollback';

/** What a network partition does on a topology. */
export interface PartitionCourse {
  machine: 'network-partition';
  baseline: Part;
  /** The recovery region goes on: as in a failover, and writers are told to take writes, as their guard has stopped them. */
  away: {
    execute: Part;
    shift: Part;
    verify: Part;
    /** Old writers are kept out when the link is back. */
    keepOut: Part;
    check: Part;
  };
  /** The primary region goes on: followers catch up when the link is back, and are compared. */
  home: { verify: Part; catchUp: Part; check: Part };
  watches: { always: readonly string[]; failover: readonly string[] };
}

/** Neither region sees the other: the side that the witness is with goes on, alone, and stays alone when the link is back. */
export function networkPartition({ baseline, away, home, watches }: PartitionCourse): object {
  return {
    id: 'network-partition',
    context: freshContext,
    initial: 'preflight',
    states: {
      preflight: {
        ...phase('preflight'),
        invoke: step('preflight', 'watched', RECOVER),
        on: { ABORT: { target: RECOVER, actions: 'noteAbort' } },
      },

      watched: {
        invoke: watching(watches.always),
        on: { ABORT: { target: RECOVER, actions: 'noteAbort' } },
        initial: 'baseline',
        states: {
          baseline: stage('baseline', { row: [baseline, { step: 'see-vantage-points' }] }, 'failure', RECOVER),
          failure: { ...phase('failure'), invoke: step('cut-link', 'detect', RECOVER) },
          detect: { ...phase('detect'), invoke: step('detect-partition', 'decide', RECOVER) },
          decide: {
            ...phase('decide'),
            initial: 'settling',
            states: {
              settling: { invoke: step('settle-quorum', 'settled', RECOVER, { whenDone: [noteHolder] }) },
              settled: {
                always: [
                  decides('#take-over', 'fail-over', { guard: 'recoveryHoldsQuorum' }),
                  decides('#go-on', 'stay', { guard: 'primaryHoldsQuorum' }),
                  decides(RECOVER, 'stand-still', {
                    rule: 'noQuorum',
                    reason: 'neither side has the witness, so neither may write until the link is back',
                  }),
                ],
              },
            },
          },

          'take-over': {
            id: 'take-over',
            invoke: watching(watches.failover),
            initial: 'execute',
            states: {
              execute: stage('execute', away.execute, 'shift', RECOVER),
              shift: stage('shift', away.shift, 'verify', RECOVER),
              verify: stage('verify', away.verify, 'heal', RECOVER),
              heal: stage('heal', { row: [{ step: 'mend-link' }, away.keepOut] }, 'check', RECOVER),
              check: stage('check', away.check, '#judge', RECOVER),
            },
          },
          'go-on': {
            id: 'go-on',
            initial: 'verify',
            states: {
              verify: stage('verify', home.verify, 'heal', RECOVER),
              heal: stage('heal', { row: [{ step: 'mend-link' }, home.catchUp] }, 'check', RECOVER),
              check: stage('check', home.check, '#judge', RECOVER),
            },
          },
        },
      },

      rollback: rollback('undone'),

      ...verdict,
    },
  };
}
