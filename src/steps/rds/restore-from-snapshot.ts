import * as z from 'zod';
import { lowerName } from '../../drill/names.ts';
import { given } from '../given.ts';
import { defineStep } from '../step.ts';
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
import { snapshotArn } from './snapshot.ts';

const params = restoredInstance.extend({ snapshot: z.string() });

/** Makes a new instance from a snapshot, beside the living one. */
export const restoreFromSnapshot = defineStep<z.output<typeof params>, { address: string }>({
  kind: 'rds.restore-from-snapshot',
  params,
  given: given(
    restoredGiven.extend({
      snapshot: lowerName.optional().describe("The snapshot's name, where it is known before the run."),
    }),
    ({ snapshot, ...asked }, around) => ({
      ...restoredLike(asked, around),
      snapshot: snapshot ?? around.result(asked.point, { id: `<what ${asked.point} finds>` }).id,
    }),
  ),
  plane: 'control',
  title: ({ snapshot, identifier }) => `Restore ${snapshot} as ${identifier}`,
  region: ({ region }) => region,
  calls: ['rds:DescribeDBInstances', 'rds:RestoreDBInstanceFromDBSnapshot'],
  permissions: (target, account) =>
    restorePermissions(
      target,
      account,
      'rds:RestoreDBInstanceFromDBSnapshot',
      snapshotArn(target.region, account, isChosen(target.snapshot) ? target.snapshot : `rds:${target.source}-*`),
    ),
  command: (target) =>
    `aws rds restore-db-instance-from-db-snapshot --region ${target.region} --db-snapshot-identifier ${target.snapshot} --db-instance-identifier ${target.identifier} ${restoreOptions(target)}`,
  usuallyMs: () => 450_000,
  observe: observeRestored,
  async apply(target, { aws }) {
    await aws.call('rds', target.region, 'RestoreDBInstanceFromDBSnapshot', {
      ...likeTheOriginal(target),
      DBInstanceIdentifier: target.identifier,
      DBSnapshotIdentifier: target.snapshot,
    });
    return undefined;
  },
  settle: waitUntilAvailable,
});

/** RDS names automated snapshots itself, and before a run nobody knows which it will be. */
const isChosen = (snapshot: string): boolean => !/^(rds:|<)/.test(snapshot);
