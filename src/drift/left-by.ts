import { allKinds } from '../components/index.ts';
import type { Leaves, Left } from '../components/left.ts';
import type { Entry, EventOf, Json } from '../journal/events.ts';

/** What a run has left of one resource, and by which steps. */
export type LeftBy = Left & { steps: string[] };

const leaves: Leaves = Object.assign({}, ...allKinds.map((kind) => kind.leaves ?? {}));

/** What a run has left, from its journal: of each resource the last word. What was undone, or made and deleted, is not left. */
export function leftBy(entries: readonly Entry[]): LeftBy[] {
  const found = new Map<string, LeftBy>();
  for (const { left, step } of inOrder(entries)) {
    const key = JSON.stringify([left.types, left.where, left.region]);
    const earlier = found.get(key);
    const steps = [...new Set([...(earlier?.steps ?? []), step])];
    if (left.left === 'gone' && earlier?.left === 'made') found.delete(key);
    else if (left.left === 'changed' && earlier?.left === 'changed') {
      const paths = left.attributes.map(({ path }) => path);
      const others = earlier.attributes.filter(({ path }) => !paths.includes(path));
      found.set(key, { ...left, attributes: [...others, ...left.attributes], steps });
    }
    // What is new has what was changed on it since.
    else if (left.left === 'changed' && earlier?.left === 'made') found.set(key, { ...earlier, steps });
    else if (left.left === 'made' && earlier?.left === 'renamed') found.set(`${key} new`, { ...left, steps: [step] });
    else found.set(key, { ...left, steps });
  }
  return [...found.values()];
}

function* inOrder(entries: readonly Entry[]): Generator<{ left: Left; step: string }> {
  const undone = new Set(
    entries.flatMap((entry) => (entry.type === 'undo-ended' && entry.outcome !== 'failed' ? entry.step : [])),
  );
  const of = <T extends 'step-started' | 'step-observed' | 'step-ended'>(type: T, step: string) =>
    entries.findLast((entry): entry is EventOf<T> => entry.type === type && entry.step === step);
  const applied = entries.flatMap((entry) => (entry.type === 'step-applying' ? entry.step : []));
  for (const step of new Set(applied)) {
    const started = of('step-started', step);
    if (!started || undone.has(step)) continue;
    const done = {
      step,
      params: started.params,
      before: of('step-observed', step)?.state ?? null,
      result: (of('step-ended', step)?.result ?? null) as Json,
    };
    for (const left of leaves[started.kind]?.(done) ?? []) yield { left, step };
  }
}
