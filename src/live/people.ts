import { appendFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { isoTime } from '../clock/clock.ts';
import type { Answer, People } from '../ports/people.ts';

const FILE = 'answers.jsonl';

const answerSchema = z.object({
  by: z.string().min(1),
  at: z.iso.datetime(),
  approves: z.boolean(),
  reason: z.string().optional(),
});

/** Leaves an answer in a run's folder, for whoever leads the run. */
export function leaveAnswer(folder: string, { by, atMs, approves, reason }: Answer): void {
  const answer = { by, at: isoTime(atMs), approves, ...(reason !== undefined && { reason }) };
  appendFileSync(join(folder, FILE), `${JSON.stringify(answer)}\n`);
}

/** People who answer with `dr-drill approve`, or by a file that CI puts into the run's folder. They see the question on the screen. */
export const peopleOf = (folder: string): People => ({
  async ask() {},
  async answers() {
    return linesOf(join(folder, FILE)).flatMap((line): Answer[] => {
      const read = answerSchema.safeParse(parsed(line));
      if (!read.success) return [];
      const { by, at, approves, reason } = read.data;
      return [{ by, atMs: Date.parse(at), approves, ...(reason !== undefined && { reason }) }];
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
