import type { Input } from '../../aws/aws.ts';
import { at } from '../timeline.ts';
import type { World } from '../world.ts';
import { backups } from './backups.ts';
import { change } from './change.ts';
import { CreateDBInstance, describeMember, memberNamed, membersIn } from './cluster-instances.ts';
import { clusterRestore } from './cluster-restore.ts';
import { clusterSnapshots } from './cluster-snapshots.ts';
import { snapshotCopies } from './copy-snapshot.ts';
import { CreateDBInstanceReadReplica } from './create-replica.ts';
import { describe } from './describe.ts';
import { globalClusters } from './global-clusters.ts';
import { placement } from './groups.ts';
import { arnOf, found } from './instance.ts';
import { PromoteReadReplica } from './promote.ts';
import { restore } from './restore.ts';

const MINUTE = 60_000;

/** RDS as its API answers. */
export const rds = {
  DescribeDBInstances(world: World, region: string, input: Input<'rds', 'DescribeDBInstances'>) {
    const member = memberNamed(world, region, input.DBInstanceIdentifier);
    if (member) return { DBInstances: [describeMember(world, member)] };
    if (input.DBInstanceIdentifier) {
      return { DBInstances: [describe(world, found(world, region, input.DBInstanceIdentifier))] };
    }
    const nowMs = world.clock.nowMs();
    const there = world.instances.filter((one) => one.region === region && at(one.status, nowMs) !== null);
    return {
      DBInstances: [
        ...there.map((one) => describe(world, one)),
        ...membersIn(world, region).map((one) => describeMember(world, one)),
      ],
    };
  },
  DescribeEvents(world: World, region: string, input: Input<'rds', 'DescribeEvents'>) {
    const nowMs = world.clock.nowMs();
    const untilMs = Math.min(nowMs, input.EndTime?.getTime() ?? nowMs);
    const fromMs = input.StartTime?.getTime() ?? untilMs - (input.Duration ?? 60) * MINUTE;
    const told = world.instances
      .filter((one) => one.region === region && [undefined, one.identifier].includes(input.SourceIdentifier))
      .flatMap((one) => one.events.map((event) => ({ ...event, one })))
      .filter(({ atMs, categories }) => {
        const wanted = input.EventCategories ?? [];
        return atMs >= fromMs && atMs <= untilMs && (wanted.length === 0 || categories.some((c) => wanted.includes(c)));
      });
    return {
      Events: told
        .sort((a, b) => a.atMs - b.atMs)
        .map(({ one, atMs, categories, message }) => ({
          SourceIdentifier: one.identifier,
          SourceType: 'db-instance' as const,
          SourceArn: arnOf(world, one),
          Message: message,
          EventCategories: categories,
          Date: new Date(atMs),
        })),
    };
  },
  ...backups,
  CreateDBInstance,
  CreateDBInstanceReadReplica,
  PromoteReadReplica,
  ...change,
  ...restore,
  ...snapshotCopies,
  ...globalClusters,
  ...clusterSnapshots,
  ...clusterRestore,
  ...placement,
};
