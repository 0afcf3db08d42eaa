import type { ReplicaDescription, TableDescription } from '@aws-sdk/client-dynamodb';
import { regionalArn } from '../../../arn.ts';
import { type CallOptions, isAwsError } from '../../../aws/aws.ts';
import { listOf } from '../../../aws/pages.ts';
import { type Mark, markInTags } from '../../../steps/mark.ts';
import type { Permission, StepContext } from '../../../steps/step.ts';

export interface TableAt {
  region: string;
  table: string;
}

/** A table as DynamoDB describes it in a region; `undefined` when there is none of that name. */
export async function findTable(
  { region, table }: TableAt,
  { aws }: Pick<StepContext, 'aws'>,
  options?: CallOptions,
): Promise<TableDescription | undefined> {
  try {
    return (await aws.call('dynamodb', region, 'DescribeTable', { TableName: table }, options)).Table;
  } catch (error) {
    if (isAwsError(error, 'ResourceNotFound')) return undefined;
    throw error;
  }
}

export const replicaOf = ({ Replicas = [] }: TableDescription, region: string): ReplicaDescription | undefined =>
  Replicas.find(({ RegionName }) => RegionName === region);

export const tableArn = ({ region, table }: TableAt, account: string): string =>
  regionalArn({ service: 'dynamodb', region, account, resource: `table/${table}` });

export const onTables = (actions: readonly string[], tables: readonly TableAt[], account: string): Permission[] =>
  tables.flatMap((one) => actions.map((action) => ({ action, resource: tableArn(one, account) })));

/** What DynamoDB does in the caller's name as it fills a replica or a restored table. */
export const FILLING = [
  'dynamodb:BatchWriteItem',
  'dynamodb:DeleteItem',
  'dynamodb:GetItem',
  'dynamodb:PutItem',
  'dynamodb:Query',
  'dynamodb:Scan',
  'dynamodb:UpdateItem',
];

/** Who made a table, as its tags say. */
export async function markOf({ TableArn }: TableDescription, region: string, { aws }: Pick<StepContext, 'aws'>) {
  const asked = { ResourceArn: TableArn };
  return markInTags(await listOf(aws, 'dynamodb', region, 'ListTagsOfResource', 'Tags', asked));
}

/** A table that is still being made has no tags yet: it is known by its source, and by the time that its data is of. */
export async function madeBy(
  found: TableDescription,
  { region, source, timeMs, drill }: { region: string; source: string; timeMs: number; drill: string },
  context: Pick<StepContext, 'aws' | 'run'>,
): Promise<Mark | undefined> {
  const { SourceTableArn, RestoreDateTime } = found.RestoreSummary ?? {};
  const isOwn = SourceTableArn?.endsWith(`:table/${source}`) && RestoreDateTime?.getTime() === timeMs;
  return (await markOf(found, region, context)) ?? (isOwn ? { drill, run: context.run } : undefined);
}
