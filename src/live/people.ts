import { join } from 'node:path';
import * as z from 'zod';
import { isoTime } from '../clock/clock.ts';
import { choices } from '../drill/choices.ts';
import { type Person, personWith } from '../drill/people.ts';
import { DrillError, errorFacts } from '../errors.ts';
import { appendLine } from '../journal/append-line.ts';
import { runHash } from '../journal/last-entries.ts';
import type { Answer, Continuation, People } from '../ports/people.ts';
import { mostBytes, readText } from '../read-file.ts';
import { digestOfAnswer, identityBy, type Proof, proofSchema } from './identity.ts';

const JOURNAL = 'journal.jsonl';
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
  through: z.enum(['terminal', 'command', 'board', 'file']).default('file'),
  proof: proofSchema.exactOptional(),
});

const continuationSchema = z.object({
  choice: z.enum(choices),
  step: text.exactOptional(),
  by: text,
  why: text.exactOptional(),
  at: z.iso.datetime(),
  through: z.enum(['terminal', 'command', 'board']),
  proof: proofSchema.exactOptional(),
});

/** An answer or a decision before it is known who gave it. */
export type Said<T> = Omit<T, 'identity' | 'roles' | 'refused' | 'simulated'>;

/** Proves who gives an answer, by its digest. */
export type Prove = (digest: string) => Promise<Proof>;

/** Leaves a person's decision about a held run in its folder, for the one who leads it. */
export const leaveContinuation = (folder: string, decision: Said<Continuation>, prove?: Prove): Promise<void> =>
  leave(folder, CONTINUATIONS, decision, prove);

/** Leaves an answer in a run's folder, for the one who leads the run. */
export const leaveAnswer = (folder: string, answer: Said<Answer>, prove?: Prove): Promise<void> =>
  leave(folder, FILE, answer, prove);

async function leave(folder: string, file: string, { atMs, ...said }: { atMs: number }, prove?: Prove): Promise<void> {
  const line = { at: isoTime(atMs), ...said };
  const proof = prove && (await prove(digestOfAnswer(runIn(folder), line)));
  appendLine(join(folder, file), JSON.stringify({ ...line, ...(proof && { proof }) }));
}

const runIn = (folder: string): string => runHash(join(folder, JOURNAL));

/**
 * People who answer at the run's terminal, with `dr-drill approve` and `continue`, or by a file that CI puts into the run's folder.
 * @param known who they may be: then each answer must prove who gave it
 * @param tell hears once of each line that is no answer
 */
export function peopleOf(
  folder: string,
  known: Record<string, Person> | undefined,
  tell: (why: string) => void = () => {},
): People {
  const read = <T>(file: string, schema: z.ZodType<T>, what: string) =>
    readLines(join(folder, file), schema, what, tell);
  const answers = read(FILE, answerSchema, 'an answer');
  const continuations = read(CONTINUATIONS, continuationSchema, 'a decision');
  const seen = new Map<string, Promise<Known>>();
  const unreachable = new Set<string>();
  const withPerson = async <T extends { at: string; by: string; proof?: Proof }>({ at, proof, ...said }: T) => {
    const atMs = Date.parse(at);
    if (!known) return { ...said, atMs };
    const line = { at, ...said };
    const digest = digestOfAnswer(runIn(folder), line);
    const who = seen.get(digest) ?? personBehind(proof, digest, known);
    seen.set(digest, who);
    // What could not be looked at is looked at again.
    who.catch(() => seen.delete(digest));
    return { ...said, atMs, ...(await who) };
  };
  return {
    decidesHeld: true,
    async ask() {},
    answers: () => allKnown(answers().map(withPerson)),
    continuations: () => allKnown(continuations().map(withPerson)),
  };

  /** An answer whose giver cannot be looked up now is left out until that works. */
  async function allKnown<T>(said: Promise<T>[]): Promise<T[]> {
    const settled = await Promise.allSettled(said);
    return settled.flatMap((one) => {
      if (one.status === 'fulfilled') return [one.value];
      const why = `Who gave an answer cannot be looked up now, so it is tried again: ${errorFacts(one.reason).message}`;
      if (!unreachable.has(why)) tell(why);
      unreachable.add(why);
      return [];
    });
  }
}

/** What is known of the one who gave an answer. */
type Known = { by: string; identity: string; roles: string[] } | { refused: string };

/** Throws what only says that STS could not be asked. */
export async function personBehind(
  proof: Proof | undefined,
  digest: string,
  people: Record<string, Person>,
): Promise<Known> {
  if (!proof) return { refused: 'it does not prove who gave it, and the topology names the people who may' };
  try {
    const identity = await identityBy(proof, digest);
    const name = 'arn' in identity ? identity.arn : `key:${identity.key}`;
    const person = personWith(identity, people);
    return person
      ? { by: person.name, identity: name, roles: person.roles }
      : { refused: `${name} is not named under people in the topology` };
  } catch (error) {
    if (error instanceof DrillError && error.code === 'not-proven') return { refused: error.message };
    throw error;
  }
}

/** Reads a file that others add lines to; each line that cannot be read is reported once. */
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
