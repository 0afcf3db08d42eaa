import { hash } from 'node:crypto';
import { isoTime } from '../clock/clock.ts';
import type { Surprise } from '../drill/drill.ts';
import { instantIn, openingsOf } from '../drill/openings.ts';
import type { Draw } from '../journal/draw.ts';

/** Draws, and keeps what was drawn from everyone until it is wanted again. */
export interface Draws {
  how: 'random' | 'seed';
  /** Numbers in [0, 1), and a nonce of 256 bits in hex. */
  chance(what: 'which' | 'when'): number;
  nonce(): string;
  /** Must have it in safe keeping when it returns. */
  keep(seal: string, draw: Draw): void;
  /** Gives what was kept; fails with `draw-missing` where it is not here. */
  recall(seal: string, again: () => Draw): Draw;
  forget(seal: string): void;
}

/** Draws a drill and a moment of its window; nothing where no moment of it is left. */
export function drawFrom({ of, window, announce }: Surprise, nowMs: number, draws: Draws): Draw | undefined {
  const openings = openingsOf(window, nowMs, announce.ahead);
  if (openings.length === 0) return undefined;
  return {
    drawn: drawnOf(of.length, draws),
    moment: isoTime(instantIn(openings, draws.chance('when'))),
    nonce: draws.nonce(),
  };
}

/** Which of so many. */
export const drawnOf = (count: number, draws: Pick<Draws, 'chance'>): number =>
  Math.floor(draws.chance('which') * count);

/** The draws of a dry run: one seed, one draw, so that nothing has to be kept. */
export const seededDraws = (seed: number): Draws => ({
  how: 'seed',
  chance: (what) => Number.parseInt(hash('sha256', `${seed}/draw/${what}`).slice(0, 8), 16) / 2 ** 32,
  nonce: () => hash('sha256', `${seed}/draw/nonce`),
  keep() {},
  recall: (_, again) => again(),
  forget() {},
});
