import { DrillError, errorFacts } from '../../errors.ts';
import { proveWrite } from '../data/heartbeat.ts';
import { keepsFailing } from '../keeps-failing.ts';
import { until } from '../poll.ts';
import type { StepContext } from '../step.ts';

/** PostgreSQL replays its log after a crash, for a minute or so: a writer that is back need not serve yet. */
const SERVES_WITHIN_MS = 5 * 60_000;

const LOOK_EVERY_MS = 2_000;

/** Waits until a writer whose failure is over takes a write. */
export async function takesWritesAgain(
  { region, instance, database }: { region: string; instance: string; database: string },
  context: StepContext,
): Promise<void> {
  const { clock, sql, signal } = context;
  const untilMs = clock.nowMs() + SERVES_WITHIN_MS;
  const asking = keepsFailing(context, `asking ${instance} for a write`);
  await until(
    context,
    async () => {
      try {
        await sql.query({ region, instance, name: database }, proveWrite, { timeoutMs: 2_000, signal });
        return true;
      } catch (error) {
        signal.throwIfAborted();
        asking.failed(error, LOOK_EVERY_MS);
        if (clock.nowMs() < untilMs) return undefined;
        throw new DrillError(
          'not-serving',
          `The failure is over, but ${instance} takes no writes: ${errorFacts(error).message}`,
          { hint: 'See whether it is still in quarantine, and its log.', cause: error },
        );
      }
    },
    { maxMs: LOOK_EVERY_MS },
  );
}
