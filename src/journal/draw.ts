import { hash } from 'node:crypto';
import type { Entry, EventOf } from './events.ts';

/** Which of the drills, when, and what keeps anyone from guessing it out of its seal. */
export interface Draw {
  /** The place in the list that it is drawn from. */
  drawn: number;
  /** ISO instant. */
  moment: string;
  nonce: string;
}

/** Reveals nothing about the draw, and matches no other draw. */
export const sealOf = ({ drawn, moment, nonce }: Draw): string =>
  hash('sha256', JSON.stringify([drawn, moment, nonce]));

/** A draw on record; what is behind the seal stands there once the run has begun, or has ended without it. */
export interface DrawOnRecord {
  sealed: EventOf<'draw-sealed'>;
  revealed: EventOf<'draw-revealed'> | undefined;
  /** Whether it was drawn once, and is what was sealed; undefined as long as nothing is revealed. */
  fits: boolean | undefined;
}

/** Nothing for a run that was no surprise. */
export function drawOnRecord(entries: readonly Entry[]): DrawOnRecord | undefined {
  const seals = entries.filter((entry) => entry.type === 'draw-sealed');
  const reveals = entries.filter((entry) => entry.type === 'draw-revealed');
  const [[sealed], [revealed]] = [seals, reveals];
  if (!sealed) return undefined;
  const fits = revealed && seals.length === 1 && reveals.length === 1 && sealOf(revealed) === sealed.seal;
  return { sealed, revealed, fits };
}
