import { closeSync, constants, fdatasyncSync, mkdirSync, openSync, readdirSync, rmSync, writeSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import * as z from 'zod';
import { DrillError } from '../errors.ts';
import { mostBytes, readText } from '../read-file.ts';
import type { Entry } from './events.ts';
import { type HeadNote, lineHash } from './journal.ts';

const headSchema = z.object({
  folder: z.string().describe('Of the run.'),
  unseen: z.int().describe('How many of the first lines were written on another machine.'),
  lines: z.int(),
  lastLine: z.string().describe('SHA-256 of the last line that this machine wrote, or is about to write.'),
  before: z.string().nullable().describe('SHA-256 of the line before, while the last line may not be on disk yet.'),
});

type Head = z.output<typeof headSchema>;

/** What this machine saw of a journal. */
export type Seen = Pick<Head, 'unseen' | 'lines' | 'lastLine'>;

/** Keeps what this machine saw of a journal, outside of the run's folder: anyone who can change the one cannot change the other. */
export interface HeadKeeper extends HeadNote {
  seen(): Seen | undefined;
  /** The run is sealed: its seal says it all from here on. */
  forget(): void;
}

const LENGTH = 4096;

/**
 * @param heads the folder of these notes, beside the keys
 * @param told hears once why no note can be kept; the run continues
 */
export function headKeeper(
  heads: string,
  {
    run,
    unseen = 0,
    firstLine,
    told,
  }: { run: string; unseen?: number; firstLine?: string; told: (why: string) => void },
): HeadKeeper {
  let head: Head | undefined;
  let path = firstLine && pathIn(heads, firstLine);
  let file: number | undefined;
  let isKept = true;
  const keep = (next: Head) => {
    head = next;
    if (!isKept) return;
    try {
      path ??= pathIn(heads, next.lastLine);
      if (file === undefined) {
        mkdirSync(heads, { recursive: true, mode: 0o700 });
        file = openSync(path, constants.O_RDWR | constants.O_CREAT, 0o600);
      }
      // Of one length, in one place: written as a whole, or not at all.
      writeSync(file, `${JSON.stringify(next)}`.padEnd(LENGTH - 1).concat('\n'), 0);
      fdatasyncSync(file);
    } catch (error) {
      isKept = false;
      if (path) rmSync(path, { force: true });
      told(error instanceof Error ? error.message : String(error));
    }
  };
  return {
    about({ number, hash, prev }) {
      keep({ folder: resolve(run), unseen, lines: number, lastLine: hash, before: prev });
    },
    settle() {
      if (head) keep({ ...head, before: null });
      if (file !== undefined) closeSync(file);
      file = undefined;
      isKept = false;
    },
    seen: () => head,
    forget() {
      if (path) rmSync(path, { force: true });
    },
  };
}

/**
 * What this machine saw of a journal whose process ended; nothing, where it led none of it. Fails with `journal-changed` where the journal is
 * not as this machine left it.
 */
export function seenOf(heads: string, journalPath: string): Seen | undefined {
  const text = readText(journalPath, mostBytes.evidence);
  const lines = text
    .slice(0, text.lastIndexOf('\n') + 1)
    .split('\n')
    .slice(0, -1);
  const [first = '', last = ''] = [lines[0], lines.at(-1)];
  const head = read(pathIn(heads, lineHash(first))) ?? ofFolder(heads, dirname(resolve(journalPath)));
  if (!head) return undefined;
  const hash = lineHash(last);
  const isAsLeft =
    (lines.length === head.lines && hash === head.lastLine) ||
    (lines.length === head.lines - 1 && hash === head.before);
  if (isAsLeft) return { unseen: head.unseen, lines: lines.length, lastLine: hash };
  throw new DrillError(
    'journal-changed',
    `${journalPath} is not as the process that wrote it left it: that had come to line ${head.lines}, and there are ${lines.length}, or other ones.`,
    { hint: 'A journal is evidence and is not repaired. Take an untouched copy.' },
  );
}

/** The run is sealed. */
export const forgetHead = (heads: string, header: Entry): void =>
  rmSync(pathIn(heads, lineHash(JSON.stringify(header))), { force: true });

/** Where the journal's first line is another one than was noted, the folder is still the same. */
const ofFolder = (heads: string, folder: string): Head | undefined =>
  listed(heads)
    .map((name) => read(join(heads, name)))
    .find((head) => head?.folder === folder);

const pathIn = (heads: string, firstLine: string): string => join(heads, `${firstLine}.json`);

function listed(heads: string): string[] {
  try {
    return readdirSync(heads);
  } catch {
    return [];
  }
}

function read(path: string): Head | undefined {
  try {
    return headSchema.parse(JSON.parse(readText(path, mostBytes.note)));
  } catch {
    return undefined;
  }
}
