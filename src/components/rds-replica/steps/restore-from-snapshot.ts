import * as z from 'zod';
import { snapshotName } from '../../../drill/names.ts';
import { given } from '../../../steps/given.ts';
import { defineStep } from '../../../steps/step.ts';
import { addressByHand, freeInstance, INSTANCE_LOOK } from '../../rds/instance.ts';
import { isChosen, snapshotPatterns } from '../../rds/snapshots.ts';
import { NIGHTLY, type SnapshotType, snapshotType } from '../../recovery-point.ts';
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
import { instanceSnapshots, snapshotArn } from './snapshot.ts';

const params = restoredInstance.extend({
  snapshot: z.string(),
  /** Who may have made it, where it is not known before the run. */
  types: z.array(snapshotType).optional(),
});

/** Makes a new instance from a snapshot, beside the live one. */
export const restoreFromSnapshot = defineStep<z.output<typeof params>, { address: string }>({
  kind: 'rds.restore-from-snapshot',
  params,
  given: given(
    restoredGiven.extend({
      snapshot: snapshotName.optional().describe('The name of the snapshot, if it is known before the run.'),
    }),
    ({ snapshot, ...asked }, around) => ({
      ...restoredLike(asked, around),
      snapshot: snapshot ?? around.result(asked.point, { id: '<newest snapshot>' }).id,
      types: around.asked<{ types: SnapshotType[] }>(asked.point).types,
    }),
  ),
  needs: (target) => [
    { need: 'rds-instance', region: target.region, instance: target.source, state: 'serving' },
    freeInstance(target.region, target.identifier, target.drill),
    ...copyNeeds(target),
  ],
  alters: ({ region, identifier }) => [things.instance(region, identifier)],
  plane: 'control',
  restores: true,
  title: ({ snapshot, identifier }) => `Restore ${snapshot} as ${identifier}`,
  region: ({ region }) => region,
  calls: [INSTANCE_LOOK, 'rds:RestoreDBInstanceFromDBSnapshot'],
  permissions: (target, account) =>
    restorePermissions(
      target,
      account,
      'rds:RestoreDBInstanceFromDBSnapshot',
      isChosen(target.snapshot)
        ? [snapshotArn(target.region, account, target.snapshot)]
        : snapshotPatterns(instanceSnapshots, {
            ...target,
            account,
            of: target.source,
            types: target.types ?? NIGHTLY,
          }),
    ),
  command: (target) =>
    `aws rds restore-db-instance-from-db-snapshot --region ${target.region} --db-snapshot-identifier ${target.snapshot} --db-instance-identifier ${target.identifier} ${restoreOptions(target)}`,
  byHand: { gives: ({ region, identifier }, read) => addressByHand({ region, instance: identifier }, read) },
  doneWhen: ({ identifier }) => `${identifier} is available.`,
  usuallyMs: () => 450_000,
  observe: observeRestored,
  async apply(target, context) {
    await context.aws.call('rds', target.region, 'RestoreDBInstanceFromDBSnapshot', {
      ...(await likeTheOriginal('snapshot', target, context)),
      DBInstanceIdentifier: target.identifier,
      DBSnapshotIdentifier: target.snapshot,
    });
    return undefined;
  },
  settle: waitUntilAvailable,
});
