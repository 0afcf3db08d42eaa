import type { DBCluster, GlobalCluster } from '@aws-sdk/client-rds';
import * as z from 'zod';
import { globalArn, regionalArn } from '../../../arn.ts';
import type { CallOptions } from '../../../aws/aws.ts';
import { listOf } from '../../../aws/pages.ts';
import { DrillError } from '../../../errors.ts';
import { type Around, component, type side } from '../../../steps/given.ts';
import type { NeedOf } from '../../../steps/needs.ts';
import { patiently, until } from '../../../steps/poll.ts';
import type { Observation, Permission, StepContext } from '../../../steps/step.ts';
import { eventsCommand } from '../../rds/instance.ts';

const cluster = z.object({ region: z.string(), cluster: z.string(), instance: z.string(), arn: z.string() });

/** An Aurora global database as seen from the cluster that is to take the writes, or takes them. */
export const globalCluster = cluster.extend({ globalCluster: z.string(), database: z.string(), other: cluster });
export type GlobalTarget = z.output<typeof globalCluster>;

export function globalClusterOf(where: z.output<typeof side>, around: Around): GlobalTarget {
  const { account, regions } = around.topology;
  const found = component('aurora-global', around);
  const onSide = (one: z.output<typeof side>) => ({
    region: regions[one],
    ...found[one],
    arn: regionalArn({ service: 'rds', region: regions[one], account, resource: `cluster:${found[one].cluster}` }),
  });
  const other = onSide(where === 'primary' ? 'recovery' : 'primary');
  return { globalCluster: found.globalCluster, database: found.database, ...onSide(where), other };
}

export const seenFromOther = (target: GlobalTarget): GlobalTarget => {
  const { region, cluster: identifier, instance, arn, other, ...rest } = target;
  return { ...rest, ...other, other: { region, cluster: identifier, instance, arn } };
};

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

/** Whether the one leads and the other follows it, both in step: what `available` alone does not say. */
export function isWhole({ arn, other }: GlobalTarget, found: GlobalCluster): boolean {
  const members = found.GlobalClusterMembers ?? [];
  const follower = members.find(({ DBClusterArn }) => DBClusterArn === other.arn);
  const leader = members.find(({ DBClusterArn }) => DBClusterArn === arn);
  return (
    writerOf(found) === arn &&
    leader?.Readers?.includes(other.arn) === true &&
    (follower?.SynchronizationStatus ?? 'connected') === 'connected'
  );
}

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

/** A cluster as RDS describes it, in its own region. */
export async function clusterNow(
  { region, cluster: identifier }: Pick<GlobalTarget, 'region' | 'cluster'>,
  { aws }: Pick<StepContext, 'aws'>,
  options?: CallOptions,
): Promise<DBCluster | undefined> {
  const asked = { DBClusterIdentifier: identifier };
  return (await listOf(aws, 'rds', region, 'DescribeDBClusters', 'DBClusters', asked, options))[0];
}

/** What applications reach the writer by: the endpoint of its cluster, which outlives its instances. */
export async function writerOn(target: GlobalTarget, context: StepContext): Promise<GlobalWriter> {
  const found = await patiently(context, () => clusterNow(target, context));
  return { writer: target.cluster, address: found?.Endpoint ?? '' };
}

export type GlobalWriter = { writer: string; address: string };

/** From these a cluster does not come back by itself; any other passes, as being backed up or changed does. */
const STAYS = /failed|inaccessible|stopp|delet/;

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

export const globalClusterPermissions = (actions: string[], target: GlobalTarget, account: string): Permission[] =>
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

/** The global database; `writes` says whether this cluster takes the writes at the beginning. */
export function globalClusterNeed(
  { region, cluster: identifier, instance, arn, globalCluster: id, other }: GlobalTarget,
  { writes }: { writes: boolean },
): NeedOf<'rds-global-cluster'> {
  const own = { region, cluster: identifier, instance, arn };
  const [writer, follower] = writes ? [own, other] : [other, own];
  return { need: 'rds-global-cluster', globalCluster: id, writer, follower };
}
