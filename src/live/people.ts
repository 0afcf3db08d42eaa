import { appendFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { isoTime } from '../clock/clock.ts';
import type { Answer, People } from '../ports/people.ts';

const FILE = 'answers.jsonl';

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

/** Leaves an answer in a run's folder, for whoever leads the run. */
export function leaveAnswer(folder: string, { atMs, ...answer }: Answer): void {
  appendFileSync(join(folder, FILE), `${JSON.stringify({ at: isoTime(atMs), ...answer })}\n`);
}

/** People who answer at the run's terminal, with `dr-drill approve`, or by a file that CI puts into the run's folder. */
export const peopleOf = (folder: string): People => ({
  async ask() {},
  async answers() {
    return linesOf(join(folder, FILE)).flatMap((line): Answer[] => {
      const read = answerSchema.safeParse(parsed(line));
      if (!read.success) return [];
      const { at, ...answer } = read.data;
      return [{ ...answer, atMs: Date.parse(at) }];
    });
  },
});

function linesOf(path: string): string[] {
  try {
    return readFileSync(path, 'utf8').split('\n').slice(0, -1);
  } catch {
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
