import { isNothing, type Part, stage } from './course.ts';
import { decides, freshContext, noteDetection, phase, rollback, step, verdict } from './parts.ts';

const RECOVER = '#rollback';

/** What a multi-region failover does on a topology. */
export interface FailoverCourse {
  machine: 'multi-region-failover';
  baseline: Part;
  /** Writers are fenced and taken over, and capacity is made beside it; then the applications are pointed at the new writers. */
  execute: Part;
  shift: Part;
  verify: Part;
  /** Backups, standbys and followers for the new writers. */
  protect: Part;
  /** What goes on all the while, and what from the failover on. */
  watches: { always: readonly string[]; failover: readonly string[] };
}

export const watching = (names: readonly string[]) =>
  names.map((watch) => ({ id: watch, src: 'watch' as const, input: { watch } }));

/** A region is lost: fence its writers, open the recovery region, move the customers there. */
export function multiRegionFailover({ baseline, execute, shift, verify, protect, watches }: FailoverCourse): object {
  return {
    id: 'multi-region-failover',
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
          baseline: stage('baseline', baseline, 'failure', RECOVER),
          failure: { ...phase('failure'), invoke: step('bring-about-failure', 'detect', RECOVER) },
          detect: {
            ...phase('detect'),
            invoke: step('detect-failure', 'validate', RECOVER, { whenDone: [noteDetection] }),
          },
          validate: { ...phase('validate'), invoke: step('validate-recovery', 'decide', RECOVER) },
          decide: {
            ...phase('decide'),
            always: [
              decides('decided', 'fail-over', { guard: 'writerUnreachable' }),
              decides('decided', 'fail-over', { guard: 'allCriticalFailed' }),
              decides('decided', 'fail-over', { guard: 'errorRateSustained' }),
              decides('approve', 'review', { guard: 'severalServicesDown' }),
              decides('approve', 'review', { guard: 'responseTimeSustained' }),
              decides(RECOVER, 'watch', {
                guard: 'oneServiceDown',
                reason: 'one service is down, and few requests fail: that is watched',
              }),
              decides(RECOVER, 'watch', {
                rule: 'noRuleHolds',
                reason: 'nothing that was detected calls for a failover',
              }),
            ],
          },
          decided: { always: [{ guard: 'asksPeople', target: 'approve' }, { target: 'failover' }] },
          approve: { ...phase('approve'), invoke: step('approve-failover', 'failover', RECOVER) },
          failover: {
            invoke: watching(watches.failover),
            initial: 'execute',
            states: {
              execute: stage('execute', execute, 'shift', RECOVER),
              shift: stage('shift', shift, 'verify', RECOVER),
              verify: stage('verify', verify, isNothing(protect) ? '#judge' : 'protect', RECOVER),
              // Customers are served, and time has stopped: now for the next failure.
              ...(!isNothing(protect) && { protect: stage('protect', protect, '#judge', RECOVER) }),
            },
          },
        },
      },

      rollback: rollback('undone'),

      ...verdict,
    },
  };
}
