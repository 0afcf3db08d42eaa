import * as z from 'zod';
import { isPassing } from '../../../errors.ts';
import { proveWrite } from '../../../steps/data/heartbeat.ts';
import { psql } from '../../../steps/data/psql.ts';
import { takesWrites } from '../../../steps/data/takes-writes.ts';
import { given, side } from '../../../steps/given.ts';
import { loginTo } from '../../../steps/needs.ts';
import { defineStep, type StepContext } from '../../../steps/step.ts';
import { clusterNow, type GlobalTarget, globalCluster, globalClusterNeed, globalClusterOf } from './global-cluster.ts';

type Fencing = { how: 'by-aurora' | 'unreachable' };

const LOOK_EVERY_MS = 1_000;
/** Where nobody can log in, a region counts as lost after so many looks that nobody answered. */
const SILENT_LOOKS = 3;

/**
 * Makes sure that the old primary cluster takes no more writes before the other one opens: where RDS answers in its region, Aurora stops it
 * as part of the failover; where RDS does not, the cluster itself may live on, and has to refuse writes three times in a row.
 */
export const fenceCluster = defineStep<GlobalTarget, Fencing>({
  kind: 'rds.fence-cluster',
  params: globalCluster,
  given: given(
    z.strictObject({ on: side.default('primary').describe('The side that is to take no more writes.') }),
    ({ on }, around) => globalClusterOf(on, around),
  ),
  needs: (target) => [globalClusterNeed(target, { writes: true }), loginTo(target, 'proof')],
  plane: 'data',
  title: ({ cluster }) => `See that Aurora can stop ${cluster}, or that it takes no writes`,
  region: ({ region }) => region,
  calls: ['rds:DescribeDBClusters'],
  permissions: ({ arn }) => [{ action: 'rds:DescribeDBClusters', resource: arn }],
  command: (target) => psql(target, proveWrite.text),
  usuallyMs: () => 10_000,
  observe: async () => ({ done: false, underway: true, state: null }),
  async settle(target, context) {
    const { region, instance, database } = target;
    for (let silent = 1; ; silent += 1) {
      // A lost region lets both wait: side by side they take no longer than one.
      const [canBeStopped, seen] = await Promise.all([
        answers(target, context),
        context.sql.withoutLogin
          ? undefined
          : takesWrites({ region, instance, name: database }, context, { timeoutMs: 2_000 }),
      ]);
      if (canBeStopped) return { how: 'by-aurora' };
      if (seen?.takes === false) return { how: 'unreachable' };
      if (!seen && silent >= SILENT_LOOKS) return warnOfNoProof(target, context);
      if (seen) warnOfWrites(target, silent, context);
      await context.clock.sleep(LOOK_EVERY_MS, context.signal);
    }
  },
});

const warnOfWrites = ({ region, cluster }: GlobalTarget, times: number, { record, step }: StepContext): void => {
  record({
    type: 'look-failing',
    step,
    what: 'the fence',
    reason: `RDS in ${region} does not answer, and ${cluster} takes writes all the same: it would go on beside the other`,
    times,
    nextMs: LOOK_EVERY_MS,
  });
};

/** Whether RDS answers in the region of a cluster: only then does Aurora reach it. */
async function answers(target: GlobalTarget, context: StepContext): Promise<boolean> {
  try {
    await clusterNow(target, context, { once: true });
    return true;
  } catch (error) {
    context.signal.throwIfAborted();
    if (!isPassing(error)) throw error;
    return false;
  }
}

/** An API that does not answer says nothing of a database that may. */
function warnOfNoProof({ region, cluster }: GlobalTarget, { record }: StepContext): Fencing {
  record({
    type: 'finding',
    severity: 'warning',
    subject: cluster,
    what: `nothing proves that ${cluster} takes no writes: RDS in ${region} does not answer, and nobody can log in`,
    why: 'What is written there while the other cluster takes the writes is lost.',
    mend: 'Give the data store a login: a drill then sees for itself whether writes are refused.',
  });
  return { how: 'unreachable' };
}
