import * as z from 'zod';
import { given, side } from '../../../steps/given.ts';
import { until } from '../../../steps/poll.ts';
import type { StepContext } from '../../../steps/step.ts';
import { clusterNow } from '../../rds/cluster.ts';
import { INSTANCE_LOOK, instanceOf, mustNotBeLost } from '../../rds/instance.ts';
import { things } from '../needs.ts';
import { memberPermissions } from './cluster-permissions.ts';
import {
  type GlobalTarget,
  globalCluster,
  globalClusterNeed,
  globalClusterOf,
  globalClusterPermissions,
  globalWriterByHand,
  lookBeforeMove,
  untilWriter,
  writerOn,
} from './global-cluster.ts';

/** What a failover and a switchover of an Aurora global database have in common: only what is asked of RDS differs. */
export const movesWriter = (operation: 'FailoverGlobalCluster' | 'SwitchoverGlobalCluster') => {
  const ofClusters = ['rds:DescribeGlobalClusters', 'rds:DescribeDBClusters', `rds:${operation}`];
  const calls = [...ofClusters, INSTANCE_LOOK];
  return {
    params: globalCluster,
    given: given(
      z.strictObject({ to: side.default('recovery').describe('The side that becomes the writer.') }),
      ({ to }, around) => globalClusterOf(to, around),
    ),
    needs: (target: GlobalTarget) => [globalClusterNeed(target, { writes: false, now: true })],
    alters: (target: GlobalTarget) => [things.globalCluster(target.globalCluster)],
    plane: 'control',
    region: ({ region }: GlobalTarget) => region,
    calls,
    permissions: (target: GlobalTarget, account: string) => [
      ...globalClusterPermissions(ofClusters, target, account),
      ...memberPermissions([INSTANCE_LOOK], mayLead(target), account),
    ],
    usuallyMs: () => 75_000,
    byHand: { gives: globalWriterByHand },
    observe: lookBeforeMove,
    async settle(target: GlobalTarget, context: StepContext) {
      await untilWriter(target, context);
      await untilInstanceServes(target, context);
      return writerOn(target, context);
    },
  } as const;
};

/** The instances that may lead it, one that a drill adds among them. */
const mayLead = ({ region, instances, newInstance }: GlobalTarget) => ({
  region,
  instances: [...instances, ...(newInstance ? [newInstance] : [])],
});

/** A cluster says that it is available, and leads, before the instance that leads it serves anyone. */
async function untilInstanceServes(target: GlobalTarget, context: StepContext): Promise<void> {
  let told = '';
  await until(context, async () => {
    const members = (await clusterNow(target, context))?.DBClusterMembers ?? [];
    const leader = members.find(({ IsClusterWriter }) => IsClusterWriter)?.DBInstanceIdentifier;
    if (leader === undefined) return undefined;
    const found = await instanceOf(context, target.region, leader);
    mustNotBeLost(found);
    const status = found.DBInstanceStatus ?? 'unknown';
    if (['available', 'backing-up'].includes(status)) return true;
    if (status !== told)
      context.record({
        type: 'not-ready',
        step: context.step,
        subject: target.cluster,
        reasons: [`its instance ${leader} is ${status}`],
      });
    told = status;
    return undefined;
  });
}
