import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  brokenLinks,
  changesMade,
  type Drill,
  FAILOVER,
  finished,
  PARTITION,
  POINT_IN_TIME,
  SNAPSHOT,
} from './drill.ts';

/** Seldom enough that most stories go far. */
const maybe = (setting: fc.Arbitrary<string>): fc.Arbitrary<string[]> =>
  fc.oneof({ weight: 4, arbitrary: fc.constant<string[]>([]) }, { weight: 1, arbitrary: setting.map((one) => [one]) });
const seconds = (path: string, max: number) => maybe(fc.integer({ min: 1, max }).map((s) => `${path}=${s} s`));
const flag = (setting: string) => maybe(fc.constant(setting));
const settings = (...all: fc.Arbitrary<string[]>[]) => fc.tuple(...all).map((each) => each.flat());

const calls = fc.integer({ min: 0, max: 12 });
const throttling = maybe(
  fc
    .tuple(fc.constantFrom('rds', 'eks', 'route53', 'sts', 'cloudwatch'), calls)
    .map(([service, count]) => `simulation.throttling=[{service: ${service}, calls: ${count}}]`),
);
const changes = [
  'rds, operation: PromoteReadReplica',
  'rds, operation: ModifyDBInstance',
  'rds, operation: RebootDBInstance',
  'rds, operation: DeleteDBInstance',
  'rds, operation: RestoreDBInstanceFromDBSnapshot',
  'rds, operation: RestoreDBInstanceToPointInTime',
  'eks, operation: UpdateNodegroupConfig',
  'route53, operation: UpdateHealthCheck',
  'route53, operation: ChangeResourceRecordSets',
];
const lostAnswers = fc
  .array(fc.tuple(fc.constantFrom(...changes), fc.integer({ min: 1, max: 2 })), { maxLength: 3 })
  .map((lost) => [`simulation.lostAnswers=[${lost.map(([one, n]) => `{service: ${one}, calls: ${n}}`).join(', ')}]`]);

const failovers = settings(
  seconds('simulation.outage.lasts', 400),
  seconds('simulation.promotion.takes', 900),
  seconds('simulation.nodes.takes', 900),
  seconds('simulation.replicationLag', 70),
  maybe(fc.integer({ min: 0, max: 12 }).map((nodes) => `simulation.nodes.capacity=${nodes}`)),
  flag('simulation.promotion.fails=true'),
  flag('simulation.pods.neverReady=true'),
  flag('simulation.healthCheck.stuck=true'),
  flag('failure.kind=writer-loss'),
  flag('topology.traffic.public.lever=weighted-records'),
  flag('onFailure=hold'),
  throttling,
  lostAnswers,
);
const partitions = settings(
  fc.constantFrom('both', 'primary', 'recovery', 'neither').map((third) => [`simulation.partition.thirdSees=${third}`]),
  seconds('simulation.partition.heals', 400),
  maybe(fc.integer({ min: 1, max: 60_000 }).map((ms) => `simulation.partition.renewalPauses=${ms} ms`)),
  seconds('simulation.partition.catchUp', 200),
  flag('simulation.partition.breaksReplication=true'),
  seconds('simulation.promotion.takes', 900),
  flag('simulation.promotion.fails=true'),
  flag('simulation.healthCheck.stuck=true'),
  flag('onFailure=hold'),
  throttling,
  lostAnswers,
  maybe(fc.constant('simulation.lostAnswers=[{service: s3, operation: PutObject, calls: 2}]')),
);
const restores = settings(
  seconds('simulation.restore.takes', 2_000),
  flag('simulation.restore.fails=true'),
  flag('simulation.restore.losesRows=40'),
  flag('simulation.pods.neverReady=true'),
  flag('afterwards=switch-over'),
  throttling,
  lostAnswers,
);

interface Story {
  drill: Drill;
  overrides: string[];
  seed: number;
  abortAt: number | null;
}

const story = (drill: Drill, overrides: fc.Arbitrary<string[]>): fc.Arbitrary<Story> =>
  fc.record({
    drill: fc.constant(drill),
    overrides,
    seed: fc.nat(1_000_000),
    abortAt: fc.option(fc.integer({ min: 1, max: 300 })),
  });

test.each([
  [FAILOVER, failovers, 30],
  [PARTITION, partitions, 30],
  [SNAPSHOT, restores, 15],
  [POINT_IN_TIME, restores, 15],
] as const)('%s comes to a sound end, whatever happens', async (drill, overrides, numRuns) => {
  await fc.assert(
    fc.asyncProperty(story(drill, overrides), async ({ overrides, seed, abortAt }) => {
      const run = await finished(drill, overrides, { seed, abortAt: ({ seq }) => seq === abortAt });
      expect(['passed', 'target-missed', 'failed', 'rolled-back', 'aborted']).toContain(run.outcome);
      expect(run.reason).not.toBe('');
      expect(run.entries.filter(({ type }) => type === 'run-ended')).toHaveLength(1);
      expect(run.entries.at(-1)?.type).toBe('run-ended');
      expect(brokenLinks(run.entries)).toEqual([]);
      // One that came to nothing before anyone saw it may be asked for again.
      const failsUnseen = overrides.includes('simulation.promotion.fails=true');
      for (const operation of [
        ...(failsUnseen ? [] : ['PromoteReadReplica']),
        'RestoreDBInstanceFromDBSnapshot',
        'RestoreDBInstanceToPointInTime',
      ])
        expect(changesMade(run, operation), operation).toBeLessThanOrEqual(1);

      const isHeld = run.of('held').length > 0;
      const undoFailed = run.of('undo-ended').some(({ outcome }) => outcome === 'failed');
      expect(undoFailed).toBe(false);
      if (run.outcome === 'failed') expect(isHeld || run.reason.startsWith('delete-restored/')).toBe(true);
      if (run.outcome === 'rolled-back') expect(isHeld).toBe(false);
      if (isHeld || !['rolled-back', 'aborted'].includes(run.outcome)) return;
      expect(run.standing).toEqual(run.before);
      expect(run.anHourLater.writers()).toEqual(run.before.writers);
    }),
    { numRuns },
  );
});
