import { drillSetup, freshContext, noteDetection, phase, rollback, step, takeOver, verdict } from './parts.ts';

const RECOVER = '#rollback';

/** A region is lost: fence its writer, open the recovery region, move the customers there. */
export const multiRegionFailover = drillSetup.createMachine({
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
      invoke: [
        { id: 'customer', src: 'watch', input: { watch: 'customer' } },
        { id: 'zone', src: 'watch', input: { watch: 'zone' } },
        { id: 'heartbeat', src: 'watch', input: { watch: 'heartbeat' } },
      ],
      on: { ABORT: { target: RECOVER, actions: 'noteAbort' } },
      initial: 'baseline',
      states: {
        baseline: { ...phase('baseline'), invoke: step('baseline', 'failure', RECOVER) },
        failure: { ...phase('failure'), invoke: step('bring-about-failure', 'detect', RECOVER) },
        detect: {
          ...phase('detect'),
          invoke: step('detect-failure', 'validate', RECOVER, [noteDetection]),
        },
        validate: { ...phase('validate'), invoke: step('validate-recovery', 'decide', RECOVER) },
        decide: {
          ...phase('decide'),
          always: [
            {
              guard: 'writerUnreachable',
              target: 'decided',
              actions: { type: 'recordDecision', params: { decision: 'fail-over', rule: 'writerUnreachable' } },
            },
            {
              guard: 'allCriticalFailed',
              target: 'decided',
              actions: { type: 'recordDecision', params: { decision: 'fail-over', rule: 'allCriticalFailed' } },
            },
            {
              guard: 'errorRateSustained',
              target: 'decided',
              actions: { type: 'recordDecision', params: { decision: 'fail-over', rule: 'errorRateSustained' } },
            },
            {
              guard: 'severalServicesDown',
              target: 'approve',
              actions: { type: 'recordDecision', params: { decision: 'review', rule: 'severalServicesDown' } },
            },
            {
              guard: 'oneServiceDown',
              target: RECOVER,
              actions: [
                { type: 'recordDecision', params: { decision: 'watch', rule: 'oneServiceDown' } },
                {
                  type: 'noteFailure',
                  params: { step: 'decide', reason: 'one service is down, and few requests fail: that is watched' },
                },
              ],
            },
            {
              target: RECOVER,
              actions: [
                { type: 'recordDecision', params: { decision: 'watch', rule: 'noRuleHolds' } },
                {
                  type: 'noteFailure',
                  params: { step: 'decide', reason: 'nothing that was detected calls for a failover' },
                },
              ],
            },
          ],
        },
        decided: { always: [{ guard: 'asksPeople', target: 'approve' }, { target: 'failover' }] },
        approve: { ...phase('approve'), invoke: step('approve-failover', 'failover', RECOVER) },
        failover: {
          invoke: [
            { id: 'keep-fenced', src: 'watch', input: { watch: 'keep-fenced' } },
            { id: 'lever', src: 'watch', input: { watch: 'lever' } },
          ],
          initial: 'execute',
          states: {
            execute: takeOver(
              {
                initial: 'fencing',
                states: {
                  // The old writer first: there are never two.
                  fencing: { invoke: step('fence-writer', 'promoting', RECOVER) },
                  promoting: { invoke: step('promote-replica', 'open', RECOVER) },
                  open: { type: 'final' },
                },
              },
              RECOVER,
            ),
            shift: { ...phase('shift'), invoke: step('shift-traffic', 'verify', RECOVER) },
            verify: {
              ...phase('verify'),
              initial: 'service',
              states: {
                service: { invoke: step('verify-service', 'heartbeats', RECOVER) },
                heartbeats: { invoke: step('count-heartbeats', 'data', RECOVER) },
                data: { invoke: step('check-data', 'verified', RECOVER) },
                verified: { type: 'final' },
              },
              onDone: [{ guard: 'protects', target: 'protect' }, { target: '#judge' }],
            },
            // Customers are served, and time has stopped: now for the next failure.
            protect: {
              ...phase('protect'),
              initial: 'writer',
              states: {
                writer: { invoke: step('protect-writer', 'guarded', RECOVER) },
                guarded: { always: [{ guard: 'ordersReplica', target: 'replica' }, { target: 'protected' }] },
                replica: { invoke: step('order-replica', 'protected', RECOVER) },
                protected: { type: 'final' },
              },
              onDone: '#judge',
            },
          },
        },
      },
    },

    rollback: rollback('undone'),

    ...verdict,
  },
});
