import type { GlobalCluster } from '@aws-sdk/client-rds';
import * as z from 'zod';
import { globalArn } from '../../../arn.ts';
import { listOf } from '../../../aws/pages.ts';
import { DrillError } from '../../../errors.ts';
import type { Read } from '../../../steps/by-hand.ts';
import { type Around, component, type side as eitherSide } from '../../../steps/given.ts';
import type { NeedOf } from '../../../steps/needs.ts';
import { patiently, until } from '../../../steps/poll.ts';
import type { Observation, Permission, StepContext } from '../../../steps/step.ts';
import { clusterArn, clusterNow } from '../../rds/cluster.ts';
import { eventsCommand } from '../../rds/instance.ts';
import { auroraCluster, clusterInstance } from '../needs.ts';

const side = {
  region: z.string(),
  cluster: z.string(),
  arn: z.string(),
  instances: z.array(clusterInstance),
  newInstance: clusterInstance.optional(),
  securityGroups: z.array(z.string()),
  quarantine: z.string().optional(),
};
const cluster = z.object(side);

/** An Aurora global database as seen from the cluster that is to take the writes, or takes them. */
export const globalCluster = cluster.extend({
  globalCluster: z.string(),
  engine: z.enum(['postgres', 'mysql']),
  database: z.string(),
  /** Whether applications reach the writer by the global writer endpoint. */
  byGlobalEndpoint: z.boolean(),
  other: cluster,
  /** Clusters in other regions, which replicate the cluster that takes the writes. */
  others: z.array(auroraCluster),
});
/** RDS's word for the engine. */
export const engineNamed = (engine: 'postgres' | 'mysql'): string =>
  `aurora-${engine === 'mysql' ? 'mysql' : 'postgresql'}`;

export type GlobalTarget = z.output<typeof globalCluster>;
export type ClusterTarget = z.output<typeof cluster>;

export function globalClusterOf(where: z.output<typeof eitherSide>, around: Around): GlobalTarget {
  const { account, regions } = around.topology;
  const found = component('aurora-global', around);
  const arnOf = (region: string, name: string) => clusterArn(region, account, name);
  const onSide = (one: z.output<typeof eitherSide>): ClusterTarget => {
    const { quarantineSecurityGroup: quarantine, securityGroups = [], ...described } = found[one];
    const region = regions[one];
    const arn = arnOf(region, described.cluster);
    return { region, arn, ...described, securityGroups, ...(quarantine !== undefined && { quarantine }) };
  };
  return {
    globalCluster: found.globalCluster,
    engine: found.engine,
    database: found.database,
    byGlobalEndpoint: found.reachedBy === 'global-endpoint',
    ...onSide(where),
    other: onSide(where === 'primary' ? 'recovery' : 'primary'),
    others: found.others.map((one) => ({ ...one, arn: arnOf(one.region, one.cluster) })),
  };
}

export const seenFromOther = (target: GlobalTarget): GlobalTarget => ({
  ...target,
  ...target.other,
  newInstance: target.other.newInstance,
  quarantine: target.other.quarantine,
  other: cluster.parse(target),
});

/** The database for SQL: a cluster by its name, whose endpoint leads to the instance with the role. */
export const databaseIn = ({ region, cluster: instance }: Pick<ClusterTarget, 'region' | 'cluster'>, name: string) => ({
  region,
  instance,
  name,
});

/** Asked in the region of the cluster that is to take the writes: the other one may be lost. */
export async function globalClusterNow(
  { globalCluster: id, region }: GlobalTarget,
  { aws }: Pick<StepContext, 'aws'>,
): Promise<GlobalCluster> {
  const asked = { GlobalClusterIdentifier: id };
  const [found] = await listOf(aws, 'rds', region, 'DescribeGlobalClusters', 'GlobalClusters', asked);
  if (found) return found;
  throw new DrillError('global-cluster-missing', `There is no global cluster ${id} in ${region}.`, {
    hint: 'Check globalCluster in the topology.',
  });
}

export const writerOf = ({ GlobalClusterMembers }: GlobalCluster): string | undefined =>
  GlobalClusterMembers?.find(({ IsWriter }) => IsWriter)?.DBClusterArn;

/** The clusters that do not follow this one in step, by name: what `available` alone does not say. All of them where it does not lead. */
export function apartFrom({ arn, other, others }: GlobalTarget, found: GlobalCluster): string[] {
  const members = found.GlobalClusterMembers ?? [];
  const leader = members.find(({ DBClusterArn }) => DBClusterArn === arn);
  const follows = (one: string) => {
    const member = members.find(({ DBClusterArn }) => DBClusterArn === one);
    return (
      leader?.Readers?.includes(one) === true &&
      member !== undefined &&
      (member.SynchronizationStatus ?? 'connected') === 'connected'
    );
  };
  return [other, ...others]
    .filter((one) => writerOf(found) !== arn || !follows(one.arn))
    .map(({ cluster: name }) => name);
}

/** Whether this one leads, and all others follow it in step. */
export const isWhole = (target: GlobalTarget, found: GlobalCluster): boolean => apartFrom(target, found).length === 0;

