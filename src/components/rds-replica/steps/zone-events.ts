import { listOf } from '../../../aws/pages.ts';
import type { StepContext } from '../../../steps/step.ts';

/** What RDS itself says of failovers of an instance since a time, oldest first: it tells most of them, and promises none. */
export async function failoverEvents(
  { region, instance, sinceMs }: { region: string; instance: string; sinceMs: number },
  { aws }: Pick<StepContext, 'aws'>,
): Promise<string[]> {
  const events = await listOf(aws, 'rds', region, 'DescribeEvents', 'Events', {
    SourceIdentifier: instance,
    SourceType: 'db-instance',
    EventCategories: ['failover'],
    StartTime: new Date(sinceMs),
  });
  return events.map(({ Message }) => Message ?? '');
}
