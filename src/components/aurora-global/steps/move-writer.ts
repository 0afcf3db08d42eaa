import * as z from 'zod';
import { given, side } from '../../../steps/given.ts';
import type { StepContext } from '../../../steps/step.ts';
import { things } from '../needs.ts';
import {
  type GlobalTarget,
  globalCluster,
  globalClusterNeed,
  globalClusterOf,
  globalClusterPermissions,
  lookBeforeMove,
  untilWriter,
  writerOn,
} from './global-cluster.ts';

/** What a failover and a switchover of an Aurora global database have in common: only what is asked of RDS differs. */
export const movesWriter = (operation: 'FailoverGlobalCluster' | 'SwitchoverGlobalCluster') => {
  const calls = ['rds:DescribeGlobalClusters', 'rds:DescribeDBClusters', `rds:${operation}`];
  return {
    params: globalCluster,
    given: given(
      z.strictObject({ to: side.default('recovery').describe('The side that is to take the writes.') }),
      ({ to }, around) => globalClusterOf(to, around),
    ),
    needs: (target: GlobalTarget) => [globalClusterNeed(target, { writes: false, now: true })],
    alters: (target: GlobalTarget) => [things.globalCluster(target.globalCluster)],
    plane: 'control',
    region: ({ region }: GlobalTarget) => region,
    calls,
    permissions: (target: GlobalTarget, account: string) => globalClusterPermissions(calls, target, account),
    usuallyMs: () => 75_000,
    observe: lookBeforeMove,
    async settle(target: GlobalTarget, context: StepContext) {
      await untilWriter(target, context);
      return writerOn(target, context);
    },
  } as const;
};
