import * as z from 'zod';
import { DrillError } from '../errors.ts';
import { lineHash } from '../journal/journal.ts';
import { plain } from '../markdown-text.ts';
import { visible } from '../visible.ts';
import { fingerprintOf, isSignedBy, type SigningKey } from './signing-key.ts';

/** What people said after a run: additions to its journal, each signed, in a file of their own beside what was sealed. */
export const DEBRIEF = 'debrief.jsonl';

const text = z.string().trim().min(1);

const actionSchema = z.strictObject({
  action: text.describe('What is to be done.'),
  owner: text,
  due: z.iso.date(),
  about: text.optional().describe('The subject of the finding that it fixes, as the report has it.'),
  runbook: text.optional().describe('The runbook that it changes: a file here, or a link.'),
});

export const debriefSchema = z.strictObject({
  by: text.optional().describe('The author.'),
  participants: z.array(z.strictObject({ name: text, role: text })).default([]),
  well: z.array(text).default([]).describe('What went well.'),
  badly: z.array(text).default([]).describe('What did not go well.'),
  actions: z.array(actionSchema).default([]),
  closed: z.array(z.int().positive()).default([]).describe('Numbers of actions of this run that are done.'),
});

export type Debrief = z.output<typeof debriefSchema>;

const additionSchema = debriefSchema.extend({
  seq: z.int(),
  at: z.iso.datetime(),
  prev: z.string(),
  type: z.literal('debriefed'),
  by: text,
  key: z.strictObject({ algorithm: z.enum(['ed25519', 'ecdsa-p256-sha256']), publicKey: z.string() }),
  signature: z.base64(),
});

type Addition = z.output<typeof additionSchema>;

/** An item that someone took upon themselves, by its number among those of its run. */
export interface Action extends z.output<typeof actionSchema> {
  id: number;
  isClosed: boolean;
}

/**
 * One more line for a run's debrief. It follows from the previous line, the first from the last line of the journal.
 * @param lines what was said earlier
 */
export async function addition(
  lines: readonly string[],
  { journalHash, at, by, debrief }: { journalHash: string; at: string; by: string; debrief: Debrief },
  key: SigningKey,
): Promise<string> {
  const count = lines.reduce((sum, line) => sum + read(line).actions.length, 0) + debrief.actions.length;
  const unknown = debrief.closed.find((id) => id > count);
  if (unknown !== undefined)
    throw new DrillError('no-such-action', `There is no action ${unknown} in this run's debrief: it has ${count}.`, {
      hint: 'Close it in the run where it was written down.',
    });
  const last = lines.at(-1);
  const said = {
    seq: lines.length + 1,
    at,
    prev: last === undefined ? journalHash : lineHash(last),
    type: 'debriefed',
    ...debrief,
    by,
    key: { algorithm: key.algorithm, publicKey: key.publicKey },
  };
  const signature = Buffer.from(await key.sign(Buffer.from(JSON.stringify(said)))).toString('base64');
  return JSON.stringify({ ...said, signature });
}

export const linesOf = (text: string): string[] => text.split('\n').filter((line) => line !== '');

/** What can be read of a debrief, and the numbers of the lines that cannot. */
function additionsIn(text: string): { additions: Addition[]; unreadable: number[] } {
  const unreadable: number[] = [];
  const additions = linesOf(text).flatMap((line, index) => {
    try {
      return [read(line)];
    } catch {
      unreadable.push(index + 1);
      return [];
    }
  });
  return { additions, unreadable };
}

/** The lines of a debrief that nobody can read, counted from 1. */
export const unreadableIn = (text: string): number[] => additionsIn(text).unreadable;

/** The actions of a run, with whether they are done, as far as they can be read. */
export function actionsOf(text: string): Action[] {
  const { additions } = additionsIn(text);
  const closed = new Set(additions.flatMap((one) => one.closed));
  return additions
    .flatMap(({ actions }) => actions)
    .map((one, index) => ({ ...one, id: index + 1, isClosed: closed.has(index + 1) }));
}

/** What was said of a run, as a list in Markdown for anyone who opens its bundle, and which lines cannot be read. */
export function debriefInWords(text: string): string[] {
  const { additions, unreadable } = additionsIn(text);
  const said = additions.flatMap(({ by, at, participants, well, badly }) => {
    const there = participants.map(({ name, role }) => `${name} (${role})`).join(', ');
    const words = [
      ...(there === '' ? [] : [`present: ${there}`]),
      ...well.map((one) => `went well: ${one}`),
      ...badly.map((one) => `did not go well: ${one}`),
    ];
    return words.map((one) => `${one} (${by}, ${at.slice(0, 10)})`);
  });
  const actions = actionsOf(text).map(
    ({ id, action, owner, due, runbook, isClosed }) =>
      `action ${id}, ${isClosed ? 'done' : 'open'}: ${action} (${owner}, ${due}${runbook === undefined ? '' : `, runbook ${runbook}`})`,
  );
  const lost = unreadable.map((line) => `line ${line} of ${DEBRIEF} cannot be read`);
  // What people wrote is text: no link, no markup, nothing hidden.
  return [...said, ...actions, ...lost].map((one) => `- ${plain(visible(one))}`);
}

/** What is wrong with the lines of a debrief, and who signed them. */
export function checkDebrief(
  text: string,
  journalHash: string,
): { wrong: { line: number; what: string }[]; signers: string[] } {
  const wrong: { line: number; what: string }[] = [];
  const signers = new Set<string>();
  if (!text.endsWith('\n')) wrong.push({ line: text.split('\n').length, what: 'was cut off' });
  let prev = journalHash;
  text
    .split('\n')
    .slice(0, -1)
    .forEach((line, index) => {
      const what = wrongIn(line, index + 1, prev, signers);
      if (what) wrong.push({ line: index + 1, what });
      prev = lineHash(line);
    });
  return { wrong, signers: [...signers] };
}

function wrongIn(line: string, seq: number, prev: string, signers: Set<string>): string | undefined {
  try {
    const addition = read(line);
    const { signature, ...said } = JSON.parse(line) as Addition;
    // What is no part of the signed text, such as spaces between fields, has no place here.
    if (JSON.stringify({ ...said, signature }) !== line) return 'was altered';
    const { algorithm, publicKey } = addition.key;
    const isSigned = isSignedBy(
      publicKey,
      algorithm,
      Buffer.from(JSON.stringify(said)),
      Buffer.from(signature, 'base64'),
    );
    if (!isSigned || Buffer.from(signature, 'base64').toString('base64') !== signature) return 'was altered';
    signers.add(fingerprintOf(publicKey));
    if (addition.seq !== seq) return `is numbered ${addition.seq}: a line was removed, moved or added`;
    return addition.prev === prev ? undefined : 'does not follow from the line before: one was removed, moved or added';
  } catch {
    return 'is no line of a debrief any more';
  }
}

const read = (line: string): Addition => additionSchema.parse(JSON.parse(line));
