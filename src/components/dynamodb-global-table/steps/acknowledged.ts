import type { EventOf } from '../../../journal/events.ts';
import type { StepContext } from '../../../steps/step.ts';

/** The numbers of the items of a store that were acknowledged, ascending, as far as the journal has them. */
export const acknowledgedIn = (store: string, { entries }: Pick<StepContext, 'entries'>): number[] =>
  entries()
    .filter((entry): entry is EventOf<'heartbeats'> => entry.type === 'heartbeats' && entry.of === store)
    .flatMap(({ rows }) => rows.map(([sequence]) => sequence));
