import type { DBInstance } from '@aws-sdk/client-rds';
import * as z from 'zod';
import { duration } from '../../../drill/quantities.ts';
import { inWords } from '../../../duration.ts';
import { DrillError } from '../../../errors.ts';
import { replayedWithinMs } from '../../../steps/data/log-position.ts';
import { databaseGiven, databaseOf, given } from '../../../steps/given.ts';
import { defineStep } from '../../../steps/step.ts';
import { INSTANCE_LOOK, instanceOf, instancePermissions } from '../../rds/instance.ts';
import { lagCommand, reportedLagMs } from '../lag.ts';

const params = z.object({
  region: z.string(),
  instance: z.string(),
  database: z.string(),
  /** The one that takes the writes. */
  writer: z.object({ region: z.string(), instance: z.string(), database: z.string() }),
  lagMs: z.number(),
});

const MINUTE = 60_000;
const LOOK_EVERY_MS = 10_000;

/** Waits until a replica has caught up: a whole minute that began after this step did, through which it lay no further behind. */
export const waitForReplica = defineStep<z.output<typeof params>, { lagMs: number }>({
  kind: 'rds.wait-for-replica',
  params,
  given: given(
    z.strictObject({
      ...databaseGiven,
      on: databaseGiven.on.default('replica'),
      lag: duration.default(5_000).describe('The highest lag that the step accepts.'),
    }),
    ({ lag, ...asked }, around) => {
      return { ...databaseOf(asked, around), writer: databaseOf({ on: 'writer' }, around), lagMs: lag };
    },
  ),
  needs: ({ region, instance }) => [{ need: 'rds-replication', region, instance }],
  plane: 'data',
  title: ({ instance, lagMs }) => `Wait until ${instance} is at most ${inWords(lagMs)} behind`,
  region: ({ region }) => region,
  calls: [INSTANCE_LOOK, 'cloudwatch:GetMetricData'],
  permissions: ({ region, instance }, account) => [
    ...instancePermissions(region, account, instance),
    { action: 'cloudwatch:GetMetricData', resource: '*' },
  ],
  command: ({ region, instance }) => lagCommand({ region, instance }),
  doneWhen: () => 'ReplicaLag is below the limit of the drill.',
  usuallyMs: () => 120_000,
  observe: async () => ({ done: false, underway: true, state: null }),

  async settle({ region, instance, database, writer, lagMs: mostMs }, context) {
    const { clock, signal, record } = context;
    const fromMs = Math.ceil(clock.nowMs() / MINUTE) * MINUTE;
    let last: number | null | undefined;
    for (;;) {
      mustFollow(await instanceOf(context, region, instance));
      // Before that minute there is nothing to ask for.
      const lagMs = clock.nowMs() > fromMs ? await reportedLagMs(region, instance, context, { sinceMs: fromMs }) : null;
      if (lagMs !== last && lagMs !== null) record({ type: 'lag', instance, lagMs, source: 'metric' });
      last = lagMs;
      if (lagMs !== null && lagMs <= mostMs) return { lagMs };
      // While nothing is written the metric climbs as well: then the log itself tells.
      const replica = { region, instance, database };
      const tookMs = lagMs === null ? null : await replayedWithinMs({ writer, replica, withinMs: mostMs }, context);
      if (tookMs !== null) {
        record({ type: 'lag', instance, lagMs: tookMs, source: 'log' });
        return { lagMs: tookMs };
      }
      await clock.sleep(LOOK_EVERY_MS, signal);
    }
  },
});

/** A replica whose source was deleted is still one, and will never catch up. */
export function mustFollow({ DBInstanceIdentifier, StatusInfos = [] }: DBInstance): void {
  const state = StatusInfos.find(({ StatusType }) => StatusType === 'read replication');
  if (state?.Status !== 'terminated') return;
  throw new DrillError(
    'replication-ended',
    `Replication to ${DBInstanceIdentifier} is terminated, and it will not catch up${state.Message ? `: ${state.Message}` : '.'}`,
    {
      hint: 'It can be promoted with the data that it has. To replicate again, create a new replica.',
    },
  );
}
