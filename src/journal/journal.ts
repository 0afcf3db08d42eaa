import { hash } from 'node:crypto';
import { closeSync, fstatSync, fsyncSync, ftruncateSync, openSync, writeSync } from 'node:fs';
import { type Clock, isoTime } from '../clock/clock.ts';
import { DrillError } from '../errors.ts';
import { mostBytes, openToAdd, readText } from '../read-file.ts';
import { spareNamesIn, withoutSecretsIn } from '../secrets.ts';
import { isPlainJson, visibleIn } from '../visible.ts';
import type { Entry, RunEvent } from './events.ts';

/** The one record of a run: append-only, each line chained to the previous one. */
export interface Journal {
  append(event: RunEvent): Entry;
  entries(): readonly Entry[];
  close(): void;
}

/** Notes how far a journal has come. */
export interface HeadNote {
  /** Called before a line is written. */
  about(line: { number: number; hash: string; prev: string }): void;
  /** No more is written. */
  settle(): void;
}

/** Takes the finished line; must have it in safe keeping when it returns. */
type Sink = { write(line: string): void; close(): void };

const GENESIS = '0'.repeat(64);

export const lineHash = (line: string): string => hash('sha256', line);

/** @param earlier what the run has journalled already; its time continues where that ended, with the time in between. */
function openJournal(clock: Clock, sink: Sink, earlier: readonly Entry[] = [], head?: HeadNote): Journal {
  const entries = [...earlier];
  const [header] = earlier;
  if (header?.type === 'run-started') spareNamesIn([header.drill, header.topology]);
  const last = entries.at(-1);
  let prev = last ? lineHash(JSON.stringify(last)) : GENESIS;
  const openedMs = clock.nowMs();
  const startMs = last ? Math.min(openedMs, Date.parse(last.at)) - last.ms : openedMs - clock.elapsedMs();
  return {
    append(event) {
      const nowMs = clock.nowMs();
      if (event.type === 'run-started') spareNamesIn([event.drill, event.topology]);
      const entryOf = (told: RunEvent): Entry => ({
        seq: entries.length + 1,
        at: isoTime(nowMs),
        ms: nowMs - startMs,
        prev,
        ...withoutSecretsIn(told),
      });
      // Neither the file nor the screen, a log or a report reads an event as it came: what hides in it is shown, and secrets are taken out.
      let entry = entryOf(event);
      let line = JSON.stringify(entry);
      if (!isPlainJson(line)) {
        entry = entryOf(visibleIn(event));
        line = JSON.stringify(entry);
      }
      const hash = lineHash(line);
      head?.about({ number: entry.seq, hash, prev });
      sink.write(line);
      prev = hash;
      entries.push(entry);
      return entry;
    },
    entries: () => entries,
    close() {
      sink.close();
      head?.settle();
    },
  };
}

/** A journal that lives and dies with the process: for tests and benchmarks. */
export const memoryJournal = (clock: Clock, earlier: readonly Entry[] = []): Journal =>
  openJournal(clock, { write() {}, close() {} }, earlier);

/**
 * A journal file, which must not exist yet. `sync` waits for the disk after each line: a live run must,
 * a dry run changes nothing and need not. Fails with `journal-unwritable`.
 */
export function fileJournal(path: string, clock: Clock, options: { sync: boolean; head?: HeadNote }): Journal {
  return openJournal(clock, fileSink(path, 'ax', options), [], options.head);
}

/** What a process that ended left of its journal. */
export interface Left {
  entries: readonly Entry[];
  /** Goes on with it, by a clock that continues where the last line ended. */
  reopen(clock: Clock): Journal;
  /** Bytes of a line that was cut off by the end of the process that wrote it. */
  tornBytes: number;
}

/**
 * Reads the journal of a run whose process ended, to continue with it. A last line that was cut off is kept beside it, in
 * `journal.torn`, and counts for nothing: what it announced was never done. Fails with `journal-broken` on any other damage.
 */
