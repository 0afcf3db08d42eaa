import type { Input } from '../../aws/aws.ts';
import { at } from '../timeline.ts';
import type { World } from '../world.ts';
import { backups } from './backups.ts';
import { change } from './change.ts';
import { describe } from './describe.ts';
import { found } from './instance.ts';
import { PromoteReadReplica } from './promote.ts';
import { restore } from './restore.ts';

/** RDS as its API answers. */
export const rds = {
  DescribeDBInstances(world: World, region: string, input: Input<'rds', 'DescribeDBInstances'>) {
    if (input.DBInstanceIdentifier) {
      return { DBInstances: [describe(world, found(world, region, input.DBInstanceIdentifier))] };
    }
    const nowMs = world.clock.nowMs();
    const there = world.instances.filter((one) => one.region === region && at(one.status, nowMs) !== null);
    return { DBInstances: there.map((one) => describe(world, one)) };
  },
  ...backups,
  PromoteReadReplica,
  ...change,
  ...restore,
};
