import * as z from 'zod';
import { isoTime } from '../../../clock/clock.ts';
import { given, NOT_YET_MS } from '../../../steps/given.ts';
import { defineStep } from '../../../steps/step.ts';
import { addressByHand, arnOf, freeInstance, INSTANCE_LOOK } from '../../rds/instance.ts';
import { things } from '../needs.ts';
import { copyNeeds } from './copy-needs.ts';
import {
  likeTheOriginal,
  observeRestored,
  restoredGiven,
  restoredInstance,
  restoredLike,
  restoreOptions,
  restorePermissions,
  waitUntilAvailable,
} from './restored-instance.ts';

const params = restoredInstance.extend({ timeMs: z.number() });

/** Makes a new instance that holds what the source held at a time. */
export const restoreToPointInTime = defineStep<z.output<typeof params>, { address: string }>({
  kind: 'rds.restore-to-point-in-time',
  params,
  given: given(restoredGiven, (asked, around) => ({
    ...restoredLike(asked, around),
    timeMs: around.result(asked.point, { timeMs: NOT_YET_MS }).timeMs,
  })),
  needs: (target) => [
    { need: 'rds-instance', region: target.region, instance: target.source, state: 'serving' },
    freeInstance(target.region, target.identifier, target.drill),
    ...copyNeeds(target),
  ],
  alters: ({ region, identifier }) => [things.instance(region, identifier)],
  plane: 'control',
  restores: true,
  title: ({ source, timeMs, identifier }) => `Restore ${source} as of ${isoTime(timeMs)} as ${identifier}`,
  region: ({ region }) => region,
  calls: [INSTANCE_LOOK, 'rds:RestoreDBInstanceToPointInTime'],
  permissions: (target, account) =>
    restorePermissions(target, account, 'rds:RestoreDBInstanceToPointInTime', [
      arnOf(target.region, account, target.source),
    ]),
  command: (target) =>
    `aws rds restore-db-instance-to-point-in-time --region ${target.region} --source-db-instance-identifier ${target.source} --restore-time ${isoTime(target.timeMs)} --target-db-instance-identifier ${target.identifier} ${restoreOptions(target)}`,
  byHand: { gives: ({ region, identifier }, read) => addressByHand({ region, instance: identifier }, read) },
  doneWhen: ({ identifier }) => `${identifier} is available.`,
  usuallyMs: () => 450_000,
  observe: observeRestored,
  async apply(target, context) {
    await context.aws.call('rds', target.region, 'RestoreDBInstanceToPointInTime', {
      ...(await likeTheOriginal('pointInTime', target, context)),
      SourceDBInstanceIdentifier: target.source,
      TargetDBInstanceIdentifier: target.identifier,
      RestoreTime: new Date(target.timeMs),
    });
    return undefined;
  },
  settle: waitUntilAvailable,
});
