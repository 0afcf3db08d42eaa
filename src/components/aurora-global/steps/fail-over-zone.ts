import * as z from 'zod';
import { isoTime } from '../../../clock/clock.ts';
import { TopologyLacks } from '../../../drill/components.ts';
import { DrillError } from '../../../errors.ts';
import { impairedSinceMs, recordImpaired, recordImpairedIfNobodyDid } from '../../../steps/failure/impaired.ts';
import { given, side } from '../../../steps/given.ts';
import { until } from '../../../steps/poll.ts';
import { defineStep, type StepContext } from '../../../steps/step.ts';
import { clusterNow } from '../../rds/cluster.ts';
import { INSTANCE_LOOK, instanceOf } from '../../rds/instance.ts';
import { type ZoneBefore, zoneByHand } from '../../rds/zone.ts';
import { clusterPermissions, memberPermissions } from './cluster-permissions.ts';
import { type GlobalTarget, globalCluster, globalClusterNeed, globalClusterOf } from './global-cluster.ts';

/** What of a cluster is looked at before: its writer, where that is, and where its endpoint leads. */
type Standing = Omit<ZoneBefore, 'sinceMs'> & { writer: string };

/** Has a reader in another zone take the writes of its cluster. It serves as well from there: nothing is taken back. */
export const failOverClusterZone = defineStep<GlobalTarget, ZoneBefore>({
  kind: 'rds.fail-over-cluster-zone',
  params: globalCluster,
  given: given(z.strictObject({ on: side.default('primary') }), ({ on }, around) => {
    const target = globalClusterOf(on, around);
    if (target.instances.length < 2) throw new TopologyLacks(`second instance of ${target.cluster} (${on}.instances)`);
    return target;
  }),
  needs: (target) => [globalClusterNeed(target, { writes: true })],
  plane: 'control',
  title: ({ cluster }) => `Fail ${cluster} over to a reader in another zone`,
  region: ({ region }) => region,
  calls: ['rds:DescribeDBClusters', INSTANCE_LOOK, 'rds:FailoverDBCluster'],
  permissions: (target, account) => [
    ...clusterPermissions(['rds:DescribeDBClusters', 'rds:FailoverDBCluster'], target),
    ...memberPermissions([INSTANCE_LOOK], target, account),
  ],
  command: ({ region, cluster }) => `aws rds failover-db-cluster --region ${region} --db-cluster-identifier ${cluster}`,
  doneWhen: ({ cluster }) => `Another member of ${cluster} is its writer.`,
  usuallyMs: () => 1_000,

  async observe(target, context) {
    const now = await standing(target, context);
    const before = seenBefore(context);
    // A second failover would bring it back, with a second outage.
    return { done: before !== undefined && before.writer !== now.writer, state: now };
  },

  async apply(target, context) {
    const { writer, zone } = await standing(target, context);
    const reader = await readerElsewhere(target, { writer, zone }, context);
    const sinceMs = context.clock.nowMs();
    await context.aws.call('rds', target.region, 'FailoverDBCluster', {
      DBClusterIdentifier: target.cluster,
      TargetDBInstanceIdentifier: reader,
    });
    recordImpaired(impairmentOf(target), context, isoTime(sinceMs));
    return undefined;
  },

  async settle(target, context, { state }) {
    recordImpairedIfNobodyDid(impairmentOf(target), context);
    const { name, addresses, zone } = (seenBefore(context) ?? state) as Standing;
    return { name, addresses, zone, sinceMs: impairedSinceMs(context) ?? context.clock.nowMs() };
  },

  /** Half-way it cannot be stopped: it is over when the cluster has a writer again. */
  async undo(target, context) {
    await until(context, async () => (await writerNow(target, context)) !== undefined || undefined);
  },
  byHand: {
    finds: ({ region, cluster }, read) => {
      const ask = (query: string) =>
        `aws rds describe-db-clusters --region ${region} --db-cluster-identifier ${cluster} --query "DBClusters[0].${query}" --output text`;
      return zoneByHand(
        { name: ask('Endpoint'), zone: ask('DBClusterMembers[?IsClusterWriter].DBInstanceIdentifier') },
        read,
      );
    },
    gives: (_params, _read, found) => found as ZoneBefore,
  },
  undoCommand: ({ region, cluster }) =>
    `aws rds wait db-cluster-available --region ${region} --db-cluster-identifier ${cluster}`,
});

const impairmentOf = ({ region, cluster }: GlobalTarget) => ({
  what: `the writer of ${cluster} fails over to a reader in another zone`,
  region,
});

const membersNow = async (target: GlobalTarget, context: StepContext) => {
  const found = await clusterNow(target, context);
  return { name: found?.Endpoint ?? '', members: found?.DBClusterMembers ?? [] };
};

async function writerNow(target: GlobalTarget, context: StepContext): Promise<string | undefined> {
  const { members } = await membersNow(target, context);
  return members.find(({ IsClusterWriter }) => IsClusterWriter)?.DBInstanceIdentifier;
}

export async function zoneOf(region: string, instance: string, context: StepContext): Promise<string> {
  return (await instanceOf(context, region, instance)).AvailabilityZone ?? '';
}

async function standing(target: GlobalTarget, context: StepContext): Promise<Standing> {
  const { name, members } = await membersNow(target, context);
  const writer = members.find(({ IsClusterWriter }) => IsClusterWriter)?.DBInstanceIdentifier;
  if (writer === undefined)
    throw new DrillError('not-the-writer', `${target.cluster} has no instance that takes writes.`, {
      hint: `See its members: aws rds describe-db-clusters --region ${target.region} --db-cluster-identifier ${target.cluster}`,
    });
  const { addresses } = await context.dns.resolve(name, context.signal);
  return { name, addresses: addresses.toSorted(), zone: await zoneOf(target.region, writer, context), writer };
}

/** The first reader that is in another zone than the writer. */
async function readerElsewhere(
  target: GlobalTarget,
  { writer, zone }: { writer: string; zone: string },
  context: StepContext,
): Promise<string> {
  const { members } = await membersNow(target, context);
  for (const { DBInstanceIdentifier: reader = '' } of members)
    if (reader !== writer && (await zoneOf(target.region, reader, context)) !== zone) return reader;
  throw new DrillError('not-multi-az', `${target.cluster} has no reader in another zone than ${zone}.`, {
    hint: `Add one: aws rds create-db-instance --region ${target.region} --db-cluster-identifier ${target.cluster} --availability-zone …`,
  });
}

/** As the step saw the cluster before it asked for anything. */
const seenBefore = ({ entries, step }: StepContext): Standing | undefined => {
  const seen = entries().find((entry) => entry.type === 'step-observed' && entry.step === step);
  return seen?.type === 'step-observed' ? (seen.state as Standing) : undefined;
};
