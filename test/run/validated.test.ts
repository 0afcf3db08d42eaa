import { expect, test } from 'vitest';
import { FAILOVER, type Finished, finished, WHOLE } from './drill.ts';
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

/** What the look before the failover warned of. */
const warned = ({ of }: Finished): string[] =>
  of('finding').flatMap(({ step, severity, what }) =>
    step === 'validate-recovery' && severity === 'warning' ? what : [],
  );

test('how far a replica lay behind as the failure began is told before the failover, from 5 s on', async () => {
  expect(warned(await finished(FAILOVER, ['simulation.replicationLag=20 s']))).toContainEqual(
    expect.stringMatching(/^ecommerce-db-dr-replica lay [\d.]+ s behind when the failure began$/),
  );
  expect(warned(await finished(FAILOVER, ['simulation.replicationLag=2 s']))).toEqual([]);
  expect(warned(await finished(FAILOVER, [WHOLE, 'simulation.globalCluster.lag=20 s']))).toEqual([
    'ecommerce-aurora-recovery lay 20 s behind when the failure began',
  ]);
  // While nothing is written the metric says minutes, and the log has told better.
  expect(warned(await finished(FAILOVER, ['simulation.idle=true']))).toEqual([]);
});

/** Snapshots of the recovery region were taken so much earlier. */
const older = (ms: number) =>
  finishedIn(
    {
      through: (transport) => ({
        async send(service, region, asked, ...rest) {
          const answer = await transport.send(service, region, asked, ...rest);
          if (!/^DescribeDB(Cluster)?Snapshots$/.test(asked) || region !== RECOVERY) return answer;
          const taken = (one: { SnapshotCreateTime?: Date }) => ({
            ...one,
            OriginalSnapshotCreateTime: undefined,
            SnapshotCreateTime: new Date((one.SnapshotCreateTime?.getTime() ?? 0) - ms),
          });
          return Object.fromEntries(
            Object.entries(answer as object).map(([key, value]) => [
              key,
              Array.isArray(value) ? value.map(taken) : value,
            ]),
          );
        },
      }),
    },
    FAILOVER,
    [WHOLE],
  );

test('a backup in the region that is to take over that is older than a day is told before the failover', async () => {
  const day = 86_400_000;
  expect(warned(await older(2 * day))).toEqual([
    expect.stringMatching(/^the newest snapshot of ecommerce-aurora-recovery is 2 d .* old; 1 d is allowed$/),
  ]);
  expect(warned(await older(0))).toEqual([]);
});

test('a replica that keeps backups of its own has some, and one that keeps none is told', async () => {
  const told = async (days: number) => {
    const { of } = await finished(FAILOVER, [`simulation.instances.replica.BackupRetentionPeriod=${days}`]);
    return of('finding').flatMap(({ what }) => (/ backups | snapshot |restored/.test(what) ? [what] : []));
  };
  expect(await told(0)).toEqual(['ecommerce-db-dr-replica has no backups of its own']);
  expect(await told(7)).toEqual([]);
});

/** The answer, with these values in each thing that it lists or describes. */
function altered(answer: unknown, change: object): unknown {
  return Object.fromEntries(
    Object.entries(answer as object).map(([key, value]) => {
      if (Array.isArray(value)) return [key, value.map((one) => ({ ...one, ...change }))];
      return [key, typeof value === 'object' && value !== null ? { ...value, ...change } : value];
    }),
  );
}
