import { pagesOf } from '../../../aws/pages.ts';
import type { StepContext } from '../../../steps/step.ts';

/** A table may have any number of items, and each that is looked at is paid for. */
export const SAMPLE = 100;

/** How many items the first page of a table has that has any; none of them is given to us. */
export async function countIn(
  { region, table, limit = SAMPLE }: { region: string; table: string; limit?: number },
  { aws }: Pick<StepContext, 'aws'>,
): Promise<number> {
  const asked = { TableName: table, Limit: limit, Select: 'COUNT' as const };
  for await (const { Count = 0 } of pagesOf(aws, 'dynamodb', region, 'Scan', asked)) if (Count > 0) return Count;
  return 0;
}

export async function countsIn(
  region: string,
  tables: readonly string[],
  context: Pick<StepContext, 'aws'>,
): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const table of tables) counts[table] = await countIn({ region, table }, context);
  return counts;
}
