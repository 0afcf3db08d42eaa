import { join } from 'node:path';
import * as z from 'zod';
import { isoTime } from '../clock/clock.ts';
import { choices } from '../drill/choices.ts';
import { appendLine } from '../journal/append-line.ts';
import type { Answer, Continuation, People } from '../ports/people.ts';
import { mostBytes, readText } from '../read-file.ts';

const FILE = 'answers.jsonl';
const CONTINUATIONS = 'continuations.jsonl';

/** So often a last line is read before it counts as one that will not be finished. */
const PATIENCE = 5;

const text = z.string().min(1);
const answerSchema = z.object({
  by: text,
  role: text.exactOptional(),
  step: text.exactOptional(),
  item: text.exactOptional(),
  at: z.iso.datetime(),
  approves: z.boolean(),
  reason: z.string().exactOptional(),
  through: z.enum(['terminal', 'command', 'file']).default('file'),
});

const continuationSchema = z.object({
  choice: z.enum(choices),
  step: text.exactOptional(),
  by: text,
  why: text.exactOptional(),
  at: z.iso.datetime(),
  through: z.enum(['terminal', 'command']),
});

/** Leaves a person's decision about a held run in its folder, for whoever leads it. */
export function leaveContinuation(folder: string, { atMs, ...decision }: Continuation): void {
  appendLine(join(folder, CONTINUATIONS), JSON.stringify({ at: isoTime(atMs), ...decision }));
}

/** Leaves an answer in a run's folder, for whoever leads the run. */
export function leaveAnswer(folder: string, { atMs, ...answer }: Answer): void {
  appendLine(join(folder, FILE), JSON.stringify({ at: isoTime(atMs), ...answer }));
}

/**
 * People who answer at the run's terminal, with `dr-drill approve`, or by a file that CI puts into the run's folder.
 * @param tell hears once of each line that is no answer
 */
export function peopleOf(folder: string, tell: (why: string) => void = () => {}): People {
  const read = <T>(file: string, schema: z.ZodType<T>, what: string) =>
    readLines(join(folder, file), schema, what, tell);
  const answers = read(FILE, answerSchema, 'an answer');
  const continuations = read(CONTINUATIONS, continuationSchema, 'a decision');
  return {
    decidesHeld: true,
    async ask() {},
    answers: async () => answers().map(timed),
    continuations: async () => continuations().map(timed),
  };
}

const timed = <T extends { at: string }>({ at, ...said }: T) => ({ ...said, atMs: Date.parse(at) });

/** Reads a file that others add lines to; each line that cannot be read is told once. */
function readLines<T>(path: string, schema: z.ZodType<T>, what: string, tell: (why: string) => void): () => T[] {
  const told = new Set<string>();
  const seen = new Map<string, number>();
  const complain = (line: number | undefined, content: string, why: string) => {
    if (told.has(content)) return;
    told.add(content);
    tell(`${path}${line === undefined ? '' : `:${line}`} cannot be read as ${what}: ${why}`);
  };
  return () => {
    const lines = linesOf(path, (why) => complain(undefined, '', why));
    return lines.flatMap((line, index): T[] => {
      if (line.trim() === '') return [];
      const read = schema.safeParse(parsed(line));
      if (read.success) return [read.data];
      // The last one may still be on its way, and is read again.
      const isWhole = index < lines.length - 1 || (seen.set(line, (seen.get(line) ?? 0) + 1).get(line) ?? 0) > PATIENCE;
      if (isWhole) complain(index + 1, line, z.prettifyError(read.error).replaceAll('\n', ' '));
      return [];
    });
  };
}

function linesOf(path: string, unreadable: (why: string) => void): string[] {
  try {
    return readText(path, mostBytes.record).split('\n');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') unreadable((error as Error).message);
    return [];
  }
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
