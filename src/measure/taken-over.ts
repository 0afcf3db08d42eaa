import * as z from 'zod';
import { takeOverLines } from '../drill/measures.ts';
import type { Entry } from '../journal/events.ts';
import { givenUpSteps } from './given-up.ts';
import { dataStores } from './parts-of-topology.ts';
import { entriesOf, headerOf, heldNow } from './reading.ts';

/** How a data store stands that a drill was to take over. */
export const takenOverSchema = z.strictObject({
  of: z.string().describe('The data store, as the topology calls it.'),
  standing: z
    .enum(['taken over', 'held', 'given up', 'went back', 'not taken over'])
    .describe('held: it was taken over, then the drill failed, and nothing was undone.'),
});

export type TakenOver = z.output<typeof takenOverSchema>;

/**
 * Of each data store whose take-over was begun, or that was given up before, in the order of the topology. Source: the steps
 * `<line>/<store>` of the lines that take stores over, and what was held or undone of them.
 */
export function takenOver(entries: readonly Entry[]): TakenOver[] {
  const lines = takeOverLines(headerOf(entries).drill);
  if (lines.length === 0) return [];
  return dataStores(entries).flatMap(({ id }): TakenOver[] => {
    const isOfStore = (step: string) => step.split('/')[1] === id;
    const moves = ({ step }: { step: string }) => isOfStore(step) && lines.includes(step.split('/')[0] ?? '');
    const started = entriesOf(entries, 'step-started').filter(moves);
    const isGivenUp = givenUpSteps(entries).some(({ store }) => store === id);
    if (started.length === 0) return isGivenUp ? [{ of: id, standing: 'given up' }] : [];
    return [{ of: id, standing: standingOf() }];

    function standingOf(): TakenOver['standing'] {
      if (isGivenUp) return 'given up';
      if (heldNow(entries).some(moves)) return 'held';
      const asked = entriesOf(entries, 'step-applying').findLast(({ step }) => isOfStore(step))?.seq ?? 0;
      const undone = entriesOf(entries, 'undo-ended').filter(({ step, seq }) => isOfStore(step) && seq > asked);
      if (undone.some(({ outcome }) => outcome === 'ok')) return 'went back';
      const ended = new Map(entriesOf(entries, 'step-ended').map(({ step, outcome }) => [step, outcome]));
      return started.every(({ step }) => ended.get(step) === 'ok') && undone.length === 0
        ? 'taken over'
        : 'not taken over';
    }
  });
}
