import * as z from 'zod';
import { nameIn } from '../../arn.ts';
import { NOBODY_LOGS_IN } from '../../ports/sql.ts';
import { proveWrite } from '../data/heartbeat.ts';
import { psql } from '../data/psql.ts';
import { ROLES_SETTLE_MS, takesWrites } from '../data/takes-writes.ts';
import { given, side } from '../given.ts';
import { loginTo } from '../needs.ts';
import { until } from '../poll.ts';
import { defineStep, type StepContext } from '../step.ts';
import {
  AURORA,
  type GlobalTarget,
  globalCluster,
  globalClusterNeed,
  globalClusterNow,
  globalClusterOf,
  globalClusterPermissions,
  isWhole,
  writerOf,
} from './global-cluster.ts';

/** Proves by flag and topology, by a write, and by the other cluster's refusal that one cluster takes the writes, and it alone. */
export const proveGlobalWriter = defineStep<GlobalTarget & { whole: boolean }>({
  kind: 'rds.prove-global-writer',
  params: globalCluster.extend({ whole: z.boolean() }),
  given: given(
    z.strictObject({
      on: side.describe('The side that takes the writes.'),
      whole: z.boolean().default(true).describe('The other one must follow it; that is waited for until the deadline.'),
    }),
    ({ on, whole }, around) => ({ ...globalClusterOf(on, around), whole }),
    { needs: AURORA },
  ),
  needs: (target) => [
    globalClusterNeed(target, { writes: true }),
    ...[target, target.other].map(({ region, instance }) =>
      loginTo({ region, instance, database: target.database }, 'proof'),
    ),
  ],
  plane: 'data',
  title: ({ cluster, other }) => `See ${cluster} take a write, and ${other.cluster} refuse one`,
  region: ({ region }) => region,
  calls: ['rds:DescribeGlobalClusters'],
  permissions: (target, account) => globalClusterPermissions(['rds:DescribeGlobalClusters'], target, account),
  command: (target) => psql(target, proveWrite.text),
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
    const follows = isWhole(target, found) ? 'follows it' : 'does not follow it yet';
    const detail = `${writer} is the writer of ${target.globalCluster}; ${target.other.cluster} ${follows}`;
    noteCheck('global-writer', writerOf(found) === target.arn, detail, context);
    if (context.sql.withoutLogin) {
      context.notDone(`${NOBODY_LOGS_IN}: only RDS's own word was heard`);
      return null;
    }
    await takes(target, context);
    await refuses(target, context);
    return null;
  },
});

async function takes({ cluster, region, instance, database }: GlobalTarget, context: StepContext): Promise<void> {
  const wanted = { region, instance, name: database };
  const seen = await takesWrites(wanted, context, { refusesForMs: ROLES_SETTLE_MS });
  const detail = seen.takes ? `${cluster} took a write` : `${cluster} took no write: ${seen.detail}`;
  noteCheck('global-takes-writes', seen.takes === true, detail, context);
}

async function refuses({ other, database }: GlobalTarget, context: StepContext): Promise<void> {
  const { region, instance, cluster } = other;
  const seen = await takesWrites({ region, instance, name: database }, context);
  const detail = seen.takes ? `${cluster} takes writes as well` : `${cluster}: ${seen.detail}`;
  // Whether one that nobody reaches would take a write, nobody knows.
  noteCheck('global-one-writer', seen.refusal === 'ReadOnly', detail, context);
}

/** Under the step's name: a later proof of the same says nothing of this one. */
const noteCheck = (check: string, ok: boolean, detail: string, { step, record }: StepContext): void =>
  record({ type: 'check', check: `${step}/${check}`, layer: 'verification', critical: true, ok, detail });
