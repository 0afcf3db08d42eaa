import type { Entry } from '../journal/events.ts';

export interface Damage {
  /** Counted from 1. */
  line: number;
  what: string;
}

const GENESIS = '0'.repeat(64);

interface Line {
  hash: string;
  seq: unknown;
  prev: unknown;
}

/** What each line of a journal holds, and whether the last one is whole. */
export interface Lines {
  entries: readonly (Entry | undefined)[];
  isWhole: boolean;
}

export function linesOf(journal: Uint8Array): Lines {
  const lines = new TextDecoder().decode(journal).split('\n');
  const isWhole = lines.at(-1) === '';
  if (isWhole) lines.pop();
  return { entries: lines.map(parsed), isWhole };
}

/** @param hashes SHA-256 of the lines, one behind the other */
export function damageIn(
  { entries, isWhole }: Lines,
  hashes: string,
  sealed: { lines: number; lastLine: string },
): Damage | undefined {
  const lines = entries.map((entry, index): Line | undefined => {
    const hash = hashes.slice(index * GENESIS.length, (index + 1) * GENESIS.length);
    return entry && { hash, seq: entry.seq, prev: entry.prev };
  });
  return isWhole && isChained(lines, sealed) ? undefined : damageOf(lines, isWhole, sealed);
}

/** Each line follows from the previous one, and the last is the one that was sealed. */
const isChained = (lines: readonly (Line | undefined)[], sealed: { lines: number; lastLine: string }): boolean =>
  lines.length === sealed.lines &&
  lines.every((line, index) => line?.seq === index + 1 && line.prev === (lines[index - 1]?.hash ?? GENESIS)) &&
  lines.at(-1)?.hash === sealed.lastLine;

/**
 * The first line of a journal that is not as it was sealed. Each line holds the hash of the previous one, and the seal that of the
 * last: so lines are trusted from the end backwards, and the first that nothing vouches for is the one that was touched.
 */
function damageOf(
  lines: readonly (Line | undefined)[],
  isWhole: boolean,
  sealed: { lines: number; lastLine: string },
): Damage {
  const outOfOrder = lines.findIndex((line, index) => line?.seq !== index + 1);
  if (outOfOrder >= 0) {
    const touched = misplaced(lines, outOfOrder);
    // An altered line before a misplaced one comes first.
    return firstBroken(lines.slice(0, outOfOrder), touched);
  }
  if (!isWhole) return { line: lines.length, what: 'was cut off' };
  if (lines.length < sealed.lines) return { line: lines.length + 1, what: 'was removed, with all behind it' };
  if (lines.length > sealed.lines) return firstBroken(lines, { line: sealed.lines + 1, what: 'was added' });
  const unvouched = lines.findLastIndex((line, index) => {
    const next = lines[index + 1];
    return line?.hash !== (next ? next.prev : sealed.lastLine);
  });
  if (unvouched < 0) return { line: 1, what: 'was altered' };
  return firstBroken(lines.slice(0, unvouched + 1), { line: unvouched + 1, what: 'was altered' });
}

function parsed(text: string): Entry | undefined {
  try {
    return JSON.parse(text) ?? undefined;
  } catch {
    return undefined;
  }
}

/** Where a line does not follow from the previous one, that one was altered, if nothing comes before `otherwise`. */
function firstBroken(lines: readonly (Line | undefined)[], otherwise: Damage): Damage {
  const broken = lines.findIndex((line, index) => line?.prev !== (index === 0 ? GENESIS : lines[index - 1]?.hash));
  if (broken < 0) return otherwise;
  // Which of the two was altered, the one behind it cannot tell: the earlier is named.
  const line = Math.max(1, broken);
  return line < otherwise.line ? { line, what: 'was altered' } : otherwise;
}

/** What became of the line that ought to stand at a place. */
function misplaced(lines: readonly (Line | undefined)[], index: number): Damage {
  const line = index + 1;
  const found = lines[index];
  if (!found) return { line, what: 'is no journal line any more' };
  const seq = Number(found.seq);
  if (lines.some((other, at) => at > index && other?.seq === line)) {
    return seq < line ? { line, what: 'was added' } : { line, what: 'was moved' };
  }
  return seq > line ? { line, what: 'was removed' } : { line, what: 'was added' };
}
