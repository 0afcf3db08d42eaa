import type { Drill } from '../drill/drill.ts';
import { inWords } from '../duration.ts';
import { NOT_YET_MS } from '../runbook/not-yet-known.ts';

/** A title or command with words in the place of the numbers that only a run will give. */
export const sayNotYetKnown = (text: string, drill: Drill): string =>
  text
    .replaceAll(new Date(NOT_YET_MS).toISOString(), timeOfRecoveryPoint(drill))
    .replaceAll(String(NOT_YET_MS), '<first number of this run>');

function timeOfRecoveryPoint(drill: Drill): string {
  if (drill.machine !== 'backup-restore') return '<time>';
  const { recoveryPoint } = drill;
  if (recoveryPoint.from === 'snapshot') return '<time of the newest snapshot>';
  if (recoveryPoint.before === 0) return '<latest restorable time>';
  return `<${inWords(recoveryPoint.before)} before the latest restorable time>`;
}
