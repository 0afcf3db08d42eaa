import { FAILURE, SERVED } from '../drill/measures.ts';
import type { Entry } from '../journal/events.ts';
import { entriesOf, headerOf } from './reading.ts';

/** The phases of a drill of its own course, from the one in which the measured time begins to the one in which it may end. */
export function phasesBetween(entries: readonly Entry[], from: string, until: string): string[] {
  const { drill } = headerOf(entries);
  if (drill.machine !== 'custom') return [];
  const names = drill.phases.map(({ phase }) => phase);
  const first = names.indexOf(from === FAILURE ? phaseOfFailure(entries) : from);
  const last = until === SERVED ? names.length - 1 : names.indexOf(until);
  return names.slice(Math.max(0, first), last + 1);
}

/** The phase in whose course the failure was there. */
function phaseOfFailure(entries: readonly Entry[]): string {
  const impaired = entriesOf(entries, 'impaired')[0];
  const entered = entriesOf(entries, 'phase-entered').findLast(({ seq }) => impaired && seq < impaired.seq);
  return entered?.phase ?? '';
}

/** `shift-traffic` as `Shift traffic`. */
export const phaseTitle = (phase: string): string =>
  `${phase.charAt(0).toUpperCase()}${phase.slice(1).replaceAll('-', ' ')}`;
