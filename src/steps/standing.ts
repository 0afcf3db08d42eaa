import type { StepContext } from './step.ts';

/** Notes a check of what has recovered, and whether it passed. */
export type Note = (check: string, ok: boolean, detail: string) => void;

/** Journals each check of a verification, and keeps the names of those that failed. */
export function verifying({ record }: StepContext): { note: Note; failed: string[] } {
  const failed: string[] = [];
  const note: Note = (check, ok, detail) => {
    if (!ok) failed.push(check);
    record({ type: 'check', check, layer: 'verification', critical: true, ok, detail });
  };
  return { note, failed };
}

/** How long pods that are being replaced and alarms that look back may take to come to rest. */
const PATIENCE_MS = 3 * 60_000;
const LOOK_EVERY_MS = 10_000;

/** What is wrong, once nothing is or patience has run out. */
export async function atRest(look: () => Promise<string[]>, { clock, signal }: StepContext): Promise<string[]> {
  const endMs = clock.nowMs() + PATIENCE_MS;
  for (;;) {
    const wrong = await look();
    if (wrong.length === 0 || clock.nowMs() >= endMs) return wrong;
    await clock.sleep(LOOK_EVERY_MS, signal);
  }
}
