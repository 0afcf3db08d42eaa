import { existsSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import * as z from 'zod';
import { isoTime } from '../clock/clock.ts';
import { realClock } from '../clock/real-clock.ts';
import { DrillError } from '../errors.ts';
import {
  actionsOf,
  addition,
  checkDebrief,
  DEBRIEF,
  type Debrief,
  debriefSchema,
  linesOf,
} from '../evidence/debrief.ts';
import { JOURNAL } from '../evidence/manifest.ts';
import { alone, appendLine } from '../journal/append-line.ts';
import { readJournal } from '../journal/journal.ts';
import { headerOf } from '../measure/reading.ts';
import { mostBytes, readText } from '../read-file.ts';
import { askingForDebrief } from '../report/controls.ts';
import { withoutSecrets, withoutSecretsIn } from '../secrets.ts';
import { visible, visibleIn } from '../visible.ts';
import { type Asking, askForDebrief } from './ask-for-debrief.ts';
import { debriefText } from './debriefs.ts';
import { exitCodes } from './exit-codes.ts';
import { somebodyIsHere } from './keyboard.ts';
import { isElsewhere, lastChanged } from './last-changed.ts';
import { keyForRun } from './seal.ts';
import type { Terminal } from './terminal.ts';

export interface DebriefCommandOptions {
  from?: string;
  by?: string;
  participant: string[];
  well: string[];
  badly: string[];
  action: string[];
  close: number[];
  json?: boolean;
}

/** Records what people say of a run that has ended, as a signed addition to its journal. */
export async function debriefCommand(
  folder: string,
  options: DebriefCommandOptions,
  terminal: Terminal,
): Promise<number> {
  const { entries, hash } = readJournal(join(folder, JOURNAL));
  if (entries.at(-1)?.type !== 'run-ended')
    throw new DrillError('run-unfinished', 'This run has not ended yet.', { hint: 'Debrief it when it has.' });
  const header = headerOf(entries);
  // What keeps a debrief from being recorded is told before anything is typed.
  wholeLines(folder, hash);
  const key = await keyForRun(header);
  // As in the journal: no secret, and nothing hidden, is put on record.
  const asking = { wrongDay: (due: string) => wrongDay(due, entries.at(-1)?.at ?? ''), wrongRunbook };
  const debrief = withoutSecretsIn(visibleIn(await said(options, asking)));
  mustBeDueInTime(debrief, entries.at(-1)?.at ?? '');
  mustHaveRunbooks(debrief);
  const at = isoTime(realClock().wallMs());
  const by = withoutSecrets(visible(options.by ?? debrief.by ?? userInfo().username));
  // Two people may debrief at once: the second one's line follows from the first one's.
  const [earlier, line] = await alone(join(folder, DEBRIEF), async () => {
    const lines = wholeLines(folder, hash);
    const added = await addition(lines, { journalHash: hash, at, by, debrief }, key);
    appendLine(join(folder, DEBRIEF), added);
    return [lines, added] as const;
  });
  const actions = actionsOf([...earlier, line].join('\n'));
  if (options.json)
    terminal.asIs(
      `${JSON.stringify({ run: folder, recordedAt: at, by, actions, askedForBy: askingForDebrief(header.drill.controls) }, null, 2)}\n`,
    );
  else {
    for (const { id, action, owner, due, runbook, isClosed } of actions) {
      terminal.out(`${isClosed ? '✔' : '○'} ${id}  ${action}  (${owner}, ${due})\n`);
      if (runbook !== undefined) terminal.out(`     runbook ${runbook}${changedWords(runbook)}\n`);
    }
    terminal.out(`Recorded by ${by}  ${join(folder, DEBRIEF)}\n`);
    const askedForBy = askingForDebrief(header.drill.controls);
    if (askedForBy.length > 0) terminal.out(`Asked for by ${askedForBy.join(', ')}: bundle packs it with the run\n`);
  }
  return exitCodes.passed;
}

function wholeLines(folder: string, journalHash: string): string[] {
  const text = debriefText(folder);
  const [broken] = text === '' ? [] : checkDebrief(text, journalHash).wrong;
  if (!broken) return linesOf(text);
  throw new DrillError('debrief-broken', `${join(folder, DEBRIEF)}:${broken.line}: ${broken.what}.`, {
    hint: 'A debrief is evidence and is not repaired. Take an untouched copy.',
  });
}

const YEARS = 10;

/** A slip of the finger is not put on record for good. */
const daysAfter = (endedAt: string) => {
  const from = endedAt.slice(0, 10);
  return { from, until: `${Number(from.slice(0, 4)) + YEARS}${from.slice(4)}` };
};

/** What is wrong with a day that was typed; nothing, where it will do. */
function wrongDay(due: string, endedAt: string): string | undefined {
  const { from, until } = daysAfter(endedAt);
  if (!z.iso.date().safeParse(due).success) return `'${due}' is no day, such as 2026-12-24.`;
  return due < from || due > until ? `The run ended on ${from}: give a day between ${from} and ${until}.` : undefined;
}

function mustBeDueInTime({ actions }: Debrief, endedAt: string): void {
  const wrong = actions.find(({ due }) => wrongDay(due, endedAt));
  if (!wrong) return;
  const { from, until } = daysAfter(endedAt);
  throw new DrillError(
    'debrief-invalid',
    `'${wrong.action}' cannot be due on ${wrong.due}: the run ended on ${from}.`,
    { hint: `Give a day between ${from} and ${until}.` },
  );
}

/** What is wrong with a runbook that was named; nothing, where it is there, or elsewhere. */
const wrongRunbook = (runbook: string): string | undefined =>
  runbook === '' || isElsewhere(runbook) || existsSync(runbook)
    ? undefined
    : `There is no file ${runbook}: give its path from this folder, or a link such as https://wiki.example.org/failover.`;

function mustHaveRunbooks({ actions }: Debrief): void {
  for (const { action, runbook = '' } of actions) {
    const hint = wrongRunbook(runbook);
    if (hint) throw new DrillError('debrief-invalid', `'${action}' names a runbook that is not there.`, { hint });
  }
}

/** When a runbook was last changed, so that an action that changes it can be seen to be done. */
function changedWords(runbook: string): string {
  const day = isElsewhere(runbook) ? undefined : lastChanged(runbook);
  return day === undefined ? '' : `, last changed ${day}`;
}

/** What a file and the flags say together; where neither says anything, the person at the terminal is asked. */
async function said(options: DebriefCommandOptions, asking: Asking): Promise<Debrief> {
  const { from, participant, well, badly, action, close } = options;
  const told = {
    participants: participant.map(participantIn),
    well,
    badly,
    actions: action.map(actionIn),
    closed: close,
  };
  const isTold = Object.values(told).some((all) => all.length > 0);
  if (from === undefined && !isTold) {
    if (somebodyIsHere()) return checked(await askForDebrief(asking), 'what was typed');
    throw new DrillError('nothing-said', 'Nothing was said of the run.', {
      hint: 'Give --well, --badly, --action or --close, or --from <file>; at a terminal you are asked.',
    });
  }
  const flags = checked(told, 'the command line');
  const file = from === undefined ? checked({}, '') : checked(read(from), from);
  return {
    ...(file.by !== undefined && { by: file.by }),
    participants: [...file.participants, ...flags.participants],
    well: [...file.well, ...flags.well],
    badly: [...file.badly, ...flags.badly],
    actions: [...file.actions, ...flags.actions],
    closed: [...file.closed, ...flags.closed],
  };
}

function checked(input: unknown, where: string): Debrief {
  const parsed = debriefSchema.safeParse(input);
  if (parsed.success) return parsed.data;
  throw new DrillError('debrief-invalid', `${where} is no debrief: ${z.prettifyError(parsed.error)}`, {
    hint: 'An action needs what is to be done, its owner, and a day such as 2026-12-24.',
  });
}

function read(path: string): unknown {
  try {
    return parse(readText(path, mostBytes.note)) ?? {};
  } catch (cause) {
    throw new DrillError('debrief-invalid', `${path} cannot be read: ${(cause as Error).message}.`, {
      hint: 'It is a YAML file with participants, well, badly, actions and closed.',
      cause,
    });
  }
}

/** `Mei-Ling Chen; incident commander` */
function participantIn(words: string): { name: string | undefined; role: string | undefined } {
  const [name, role] = fields(words);
  return { name, role };
}

/** `Raise the quota; Mei-Ling Chen; 2026-12-24`, and behind it the subject of the finding that it fixes, and the runbook that it changes. */
function actionIn(words: string) {
  const [action, owner, due, about, runbook] = fields(words);
  return { action, owner, due, ...(about && { about }), ...(runbook && { runbook }) };
}

const fields = (words: string): string[] => words.split(';').map((part) => part.trim());
