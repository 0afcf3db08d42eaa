import * as z from 'zod';
import type { Left } from '../components/left.ts';
import { leaves } from '../components/schemas.ts';
import type { Entry, EventOf, Json } from '../journal/events.ts';

/** What a run has left of one resource, and by which steps. */
export type LeftBy = Left & { steps: string[] };

/** The same, as a report has it: one value of one resource. */
export const leftSchema = z.strictObject({
  type: z.string().describe('The Terraform type, the first one if a provider has several.'),
  name: z.string(),
  region: z.string().nullable().describe('Null if it is global.'),
  left: z.enum(['changed', 'made', 'gone', 'renamed']),
  argument: z.string().nullable().describe('The Terraform attribute. Null if it is about the whole resource.'),
  value: z
    .json()
    .optional()
    .describe('The value after the run, or the new name. Null if it is not set, absent if the journal does not say.'),
  means: z.string().describe('What a plan without this change would do.'),
  steps: z.array(z.string()),
});

/** What infrastructure as code does not know yet of what a run has left. */
export const leftForPlans = (entries: readonly Entry[]): z.output<typeof leftSchema>[] =>
  leftBy(entries).flatMap((one) => {
    const { types, where, region, left, steps } = one;
    const about = { type: types[0] ?? '', name: Object.values(where).join(' '), region, left, steps };
    return valuesOf(one).map((value) => ({ ...about, ...value }));
  });

type Value = Pick<z.output<typeof leftSchema>, 'argument' | 'value' | 'means'>;

function valuesOf(one: LeftBy): Value[] {
  switch (one.left) {
    case 'changed':
      return one.attributes.map(({ path, value, means }) => ({
        argument: path,
        ...(value !== undefined && { value }),
        means,
      }));
    case 'made':
      return [{ argument: null, means: 'does not know it: import it, or delete it by hand when it has served' }];
    case 'gone':
      return [{ argument: null, means: 'makes it again' }];
    case 'renamed':
      return [{ argument: null, value: one.to, means: 'gives it the old name again, or makes a new one of that name' }];
  }
}

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
