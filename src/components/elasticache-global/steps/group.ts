import type { ReplicationGroup } from '@aws-sdk/client-elasticache';
import { regionalArn } from '../../../arn.ts';
import { type CallOptions, isAwsError } from '../../../aws/aws.ts';
import { listOf } from '../../../aws/pages.ts';
import { DrillError } from '../../../errors.ts';
import type { RedisEndpoint } from '../../../ports/redis.ts';
import type { Mark } from '../../../steps/mark.ts';
import type { StepContext } from '../../../steps/step.ts';

/** A replication group as ElastiCache describes it; `undefined` when there is none of that name. */
export async function findGroup(
  { aws }: Pick<StepContext, 'aws'>,
  region: string,
  group: string,
  options?: CallOptions,
): Promise<ReplicationGroup | undefined> {
  try {
    const asked = { ReplicationGroupId: group };
    const operation = 'DescribeReplicationGroups';
    return (await listOf(aws, 'elasticache', region, operation, 'ReplicationGroups', asked, options))[0];
  } catch (error) {
    if (isAwsError(error, 'ReplicationGroupNotFound')) return undefined;
    throw error;
  }
}

/** What tells a group that a drill made: ElastiCache gives it with every look, and tags only with another right. */
export const descriptionFor = ({ drill, run }: Mark): string =>
  `Made by the drill ${drill} of dr-drill${run === undefined ? '' : ` in its run ${run}`}, and deleted by it`;

export function markOf({ Description = '' }: ReplicationGroup): Mark | undefined {
  const [, drill, run] =
    /^Made by the drill (\S+) of dr-drill(?: in its run ([\w-]+))?, and deleted by it$/.exec(Description) ?? [];
  return drill === undefined ? undefined : { drill, run };
}

/** Lists what ElastiCache says that happened in the last hour. */
export const eventsCommand = (region: string): string =>
  `aws elasticache describe-events --region ${region} --source-type replication-group`;

/** Fails as soon as waiting has become pointless. */
export function mustNotHaveFailed({ ReplicationGroupId, Status }: ReplicationGroup, region: string): void {
  if (Status !== 'create-failed') return;
  throw new DrillError('group-failed', `${ReplicationGroupId} is ${Status}, and will not become available.`, {
    hint: `See its events: ${eventsCommand(region)}`,
  });
}

export const groupArn = (region: string, account: string, group: string): string =>
  regionalArn({ service: 'elasticache', region, account, resource: `replicationgroup:${group}` });

/** Where a group takes writes; `undefined` where it has no such endpoint, as with cluster mode. */
export function endpointIn(
  { region, group }: { region: string; group: string },
  { NodeGroups, TransitEncryptionEnabled: tls = false }: ReplicationGroup,
): RedisEndpoint | undefined {
  const { Address: host, Port: port = 6379 } = NodeGroups?.[0]?.PrimaryEndpoint ?? {};
  return host ? { region, group, host, port, tls } : undefined;
}
