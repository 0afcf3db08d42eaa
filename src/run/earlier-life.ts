import type { Entry, EventOf } from '../journal/events.ts';

/** What the journal holds of a step that began and has not ended: the process that ran it was ended. */
export interface EarlierLife {
  started: EventOf<'step-started'>;
  observed?: EventOf<'step-observed'>;
  /** It set out to change something, perhaps more than once; whether it did is for a look to tell. */
  applying?: EventOf<'step-applying'>;
  applied?: EventOf<'step-applied'>;
}

/** `undefined` for a step that has not begun, or has ended. */
export function earlierLife(step: string, entries: readonly Entry[]): EarlierLife | undefined {
  const index = entries.findLastIndex((entry) => entry.type === 'step-started' && entry.step === step);
  const own = entries.slice(index).filter((entry) => 'step' in entry && entry.step === step);
  const [started] = own;
  if (index < 0 || started?.type !== 'step-started') return undefined;
  if (own.some(({ type }) => type === 'step-ended' || type === 'deadline-passed')) return undefined;
  const life: EarlierLife = { started };
  for (const entry of own) {
    if (entry.type === 'step-observed') life.observed ??= entry;
    if (entry.type === 'step-applying') life.applying ??= entry;
    if (entry.type === 'step-applied') life.applied = entry;
  }
  return life;
}
