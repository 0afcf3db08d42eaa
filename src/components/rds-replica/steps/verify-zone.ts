import * as z from 'zod';
import { duration } from '../../../drill/quantities.ts';
import { inWords } from '../../../duration.ts';
import { databaseGiven, databaseOf, earlierStep, given, NOT_YET_MS } from '../../../steps/given.ts';
import { defineStep } from '../../../steps/step.ts';
import { INSTANCE_LOOK, instanceOf, instancePermissions, mustNotBeLost } from '../../rds/instance.ts';
import { type ZoneBefore, zoneBeforeRun } from '../../rds/zone.ts';
import { failoverEvents } from './zone-events.ts';

const params = z.object({
  region: z.string(),
  instance: z.string(),
  zone: z.string(),
  sinceMs: z.number(),
  withinMs: z.number(),
});

const LOOK_EVERY_MS = 5_000;

/** Sees the instance in another zone, with a standby again. A forced failover may be accepted and come to nothing. */
export const verifyZone = defineStep<z.output<typeof params>, { zone: string }>({
  kind: 'rds.verify-zone',
  params,
  given: given(
    z.strictObject({
      ...databaseGiven,
      failover: earlierStep.describe('The step that failed over to the standby.'),
      within: duration
        .default(480_000)
        .describe('How long to wait: what AWS reports about zones is several minutes old.'),
    }),
    ({ failover, within, ...asked }, around) => {
      const { region, instance } = databaseOf(asked, around);
      const { zone, sinceMs } = around.result<ZoneBefore>(failover, zoneBeforeRun(failover, NOT_YET_MS));
      return { region, instance, zone, sinceMs, withinMs: within };
    },
  ),
  needs: ({ region, instance }) => [{ need: 'rds-instance', region, instance, state: 'serving', multiAz: true }],
  plane: 'control',
  title: ({ instance, zone }) => `Check that ${instance} is in another zone than ${zone}`,
  region: ({ region }) => region,
  calls: [INSTANCE_LOOK, 'rds:DescribeEvents'],
  permissions: ({ region, instance }, account) => [
    ...instancePermissions(region, account, instance),
    { action: 'rds:DescribeEvents', resource: '*' },
  ],
  command: ({ region, instance }) =>
    `aws rds describe-db-instances --region ${region} --db-instance-identifier ${instance} --query 'DBInstances[0].[AvailabilityZone,SecondaryAvailabilityZone]'`,
  doneWhen: () => 'The zone is another one than before.',
  usuallyMs: () => 120_000,
  observe: async () => ({ done: false, underway: true, state: null }),

  async settle({ region, instance, zone, sinceMs, withinMs }, context) {
    const { clock, signal, record } = context;
    const endMs = clock.nowMs() + withinMs;
    for (;;) {
      const found = await instanceOf(context, region, instance);
      mustNotBeLost(found);
      const { AvailabilityZone: there = '', SecondaryAvailabilityZone: standby, MultiAZ } = found;
      const hasMoved = found.DBInstanceStatus === 'available' && there !== zone;
      if (hasMoved || clock.nowMs() >= endMs) {
        const said = await failoverEvents({ region, instance, sinceMs }, context);
        const events = said.length === 0 ? 'RDS tells of no failover' : `RDS says: ${said.join('; ')}`;
        const where = hasMoved ? `from ${zone} to ${there}` : `still in ${there} after ${inWords(withinMs)}`;
        const check = { layer: 'verification', critical: true } as const;
        record({ type: 'check', check: 'zone-moved', ...check, ok: hasMoved, detail: `${where}; ${events}` });
        const detail = MultiAZ ? `a standby in ${standby ?? 'another zone'}` : 'no standby any more';
        record({ type: 'check', check: 'standby-again', ...check, ok: MultiAZ === true, detail });
        return { zone: there };
      }
      await clock.sleep(LOOK_EVERY_MS, signal);
    }
  },
});
