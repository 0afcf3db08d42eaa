import type { GlobalCluster } from '@aws-sdk/client-rds';
import * as z from 'zod';
import { nameIn } from '../../../arn.ts';
import { NOBODY_LOGS_IN } from '../../../ports/sql.ts';
import { clientLine } from '../../../steps/data/client-line.ts';
import { proveWrite } from '../../../steps/data/heartbeat.ts';
import { ROLES_SETTLE_MS, takesWrites } from '../../../steps/data/takes-writes.ts';
import { given, side } from '../../../steps/given.ts';
import { loginTo } from '../../../steps/needs.ts';
import { until } from '../../../steps/poll.ts';
import { defineStep, type StepContext } from '../../../steps/step.ts';
import { lookAtWriter, warnUnlessQuarantined } from '../../rds/quarantine.ts';
import { clusterPermissions } from './cluster-permissions.ts';
import { fenceOfCluster } from './fence-cluster.ts';
import {
  apartFrom,
  databaseIn,
  type GlobalTarget,
  globalCluster,
  globalClusterNeed,
  globalClusterNow,
  globalClusterOf,
  globalClusterPermissions,
  isWhole,
  writerOf,
} from './global-cluster.ts';

const params = globalCluster.extend({
  whole: z.boolean(),
  /** The region of the other cluster may be lost: nobody may be there to refuse a write. */
  otherLost: z.boolean(),
});
type Params = z.output<typeof params>;

/** Proves by flag and topology, by a write, and by the other cluster's refusal that one cluster takes the writes, and it alone. */
export const proveGlobalWriter = defineStep<Params>({
  kind: 'rds.prove-global-writer',
  params,
  given: given(
    z.strictObject({
      on: side.describe('The side that takes the writes.'),
      whole: z
        .boolean()
        .default(true)
        .describe('The other one must be its replica. The step waits for that until its deadline.'),
      otherLost: z.boolean().default(false).describe('true if the region of the other cluster may be unavailable.'),
    }),
    ({ on, ...asked }, around) => ({ ...globalClusterOf(on, around), ...asked }),
  ),
  needs: (target) => [
    globalClusterNeed(target, { writes: true }),
    // Nobody logs in to a cluster without an instance.
    ...[target, target.other]
      .filter(({ instances }) => instances.length > 0)
      .map((one) => loginTo({ ...databaseIn(one, ''), database: target.database }, 'proof')),
  ],
  plane: 'data',
  title: ({ cluster, other }) => `Check that ${cluster} takes a write and ${other.cluster} refuses one`,
  region: ({ region }) => region,
  calls: ({ other }) => ['rds:DescribeGlobalClusters', ...(other.quarantine ? ['rds:DescribeDBClusters'] : [])],
  permissions: (target, account) => [
    ...globalClusterPermissions(['rds:DescribeGlobalClusters'], target, account),
    ...(target.other.quarantine ? clusterPermissions(['rds:DescribeDBClusters'], target.other) : []),
  ],
  command: (target) =>
    clientLine(
      { ...databaseIn(target, ''), database: target.database, engine: target.engine, cluster: true },
      proveWrite.text,
    ),
  doneWhen: ({ cluster }) => `${cluster} takes the row.`,
  usuallyMs: () => 1_000,
  observe: async () => ({ done: false, underway: true, state: null }),
  async settle(target, context) {
    let otherBefore = false;
    const found = await until(context, async () => {
      const now = await globalClusterNow(target, context);
      if (writerOf(now) === target.arn) {
        otherBefore = false;
        return !target.whole || isWhole(target, now) ? now : undefined;
      }
      // One such answer may be from before the change.
      const isSure = otherBefore;
      otherBefore = true;
      return isSure ? now : undefined;
    });
    const writer = nameIn(writerOf(found) ?? 'no cluster');
    const detail = `${writer} is the writer of ${target.globalCluster}; ${followersInWords(target, found)}`;
    noteCheck('global-writer', writerOf(found) === target.arn, detail, context);
    if (context.sql.withoutLogin?.(databaseIn(target, target.database))) {
      context.notDone(`${NOBODY_LOGS_IN}: only RDS's own word was heard`);
      return null;
    }
    await takes(target, context);
    await refuses(target, context);
    return null;
  },
});

/** Which clusters follow the writer, and which do not yet. */
function followersInWords(target: GlobalTarget, found: GlobalCluster): string {
  const apart = apartFrom(target, found);
  const following = [target.other, ...target.others]
    .map(({ cluster }) => cluster)
    .filter((name) => !apart.includes(name));
  const verb = (names: string[], one: string, several: string) => (names.length === 1 ? one : several);
  return [
    ...(following.length > 0 ? [`${following.join(' and ')} ${verb(following, 'follows it', 'follow it')}`] : []),
    ...(apart.length > 0
      ? [`${apart.join(' and ')} ${verb(apart, 'does not follow it yet', 'do not follow it yet')}`]
      : []),
  ].join('; ');
}

async function takes(target: GlobalTarget, context: StepContext): Promise<void> {
  const { cluster, database } = target;
  const seen = await takesWrites(databaseIn(target, database), context, { refusesForMs: ROLES_SETTLE_MS });
  const detail = seen.takes ? `${cluster} took a write` : `${cluster} took no write: ${seen.detail}`;
  noteCheck('global-takes-writes', seen.takes === true, detail, context);
}

async function refuses({ other, database, otherLost }: Params, context: StepContext): Promise<void> {
  const { region, cluster } = other;
  const fence = fenceOfCluster({ ...other, database });
  const seen = await takesWrites(databaseIn(other, database), context);
  const standing = fence && (await lookAtWriter(fence, context));
  if (fence && seen.takes === false && standing?.groups.includes(fence.quarantine)) {
    noteCheck('global-one-writer', true, `${cluster} is in quarantine, and refuses connections`, context);
    return;
  }
  if (fence && otherLost) await warnUnlessQuarantined(fence, context);
  // Whether one that nobody reaches would take a write, nobody knows.
  if (otherLost && !seen.takes && seen.refusal !== 'ReadOnly') return warnOfOther({ region, cluster }, context);
  const detail = seen.takes ? `${cluster} takes writes as well` : `${cluster}: ${seen.detail}`;
  noteCheck('global-one-writer', seen.refusal === 'ReadOnly', detail, context);
}

const warnOfOther = ({ region, cluster }: { region: string; cluster: string }, { record }: StepContext): void =>
  record({
    type: 'finding',
    severity: 'warning',
    subject: cluster,
    what: `could not check whether ${cluster} takes writes: it does not answer from here`,
    why: 'What is written there while its region is cut off is lost: Aurora makes it a follower as soon as it can.',
    fix: `Keep clients in ${region} from writing until it follows: aws rds describe-global-clusters --region ${region}`,
  });

/** Recorded under the name of the step, because a later check of the same store is a different one. */
const noteCheck = (check: string, ok: boolean, detail: string, { step, record }: StepContext): void =>
  record({ type: 'check', check: `${step}/${check}`, layer: 'verification', critical: true, ok, detail });
