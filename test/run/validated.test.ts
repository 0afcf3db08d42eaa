import { expect, test } from 'vitest';
import { FAILOVER, WHOLE } from './drill.ts';
import { finishedIn } from './prepared-account.ts';

const RECOVERY = 'ap-northeast-1';

/** What becomes of the recovery region between the preflight and the failover, as AWS then says it. */
const lost = [
  [
    'a cache that is being modified',
    'DescribeReplicationGroups',
    { Status: 'modifying' },
    /ecommerce-cache-recovery .*modifying/,
  ],
  ['an Aurora instance without storage', 'DescribeDBInstances', { DBInstanceStatus: 'storage-full' }, /storage-full/],
  [
    'a quota that was lowered',
    'GetServiceQuota',
    { Value: 4 },
    /needs 24 more vCPUs in ap-northeast-1, 36 in all; 4 are allowed/,
  ],
] as const;

test.each(lost)(
  '%s in the region that is to take over stops the failover before anything is changed',
  async (...row) => {
    const [, operation, change, reason] = row;
    let isLost = false;
    const run = await finishedIn(
      {
        onEntry: (entry) => {
          isLost ||= entry.type === 'step-started' && entry.step === 'validate-recovery';
        },
        through: (transport) => ({
          async send(service, region, asked, ...rest) {
            const answer = await transport.send(service, region, asked, ...rest);
            return isLost && asked === operation && region === RECOVERY ? altered(answer, change) : answer;
          },
        }),
      },
      FAILOVER,
      [WHOLE],
    );
    expect([run.outcome, run.reason]).toEqual(['rolled-back', expect.stringMatching(/^validate-recovery: /)]);
    expect(run.reason).toMatch(reason);
    expect(run.of('step-applying').map(({ step }) => step)).toEqual(['bring-about-failure']);
  },
);

/** The answer, with these values in each thing that it lists or describes. */
function altered(answer: unknown, change: object): unknown {
  return Object.fromEntries(
    Object.entries(answer as object).map(([key, value]) => {
      if (Array.isArray(value)) return [key, value.map((one) => ({ ...one, ...change }))];
      return [key, typeof value === 'object' && value !== null ? { ...value, ...change } : value];
    }),
  );
}
