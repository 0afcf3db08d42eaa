import * as z from 'zod';
import { regionalArn } from '../../../arn.ts';
import { isoTime } from '../../../clock/clock.ts';
import { duration } from '../../../drill/quantities.ts';
import { DrillError } from '../../../errors.ts';
import { component, given } from '../../../steps/given.ts';
import { defineStep } from '../../../steps/step.ts';
import { type CacheSnapshot, newestCacheSnapshot } from './newest-snapshot.ts';

const params = z.object({ region: z.string(), group: z.string(), maxAgeMs: z.number() });
type Params = z.output<typeof params>;

/** Finds the newest snapshot of the cache: what was written after it would be lost. */
export const chooseSnapshot = defineStep<Params, CacheSnapshot>({
  kind: 'elasticache.choose-snapshot',
  params,
  given: given(
    z.strictObject({
      maxAge: duration.default(86_400_000).describe('If the newest snapshot is older than this, the drill fails.'),
    }),
    ({ maxAge }, around) => ({
      region: around.topology.regions.primary,
      group: component('elasticache-global', around).primary.replicationGroup,
      maxAgeMs: maxAge,
    }),
  ),
  needs: ({ region, group, maxAgeMs }) => [
    { need: 'cache-group', region, group, state: 'serving' },
    { need: 'cache-snapshot', region, group, maxAgeMs },
  ],
  plane: 'control',
  title: ({ group }) => `Find the newest snapshot of ${group}`,
  region: ({ region }) => region,
  calls: ['elasticache:DescribeSnapshots'],
  permissions: ({ region }, account) => [
    {
      action: 'elasticache:DescribeSnapshots',
      resource: regionalArn({ service: 'elasticache', region, account, resource: 'snapshot:*' }),
    },
  ],
  command: ({ region, group }) => listed({ region, group }),
  byHand: {
    gives: (wanted, read) => ({
      id: read.text('snapshot', `${listed(wanted)} | tail -n 1 | cut -f 2`),
      node: read.text('node', `${listed(wanted)} | tail -n 1 | cut -f 3`),
      timeMs: read.instant('time', `${listed(wanted)} | tail -n 1 | cut -f 1`),
    }),
  },
  doneWhen: () => 'A snapshot is listed, it is available, and it is younger than the drill allows.',
  usuallyMs: () => 1_000,
  observe: async () => ({ done: false, underway: true, state: null }),
  async settle(wanted, context) {
    const { group, maxAgeMs } = wanted;
    const newest = await newestCacheSnapshot(wanted, context);
    if (!newest) {
      throw new DrillError('no-snapshot', `${group} has no snapshot that is available.`, {
        hint: 'Turn on automatic backups, or wait until the first is done.',
      });
    }
    const ageMs = context.clock.nowMs() - newest.timeMs;
    if (ageMs > maxAgeMs) {
      throw new DrillError(
        'snapshot-too-old',
        `The newest snapshot, ${newest.id}, is ${Math.round(ageMs / 3_600_000)} h old; the drill allows ${Math.round(maxAgeMs / 3_600_000)} h.`,
        { hint: 'Find out why no newer one was made.' },
      );
    }
    context.record({ type: 'recovery-point', from: 'snapshot', id: newest.id, time: isoTime(newest.timeMs) });
    return newest;
  },
});

/** Snapshots by age, the newest last: each with its time, its name and its node. */
const listed = ({ region, group }: Pick<Params, 'region' | 'group'>): string =>
  `aws elasticache describe-snapshots --region ${region} --replication-group-id ${group} --query "Snapshots[?SnapshotStatus=='available'].[NodeSnapshots[0].SnapshotCreateTime, SnapshotName, NodeSnapshots[0].CacheClusterId || CacheClusterId]" --output text | sort`;
