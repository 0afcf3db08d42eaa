import { expect, test } from 'vitest';
import { loadDrill } from '../../src/drill/load.ts';
import { vocabulary } from '../../src/runbook/vocabulary.ts';
import { named } from '../../src/simulator/faults.ts';
import { drillText, scratch } from '../drill/files.ts';
import { FAILOVER } from './drill.ts';
import { type Account, finishedIn, rehearsedIn } from './prepared-account.ts';

const folder = scratch();

/** Route 53 answers no call any more, once it has given this answer. */
const silentAfter = (isLast: (operation: string, answer: object) => boolean): Account => ({
  through(transport, clock) {
    let isSilent = false;
    return {
      async send(service, region, operation, ...rest) {
        if (service === 'route53' && isSilent) {
          await clock.sleep(5_000, rest[1]);
          throw named('TimeoutError', `route53 in ${region} did not answer within 5 s.`);
        }
        const answer = await transport.send(service, region, operation, ...rest);
        isSilent ||= service === 'route53' && isLast(operation, answer as object);
        return answer;
      },
    };
  },
});

const HALF_AN_HOUR = folder.write(
  'moved.yaml',
  drillText('test/drill/fixtures/own-shift.yaml')
    .replace(/phases:[\s\S]*/, 'phases:\n')
    .concat(
      '  - { phase: shift, steps: [{ step: shift, uses: traffic.shift }] }\n',
      '  - { phase: wait, steps: [{ step: rows, uses: data.write-heartbeats, deadline: 40 min, with: { lasts: 30 min, every: 10 s } }] }\n',
    ),
);

test('a control plane that falls silent after the shift is asked once a minute at most, and a finding says what nobody could see', async () => {
  const run = await rehearsedIn(
    silentAfter((operation) => operation === 'UpdateHealthCheck'),
    loadDrill(HALF_AN_HOUR, { overrides: [], vocabulary }),
  );
  expect([run.outcome, run.reason]).toEqual(['target-missed', 'nothing was checked']);
  const asked = run.of('call').filter(({ step, service }) => step === 'lever' && service === 'route53');
  expect(asked.length).toBeGreaterThan(10);
  // Two requests a look, a look each 70 s, for half an hour.
  expect(asked.length).toBeLessThan(70);
  const told = run.of('finding').filter(({ what }) => what.startsWith('could not check'));
  expect(told).toMatchObject([{ severity: 'warning', subject: 'shop.example.com' }]);
});

test.each(['lost', 'pending for ever'])(
  'records that are %s to the control plane are in force when the name servers answer with them',
  async (how) => {
    const isLost = how === 'lost';
    const pending: Account = {
      through: (transport) => ({
        async send(...asked) {
          const answer = await transport.send(...asked);
          return asked[2] === 'GetChange' ? { ChangeInfo: { Status: 'PENDING' } } : answer;
        },
      }),
    };
    const account = isLost ? silentAfter((operation) => operation === 'ChangeResourceRecordSets') : pending;
    const run = await finishedIn(account, FAILOVER, ['topology.traffic.public.lever=weighted-records']);
    const shift = run.of('step-ended').find(({ step }) => step === 'shift/public');
    expect(shift).toMatchObject({ outcome: 'ok' });
    const applied = run.of('step-applied').find(({ step }) => step === 'shift/public');
    // Not at its deadline of 5 min.
    expect((shift?.ms ?? 0) - (applied?.ms ?? 0)).toBeLessThan(3 * 60_000);
  },
);

test('a stage of a gradual shift is not held up by it', async () => {
  const run = await rehearsedIn(
    silentAfter((operation, answer) => operation === 'GetChange' && JSON.stringify(answer).includes('INSYNC')),
    loadDrill('test/drill/fixtures/own-shift.yaml', { overrides: [], vocabulary }),
  );
  expect(run.of('step-ended').find(({ step }) => step === 'shift-25/public')).toMatchObject({ outcome: 'ok' });
});
