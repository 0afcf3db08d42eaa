import { expect, test } from 'vitest';
import { narrator } from '../../src/cli/narrate.ts';
import { FAILOVER } from './drill.ts';
import { finishedIn } from './prepared-account.ts';

test('a metric that is no longer published is waited for with a line on screen, and fails the verification', async () => {
  let isVerified = false;
  const { outcome, reason, entries, of } = await finishedIn(
    {
      onEntry: (entry) => {
        isVerified ||= entry.type === 'step-started' && entry.step === 'verify/public';
      },
      through: (transport) => ({
        async send(service, region, operation, ...rest) {
          const answer = await transport.send(service, region, operation, ...rest);
          return isVerified && operation === 'GetMetricData'
            ? { ...(answer as object), MetricDataResults: [] }
            : answer;
        },
      }),
    },
    FAILOVER,
  );
  expect([outcome, reason]).toEqual(['target-missed', expect.stringContaining('no value was published')]);
  expect(of('look-failing')[0]).toMatchObject({ step: 'verify/public', reason: 'no value was published' });
  expect(entries.flatMap(narrator({ colour: false })).join('\n')).toMatch(/metric \S+ of .*no value was published/);
});
