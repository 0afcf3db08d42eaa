import type { DBInstance } from '@aws-sdk/client-rds';
import { inWords } from '../../../duration.ts';
import type { StepContext } from '../../../steps/step.ts';
import { instanceOf } from '../../rds/instance.ts';
import { newestSnapshot } from './newest-snapshot.ts';

/** How long the first backup of a promoted instance is waited for; that of a large one takes longer. */
const WAIT_MS = 10 * 60_000;
const LOOK_EVERY_MS = 10_000;

type Writer = { region: string; instance: string };

/** Whether a writer can be restored. A promoted one cannot before its first backup is done, however long backups are to be kept. */
export async function backedUp(
  { region, instance }: Writer,
  found: DBInstance,
  context: StepContext,
): Promise<{ ok: boolean; detail: string }> {
  const days = found.BackupRetentionPeriod ?? 0;
  if (days === 0) return { ok: false, detail: `${instance} is not backed up` };
  const { clock, signal } = context;
  const sinceMs = promotedMs(instance, context);
  const endMs = clock.nowMs() + WAIT_MS;
  for (let now = found; ; now = await instanceOf(context, region, instance)) {
    const snapshot = now.LatestRestorableTime && (await newestSnapshot(region, instance, context));
    if (snapshot && snapshot.timeMs >= sinceMs)
      return { ok: true, detail: `kept for ${days} days; the first backup is done` };
    if (clock.nowMs() >= endMs) {
      const detail = `kept for ${days} days, but its first backup is not done after ${inWords(WAIT_MS)}: nothing can be restored yet`;
      return { ok: false, detail };
    }
    await clock.sleep(LOOK_EVERY_MS, signal);
  }
}

/** When this run promoted the instance: an older backup is of an earlier life. */
function promotedMs(instance: string, { entries }: Pick<StepContext, 'entries'>): number {
  const asked = new Set(
    entries().flatMap((entry) =>
      entry.type === 'step-started' &&
      entry.kind === 'rds.promote-replica' &&
      (entry.params as { instance?: string }).instance === instance
        ? [entry.step]
        : [],
    ),
  );
  const applied = entries().findLast((entry) => entry.type === 'step-applied' && asked.has(entry.step));
  return applied ? Date.parse(applied.at) : 0;
}
