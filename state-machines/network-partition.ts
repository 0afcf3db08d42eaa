import { drillSetup, freshContext, noteHolder, phase, rollback, step, takeOver, verdict } from './parts.ts';

const RECOVER = '#rollback';

/** Neither region sees the other: the side that the witness is with goes on, alone, and stays alone when the link is back. */
export const networkPartition = drillSetup.createMachine({
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
      invoke: [
        { id: 'customer', src: 'watch', input: { watch: 'customer' } },
        { id: 'zone', src: 'watch', input: { watch: 'zone' } },
        { id: 'heartbeat', src: 'watch', input: { watch: 'heartbeat' } },
      ],
      on: { ABORT: { target: RECOVER, actions: 'noteAbort' } },
      initial: 'baseline',
      states: {
        baseline: {
          ...phase('baseline'),
          initial: 'service',
          states: {
            service: { invoke: step('baseline', 'vantage-points', RECOVER) },
            'vantage-points': { invoke: step('see-vantage-points', 'seen', RECOVER) },
            seen: { type: 'final' },
          },
          onDone: 'failure',
        },
        failure: { ...phase('failure'), invoke: step('cut-link', 'detect', RECOVER) },
        detect: { ...phase('detect'), invoke: step('detect-partition', 'decide', RECOVER) },
        decide: {
          ...phase('decide'),
          initial: 'settling',
          states: {
            settling: { invoke: step('settle-quorum', 'settled', RECOVER, [noteHolder]) },
            settled: {
              always: [
                {
                  guard: 'recoveryHoldsQuorum',
                  target: '#take-over',
                  actions: { type: 'recordDecision', params: { decision: 'fail-over', rule: 'recoveryHoldsQuorum' } },
                },
                {
                  guard: 'primaryHoldsQuorum',
                  target: '#go-on',
                  actions: { type: 'recordDecision', params: { decision: 'stay', rule: 'primaryHoldsQuorum' } },
                },
                {
                  target: RECOVER,
                  actions: [
                    { type: 'recordDecision', params: { decision: 'stand-still', rule: 'noQuorum' } },
                    {
                      type: 'noteFailure',
                      params: {
                        step: 'decide',
                        reason: 'neither side has the witness with it, so nobody may write until the link is back',
                      },
                    },
                  ],
                },
              ],
            },
          },
        },

        decided: {
          // It has nothing to keep where the primary goes on.
          invoke: [
            { id: 'keep-fenced', src: 'watch', input: { watch: 'keep-fenced' } },
            { id: 'lever', src: 'watch', input: { watch: 'lever' } },
          ],
          initial: 'execute',
          states: {
            execute: {
              id: 'take-over',
              ...takeOver(
                {
                  initial: 'fencing',
                  states: {
                    // The old writer first: there are never two.
                    fencing: { invoke: step('fence-writer', 'promoting', RECOVER) },
                    promoting: { invoke: step('promote-replica', 'allowing', RECOVER) },
                    // That the guard stopped its writes may have come along with the data.
                    allowing: { invoke: step('allow-writes', 'open', RECOVER) },
                    open: { type: 'final' },
                  },
                },
                RECOVER,
              ),
            },
            shift: { ...phase('shift'), invoke: step('shift-traffic', 'verify', RECOVER) },
            verify: { id: 'go-on', ...phase('verify'), invoke: step('verify-service', 'heal', RECOVER) },
            heal: {
              ...phase('heal'),
              initial: 'mending',
              states: {
                mending: { invoke: step('mend-link', 'mended', RECOVER) },
                mended: { always: [{ guard: 'recoveryHoldsQuorum', target: 'keepingOut' }, { target: 'catchingUp' }] },
                keepingOut: { invoke: step('keep-out', 'healed', RECOVER) },
                catchingUp: { invoke: step('catch-up', 'comparing', RECOVER) },
                comparing: { invoke: step('compare-sides', 'healed', RECOVER) },
                healed: { type: 'final' },
              },
              onDone: 'check',
            },
            check: {
              ...phase('check'),
              initial: 'heartbeats',
              states: {
                heartbeats: { invoke: step('count-heartbeats', 'data', RECOVER) },
                data: { invoke: step('check-data', 'checked', RECOVER) },
                checked: { type: 'final' },
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
