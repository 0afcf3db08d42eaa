import type { Entry } from '../journal/events.ts';

/** What a run would leave if its process ended at once. */
export function changesLeft(
  folder: string,
  { isLive, before }: { isLive: boolean; before: readonly Entry[] },
): { take(entry: Entry): void; inWords(): string } {
  const titles = new Map<string, string>();
  /** Asked for, or made, and not undone. */
  const standing = new Set<string>();
  const take = (entry: Entry) => {
    if (entry.type === 'step-started') titles.set(entry.step, entry.title);
    if (entry.type === 'step-applying') standing.add(entry.step);
    if (entry.type === 'undo-ended' && entry.outcome !== 'failed') standing.delete(entry.step);
  };
  for (const entry of before) take(entry);
  return {
    take,
    inWords() {
      if (!isLive) return 'Stopped. A dry run changes nothing outside this machine.';
      const left = [...standing].map((step) => `  ${titles.get(step) ?? step}`);
      return [
        left.length === 0
          ? 'Stopped. Nothing had been changed.'
          : 'Stopped. Changed or requested, and not rolled back:',
        ...left,
        `To undo it and get the report: dr-drill resume ${folder}`,
      ].join('\n');
    },
  };
}