const isMoving = ({ Status, FailoverState }: GlobalCluster): boolean =>
  FailoverState?.Status !== undefined || Status !== 'available';

/** Where the writer is before, and whether it moves already. */
export async function lookBeforeMove(target: GlobalTarget, context: StepContext): Promise<Observation> {
  const found = await globalClusterNow(target, context);
  const state = { writer: writerOf(found) ?? null };
  if (isMoving(found)) return { done: false, underway: true, state };
  if (writerOf(found) === target.arn) return { done: true, state };
  return { done: false, state };
}

/** What applications reach the writer by: the endpoint of its cluster, which outlives its instances, or the global one. */
export async function writerOn(target: GlobalTarget, context: StepContext): Promise<GlobalWriter> {
  const writer = target.cluster;
  if (target.byGlobalEndpoint) {
    const { Endpoint: address } = await patiently(context, () => globalClusterNow(target, context));
    if (address !== undefined) return { writer, address };
    throw new DrillError('no-global-endpoint', `${target.globalCluster} has no global writer endpoint.`, {
      hint: 'RDS names it with recent versions only; see describe-global-clusters. Without it, set reachedBy: cluster-endpoint in the topology.',
    });
  }
  const found = await patiently(context, () => clusterNow(target, context));
  return { writer, address: found?.Endpoint ?? '' };
}

/** The same, for a person who reads it. */
export const globalWriterByHand = (target: GlobalTarget, read: Read): GlobalWriter => ({
  writer: target.cluster,
  address: read.text(
    'address',
    target.byGlobalEndpoint
      ? `aws rds describe-global-clusters --region ${target.region} --global-cluster-identifier ${target.globalCluster} --query 'GlobalClusters[0].Endpoint' --output text`
      : `aws rds describe-db-clusters --region ${target.region} --db-cluster-identifier ${target.cluster} --query 'DBClusters[0].Endpoint' --output text`,
  ),
});

export type GlobalWriter = { writer: string; address: string };

/** From these a cluster does not come back by itself; any other passes, as being backed up or changed does. */
export const STAYS = /failed|inaccessible|stopp|delet/;

/** Refuses a cluster that has nobody who could take over, and waits for one that cannot just now. */
export async function mustHaveInstance(target: GlobalTarget, context: StepContext): Promise<void> {
  const { region, cluster: identifier } = target;
  let told = '';
  await until(context, async () => {
    const found = await clusterNow(target, context);
    const status = found?.Status ?? 'not there';
    const isHeadless = found !== undefined && (found.DBClusterMembers ?? []).length === 0;
    if (!found || isHeadless || STAYS.test(status)) {
      const why = isHeadless ? 'is headless: it has no instance' : `is ${status}`;
      throw new DrillError('cluster-not-ready', `${identifier} in ${region} ${why}, and cannot take the writes.`, {
        hint: `Add an instance first: aws rds create-db-instance --region ${region} --db-cluster-identifier ${identifier} …`,
      });
    }
    if (status === 'available') return true;
    if (status !== told)
      context.record({ type: 'not-ready', step: context.step, subject: identifier, reasons: [`it is ${status}`] });
    told = status;
    return undefined;
  });
}

/** Waits for the writer's flag and for the end of the change; fails where that has ended and the flag is where it was. */
export async function untilWriter(target: GlobalTarget, context: StepContext): Promise<void> {
  let hasMoved = false;
  await until(context, async () => {
    const found = await globalClusterNow(target, context);
    if (!isMoving(found) && writerOf(found) === target.arn) return true;
    if (hasMoved && !isMoving(found)) {
      throw new DrillError(
        'change-without-effect',
        `The change of roles ended, and ${target.cluster} is not the writer of ${target.globalCluster}.`,
        { hint: `See its events: ${eventsCommand('db-cluster', target.arn)}` },
      );
    }
    hasMoved ||= isMoving(found);
    return undefined;
  });
}

export const globalClusterPermissions = (
  actions: string[],
  target: Pick<GlobalTarget, 'region' | 'globalCluster' | 'arn'> & { other: { arn: string } },
  account: string,
): Permission[] =>
  actions.flatMap((action) => [
    {
      action,
      resource: globalArn({
        service: 'rds',
        region: target.region,
        account,
        resource: `global-cluster:${target.globalCluster}`,
      }),
    },
    { action, resource: target.arn },
    { action, resource: target.other.arn },
  ]);

/** The global database; `writes` says whether this cluster takes the writes at the beginning, `now` whether it must have an instance by then. */
export function globalClusterNeed(
  target: GlobalTarget,
  { writes, now = false }: { writes: boolean; now?: boolean },
): NeedOf<'rds-global-cluster'> {
  const { globalCluster: id, engine, byGlobalEndpoint, other, others } = target;
  const described = ({ region, cluster: name, arn, instances, newInstance }: ClusterTarget) => ({
    region,
    cluster: name,
    arn,
    instances,
    ...(newInstance && !now && { newInstance }),
  });
  const [writer, follower] = writes ? [target, other] : [other, target];
  return {
    need: 'rds-global-cluster',
    globalCluster: id,
    engine,
    byGlobalEndpoint,
    writer: described(writer),
    follower: described(follower),
    others,
  };
}
