import * as z from 'zod';
import { duration } from '../../../drill/quantities.ts';
import { inWords } from '../../../duration.ts';
import { DrillError } from '../../../errors.ts';
import { given, side } from '../../../steps/given.ts';
import { until } from '../../../steps/poll.ts';
import { defineStep, type StepContext } from '../../../steps/step.ts';
import { things } from '../needs.ts';
import {
  type CacheWriter,
  type Datastore,
  datastore,
  datastoreNeed,
  datastoreNow,
  datastoreOf,
  datastorePermissions,
  isPrimary,
  writerOn,
} from './datastore.ts';
import { eventsCommand, findGroup } from './group.ts';
import { datastoreLagMs } from './lag.ts';

/** A change that was accepted shows within this time. */
const SHOWS_WITHIN_MS = 30_000;

const params = datastore.extend({ maxLagMs: z.number() });
type Params = z.output<typeof params>;

/** Makes the other group of a global datastore the one that takes the writes. What had not reached it by then is lost. */
export const failOverDatastore = defineStep<Params, CacheWriter>({
  kind: 'elasticache.fail-over-datastore',
  params,
  given: given(
    z.strictObject({
      to: side.default('recovery').describe('The side that becomes the writer.'),
      maxLag: duration
        .default(5_000)
        .describe('The highest lag that the step accepts, which is the data that can be lost.'),
    }),
    ({ to, maxLag }, around) => ({ ...datastoreOf(to, around), maxLagMs: maxLag }),
  ),
  needs: (target) => [datastoreNeed(target, { writes: false, lagMaxMs: target.maxLagMs })],
  alters: (target) => [things.datastore(target.datastore)],
  plane: 'control',
  title: ({ datastore: id, group }) => `Make ${group} the primary of ${id}`,
  region: ({ region }) => region,
  calls: [
    'elasticache:DescribeGlobalReplicationGroups',
    'elasticache:DescribeReplicationGroups',
    'elasticache:FailoverGlobalReplicationGroup',
    'cloudwatch:GetMetricData',
  ],
  permissions: (target, account) => [
    ...datastorePermissions(
      [
        'elasticache:DescribeGlobalReplicationGroups',
        'elasticache:DescribeReplicationGroups',
        'elasticache:FailoverGlobalReplicationGroup',
      ],
      target,
      account,
    ),
    { action: 'cloudwatch:GetMetricData', resource: '*' },
  ],
  command: (target) => failOverCommand(target),
  doneWhen: ({ group }) => `The global datastore is available, and ${group} is its primary.`,
  usuallyMs: () => 45_000,

  async observe(target, context) {
    const found = await datastoreNow(target, context);
    const isMoving = found.Status === 'modifying';
    if (isPrimary(target, found)) return { done: !isMoving, underway: true, state: { primary: target.group } };
    if (isMoving) return { done: false, underway: true, state: { primary: target.other.group } };
    await mustFollow(target, context);
    return { done: false, state: { primary: target.other.group } };
  },

  async apply(target, context) {
    await failOver(target, context);
    return undefined;
  },

  async settle(target, context) {
    await untilPrimary(target, context);
    return writerOn(target, context);
  },

  async undo(target, context, { state }) {
    if ((state as { primary: string }).primary === target.group) return;
    if (!(await hasMoved(target, context))) return;
    const back = seenFromOther(target);
    await failOver(back, context);
    await untilPrimary(back, context);
  },
  undoneLast: true,
  undoCommand: (target) => failOverCommand(seenFromOther(target)),
});

const failOverCommand = ({ region, datastore: id, group }: Datastore): string =>
  `aws elasticache failover-global-replication-group --region ${region} --global-replication-group-id ${id} --primary-region ${region} --primary-replication-group-id ${group}`;

/** Asked in the region that is to take the writes: the other one may be lost. */
const failOver = ({ region, datastore: id, group }: Datastore, { aws }: StepContext) =>
  aws.call('elasticache', region, 'FailoverGlobalReplicationGroup', {
    GlobalReplicationGroupId: id,
    PrimaryRegion: region,
    PrimaryReplicationGroupId: group,
  });

const seenFromOther = ({ datastore: id, region, group, other }: Datastore): Datastore => ({
  datastore: id,
  ...other,
  other: { region, group },
});

/** It is snapshotted or changed just now: it takes over when that has ended. */
const BUSY = ['modifying', 'snapshotting'];

/** A secondary that is far behind would lose data. If its lag is unknown, that is noted, and the step continues. */
async function mustFollow({ region, group, maxLagMs }: Params, context: StepContext): Promise<void> {
  await until(context, async () => {
    const status = (await findGroup(context, region, group))?.Status ?? 'not there';
    if (status === 'available') return true;
    if (BUSY.includes(status)) return undefined;
    throw new DrillError('group-not-ready', `${group} in ${region} is ${status}, and cannot take over.`, {
      hint: 'It must be available, and a member of the global datastore.',
    });
  });
  const lagMs = await datastoreLagMs(region, group, context);
  context.record({ type: 'lag', instance: group, lagMs, source: 'metric' });
  if (lagMs === null || lagMs <= maxLagMs) return;
  throw new DrillError('lags-behind', `${group} is ${inWords(lagMs)} behind; the drill allows ${inWords(maxLagMs)}.`, {
    hint: 'Wait until it has caught up, or find out what keeps it back: GlobalDatastoreReplicationLag in CloudWatch.',
  });
}

/** Waits for the role and for the end of the change; fails where the change has ended and the role is where it was. */
async function untilPrimary(target: Datastore, context: StepContext): Promise<void> {
  let isMoving = false;
  await until(context, async () => {
    const found = await datastoreNow(target, context);
    if (found.Status === 'available' && isPrimary(target, found)) return true;
    if (isMoving && found.Status === 'available') {
      throw new DrillError(
        'failover-without-effect',
        `The failover ended, and ${target.group} is not the primary of ${target.datastore}.`,
        {
          hint: `See its events: ${eventsCommand(target.region)}`,
        },
      );
    }
    isMoving ||= found.Status === 'modifying';
    return undefined;
  });
}

/** Whether a failover that was asked for has happened; one that is on its way is waited for, as no other is taken meanwhile. */
async function hasMoved(target: Datastore, context: StepContext): Promise<boolean> {
  const fromMs = context.clock.nowMs();
  return until(context, async () => {
    const found = await datastoreNow(target, context);
    if (found.Status !== 'available') return undefined;
    // What was accepted may take some seconds to show.
    return isPrimary(target, found) || (context.clock.nowMs() - fromMs > SHOWS_WITHIN_MS ? false : undefined);
  });
}
