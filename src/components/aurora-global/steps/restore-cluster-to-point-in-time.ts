import * as z from 'zod';
import { isoTime } from '../../../clock/clock.ts';
import { given, NOT_YET_MS } from '../../../steps/given.ts';
import { defineStep } from '../../../steps/step.ts';
import { clusterArn } from '../../rds/cluster.ts';
import {
  likeItsNeighbour,
  observeRestoredCluster,
  restoredCluster,
  restoredClusterAlters,
  restoredClusterGiven,
  restoredClusterNeeds,
  restoredClusterOf,
  restoredClusterOptions,
  restoredClusterPermissions,
  untilClusterAvailable,
} from './restored-cluster.ts';

const params = restoredCluster.extend({ timeMs: z.number() });

/** Makes a new cluster that holds what the primary cluster held at a time, beside the global database. It has no instance yet. */
export const restoreClusterToPointInTime = defineStep<z.output<typeof params>>({
  kind: 'rds.restore-cluster-to-point-in-time',
  params,
  given: given(restoredClusterGiven.omit({ in: true }), ({ point, ...asked }, around) => ({
    ...restoredClusterOf({ ...asked, in: 'primary' }, around),
    timeMs: around.result(point, { timeMs: NOT_YET_MS }).timeMs,
  })),
  needs: restoredClusterNeeds,
  alters: restoredClusterAlters,
  plane: 'control',
  restores: true,
  title: ({ source, timeMs, identifier }) => `Restore ${source} as of ${isoTime(timeMs)} as ${identifier}`,
  region: ({ region }) => region,
  calls: ['rds:DescribeDBClusters', 'rds:RestoreDBClusterToPointInTime'],
  permissions: (target, account) =>
    restoredClusterPermissions(target, account, 'rds:RestoreDBClusterToPointInTime', [
      clusterArn(target.region, account, target.source),
    ]),
  command: (target) =>
    `aws rds restore-db-cluster-to-point-in-time --region ${target.region} --source-db-cluster-identifier ${target.source} --restore-to-time ${isoTime(target.timeMs)} --db-cluster-identifier ${target.identifier} ${restoredClusterOptions(target)}`,
  doneWhen: ({ identifier }) => `${identifier} is available.`,
  usuallyMs: () => 240_000,
  observe: observeRestoredCluster,
  async apply(target, context) {
    await context.aws.call('rds', target.region, 'RestoreDBClusterToPointInTime', {
      ...(await likeItsNeighbour(target, context)),
      SourceDBClusterIdentifier: target.source,
      RestoreToTime: new Date(target.timeMs),
    });
    return undefined;
  },
  settle: untilClusterAvailable,
});
