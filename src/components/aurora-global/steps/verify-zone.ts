import * as z from 'zod';
import { duration } from '../../../drill/quantities.ts';
import { inWords } from '../../../duration.ts';
import { earlierStep, given, NOT_YET_MS, side } from '../../../steps/given.ts';
import { defineStep, type StepContext } from '../../../steps/step.ts';
import { clusterNow } from '../../rds/cluster.ts';
import { INSTANCE_LOOK } from '../../rds/instance.ts';
import { type ZoneBefore, zoneBeforeRun } from '../../rds/zone.ts';
import { clusterPermissions, memberPermissions } from './cluster-permissions.ts';
import { zoneOf } from './fail-over-zone.ts';
import { globalCluster, globalClusterNeed, globalClusterOf } from './global-cluster.ts';

const params = globalCluster.extend({ zone: z.string(), withinMs: z.number() });
type Params = z.output<typeof params>;

const LOOK_EVERY_MS = 5_000;

/** Sees the writer of a cluster in another zone, and an instance in a further one that could take over again. */
export const verifyClusterZone = defineStep<Params, { zone: string }>({
  kind: 'rds.verify-cluster-zone',
  params,
  given: given(
    z.strictObject({
      on: side.default('primary'),
      failover: earlierStep.describe('The step that failed over to a reader.'),
      within: duration.default(480_000).describe('How long it is waited for.'),
    }),
    ({ on, failover, within }, around) => {
      const { zone } = around.result<ZoneBefore>(failover, zoneBeforeRun(failover, NOT_YET_MS));
      return { ...globalClusterOf(on, around), zone, withinMs: within };
    },
  ),
  needs: (target) => [globalClusterNeed(target, { writes: true })],
  plane: 'control',
  title: ({ cluster, zone }) => `Check that the writer of ${cluster} is in another zone than ${zone}`,
  region: ({ region }) => region,
  calls: ['rds:DescribeDBClusters', INSTANCE_LOOK],
  permissions: (target, account) => [
    ...clusterPermissions(['rds:DescribeDBClusters'], target),
    ...memberPermissions([INSTANCE_LOOK], target, account),
  ],
  command: ({ region, cluster }) =>
    `aws rds describe-db-clusters --region ${region} --db-cluster-identifier ${cluster} --query 'DBClusters[0].DBClusterMembers'`,
  doneWhen: () => 'Another member than before is the writer.',
  usuallyMs: () => 60_000,
  observe: async () => ({ done: false, underway: true, state: null }),

  async settle(target, context) {
    const { clock, signal, record } = context;
    const endMs = clock.nowMs() + target.withinMs;
    for (;;) {
      const { writer, others } = await zonesOf(target, context);
      const hasMoved = writer !== undefined && writer !== target.zone;
      if (hasMoved || clock.nowMs() >= endMs) {
        const where = hasMoved
          ? `from ${target.zone} to ${writer}`
          : `still in ${writer ?? 'no zone'} after ${inWords(target.withinMs)}`;
        const check = { layer: 'verification', critical: true } as const;
        record({ type: 'check', check: 'zone-moved', ...check, ok: hasMoved, detail: where });
        const reader = others.find((one) => one !== writer);
        const detail = reader === undefined ? 'no reader in another zone' : `a reader in ${reader}`;
        record({ type: 'check', check: 'standby-again', ...check, ok: reader !== undefined, detail });
        return { zone: writer ?? '' };
      }
      await clock.sleep(LOOK_EVERY_MS, signal);
    }
  },
});

async function zonesOf(
  target: Params,
  context: StepContext,
): Promise<{ writer: string | undefined; others: string[] }> {
  const { DBClusterMembers: members = [] } = (await clusterNow(target, context)) ?? {};
  let writer: string | undefined;
  const others: string[] = [];
  for (const { DBInstanceIdentifier: instance = '', IsClusterWriter } of members) {
    const zone = await zoneOf(target.region, instance, context);
    if (IsClusterWriter) writer = zone;
    else others.push(zone);
  }
  return { writer, others };
}