export function journalLeft(path: string, options: { sync: boolean; head?: HeadNote }): Left {
  const text = textOf(path);
  const whole = text.slice(0, text.lastIndexOf('\n') + 1);
  const torn = Buffer.from(text.slice(whole.length));
  const { entries } = parseJournal(path, whole);
  if (torn.length > 0) {
    addTo(path.replace(/(\.jsonl)?$/, '.torn'), (fd) => writeSync(fd, torn));
    addTo(path, (fd) => ftruncateSync(fd, Buffer.byteLength(whole)));
  }
  return {
    entries,
    reopen: (clock) => openJournal(clock, fileSink(path, 'a', options), entries, options.head),
    tornBytes: torn.length,
  };
}

function addTo(path: string, change: (fd: number) => void): void {
  const fd = openToAdd(path);
  try {
    change(fd);
  } finally {
    closeSync(fd);
  }
}

function fileSink(path: string, flag: 'a' | 'ax', { sync }: { sync: boolean }): Sink {
  const fd = guarded(path, () => (flag === 'a' ? openToAdd(path) : openSync(path, flag)));
  let length = fstatSync(fd).size;
  return {
    write(line) {
      guarded(path, () => {
        if (sync && fstatSync(fd).size !== length) throw foreignLine(path);
        const bytes = Buffer.from(`${line}\n`);
        for (let done = 0; done < bytes.length; ) done += writeSync(fd, bytes, done);
        length += bytes.length;
        if (sync) fsyncSync(fd);
      });
    },
    close() {
      fsyncSync(fd);
      closeSync(fd);
    },
  };
}

const foreignLine = (path: string): DrillError =>
  new DrillError('journal-shared', `Somebody else writes to ${path}.`, {
    hint: 'Two processes run the same drill. End both, check the state in AWS, and resume it once.',
  });

function guarded<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    if (cause instanceof DrillError) throw cause;
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new DrillError('journal-unwritable', `The journal ${path} cannot be written: ${why}.`, {
      hint: 'Nothing more was done, and nothing undone: what is not on record may not happen. Make room, then resume the run.',
      cause,
    });
  }
}

/** A journal read back, every link of its chain checked. */
export interface ReadJournal {
  entries: Entry[];
  /** SHA-256 of the last line: names this journal, and no other. */
  hash: string;
}

/** Reads a journal file. Fails with `journal-broken`, naming the first line that is not as it was written. */
export function readJournal(path: string): ReadJournal {
  return parseJournal(path, textOf(path));
}

function parseJournal(path: string, text: string): ReadJournal {
  const lines = text.split('\n');
  if (lines.at(-1) !== '') throw broken(path, lines.length, 'it was cut off in the middle of a line');
  lines.pop();
  let prev = GENESIS;
  const entries = lines.map((line, index) => {
    const entry = parseLine(path, index + 1, line);
    if (entry.seq !== index + 1) throw broken(path, index + 1, `it is numbered ${entry.seq}`);
    if (entry.prev !== prev)
      throw broken(path, index + 1, 'it does not follow from the line before: one of them was altered');
    prev = lineHash(line);
    return entry;
  });
  if (entries[0]?.type !== 'run-started') throw broken(path, 1, 'a journal begins with run-started');
  return { entries, hash: prev };
}

function textOf(path: string): string {
  try {
    return readText(path, mostBytes.evidence);
  } catch (cause) {
    if (!['ENOENT', 'ENOTDIR'].includes((cause as NodeJS.ErrnoException).code ?? '')) throw cause;
    throw new DrillError('journal-missing', `There is no journal at ${path}.`, {
      hint: 'Name a run folder, such as one under runs/.',
      cause,
    });
  }
}

function parseLine(path: string, line: number, text: string): Entry {
  try {
    const entry = JSON.parse(text) as Entry;
    if (typeof entry === 'object' && entry !== null && typeof entry.type === 'string') return entry;
  } catch {
    // said below
  }
  throw broken(path, line, 'it is not a journal entry');
}

const broken = (path: string, line: number, why: string): DrillError =>
  new DrillError('journal-broken', `${path}:${line}: ${why}.`, {
    hint: 'The journal is evidence and is not repaired. Take an untouched copy.',
  });
