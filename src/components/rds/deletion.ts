import { until } from '../../steps/poll.ts';
import type { StepContext } from '../../steps/step.ts';
import { untilTaken } from '../../steps/until-taken.ts';
import { findInstance } from './instance.ts';

/** Asks for the deletion of an instance that a drill made, with all that it holds. */
export async function askForDeletion(region: string, identifier: string, context: StepContext): Promise<void> {
  await untilTaken(
    context,
    () =>
      context.aws.call('rds', region, 'DeleteDBInstance', {
        DBInstanceIdentifier: identifier,
        SkipFinalSnapshot: true,
        DeleteAutomatedBackups: true,
      }),
    // A busy API must not leave an instance behind that costs money.
    { missing: ['DBInstanceNotFound'], busy: ['InvalidDBInstanceState', 'Throttling'] },
  );
}

async function untilGone(region: string, identifier: string, context: StepContext): Promise<void> {
  await until(context, async () => ((await findInstance(context, region, identifier)) ? undefined : true), {
    firstMs: 5_000,
    maxMs: 10_000,
  });
}

/** Deletes an instance, and waits until its name is free. */
export async function deleteAll(region: string, identifier: string, context: StepContext): Promise<void> {
  const found = await findInstance(context, region, identifier);
  if (!found) return;
  if (found.DBInstanceStatus !== 'deleting') await askForDeletion(region, identifier, context);
  await untilGone(region, identifier, context);
}
