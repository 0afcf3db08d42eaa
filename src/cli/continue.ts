import { copyFileSync, existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { realClock } from '../clock/real-clock.ts';
import type { Choice } from '../drill/choices.ts';
import type { CustomDrill } from '../drill/drill.ts';
import type { LoadedDrill } from '../drill/load.ts';
import { inWords } from '../duration.ts';
import { DrillError } from '../errors.ts';
import { DEBRIEF } from '../evidence/debrief.ts';
import { JOURNAL, MANIFEST, PUBLIC_KEY, SIGNATURE, TIMESTAMP } from '../evidence/manifest.ts';
import type { Entry, Outcome } from '../journal/events.ts';
import { type Seen, seenOf } from '../journal/head.ts';
import { lineHash, readJournal } from '../journal/journal.ts';
import { leaveContinuation } from '../live/people.ts';
import { headerOf } from '../measure/reading.ts';
import { standIn } from '../platform/not-loaded.ts';
import type { Continuation } from '../ports/people.ts';
import { choicesOpen, refusalOf, standingIn, unsuccessful } from '../run/held.ts';
import { mustBeConfirmed } from './before-live.ts';
import { exitCodes } from './exit-codes.ts';
import { headsFolder } from './keys-folder.ts';
import { proverFor } from './prove.ts';
import { type ResumeCommandOptions, takeUp } from './resume.ts';
import { sensible } from './strange-journal.ts';
import type { Terminal } from './terminal.ts';
import { takeInAgain } from './unfinished.ts';
import { isOwnKey, verified } from './verify.ts';

export interface ContinueCommandOptions extends ResumeCommandOptions {
  retry?: boolean | string;
  skip?: string;
  takeOver?: string;
  rollBack?: boolean;
  giveUp?: boolean;
  why?: string;
  by?: string;
  confirm?: string;
  /** A private key that signs the decision. */
  key?: string;
}

/** The rollback stays open for so long after a run that passed or missed its target. */
const ROLLBACK_OPEN_MS = 30 * 60_000;
const LOOK_EVERY_MS = 100;
/** A run that someone leads has taken a decision by then. */
const TAKEN_WITHIN_MS = 5_000;

/** Tells what can be decided about a held run, or decides it. */
export async function continueCommand(
  folder: string,
  options: ContinueCommandOptions,
  terminal: Terminal,
): Promise<number> {
  const held = await sensible(join(folder, JOURNAL), () => heldRun(folder, options, terminal));
  const decision = decisionOf(options);
  if (!decision) {
    terminal.out(described(folder, held));
    return exitCodes.passed;
  }
  const refused = refusalOf(decision, held.offered, held.standing);
  if (refused !== undefined)
    throw new DrillError('not-continued', `${decision.choice} cannot be done: ${refused}.`, {
      hint: `What can be decided now: dr-drill continue ${folder}`,
    });
  const word = {
    ...decision,
    by: options.by ?? userInfo().username,
    atMs: realClock().wallMs(),
    through: 'command' as const,
  };
  if (held.hasEnded) return reopened(folder, held, word, options, terminal);
  const prove = proverFor(held.loaded.topology, options);
  await leaveContinuation(folder, word, prove);
  if (await isTaken(folder, held.entries.length)) {
    terminal.out(`${folder} continues: ${decision.choice}, decided by ${word.by}.\n`);
    return exitCodes.passed;
  }
  terminal.err(`No process leads ${folder} now, so this one does.\n`);
  mustHaveLoaded(held, options, terminal);
  const { loaded } = held;
  const journalPath = join(folder, JOURNAL);
  return takeUp({ folder, loaded, journalPath, seen: seenOf(headsFolder(), journalPath) }, options, terminal);
}

interface Held {
  entries: readonly Entry[];
  loaded: LoadedDrill;
  standing: ReturnType<typeof standingIn>;
  offered: Choice[];
  hasEnded: boolean;
}

/** A live run that is held or has ended, with what can be decided about it. */
function heldRun(folder: string, options: ContinueCommandOptions, terminal: Terminal): Held {
  const journalPath = join(folder, JOURNAL);
  if (!existsSync(journalPath))
    throw new DrillError('run-missing', `There is no run in ${folder}.`, {
      hint: 'Name a run folder, such as one under runs/.',
    });
  const { entries } = readJournal(journalPath);
  const { mode, drill, topology } = headerOf(entries);
  if (mode === 'dry-run')
    throw new DrillError('dry-run', 'A dry run leaves nothing behind that could be continued.', {
      hint: 'The drill file says what a person would decide: simulation.whenHeld.',
    });
  const last = entries.at(-1);
  const waits = entries.findLast(({ type }) =>
    ['person-wanted', 'continued', 'run-ended', 'phase-entered'].includes(type),
  );
  const hasEnded = last?.type === 'run-ended';
  if (!hasEnded && waits?.type !== 'person-wanted')
    throw new DrillError('not-held', 'This run is not held: it is running, or its process was interrupted.', {
      hint: `If no process leads it: dr-drill resume ${folder}`,
    });
  const outcome: Outcome = hasEnded ? last.outcome : 'failed';
  if (hasEnded) mustBeOpen(outcome, entries, folder);
  const isLoaded = options.loadSteps === true;
  if (isLoaded) takeInAgain(drill, { isAsked: true }, terminal);
  // The one who leads the run has its modules, and holds the decision against them.
  else for (const { uses } of drill.machine === 'custom' ? drill.phases.flatMap(stepsOf) : []) standIn(uses);
  const standing = standingIn(entries, drill, topology);
  return {
    entries,
    loaded: { drill, topology, drillPath: '', topologyPath: '' },
    standing,
    offered: choicesOpen(outcome, standing),
    hasEnded,
  };
}

/** Leading a run runs the modules that its drill names. */
function mustHaveLoaded(
  { loaded }: Pick<Held, 'loaded'>,
  { loadSteps }: ContinueCommandOptions,
  terminal: Terminal,
): void {
  if (!loadSteps) takeInAgain(loaded.drill, { isAsked: false }, terminal);
}

const stepsOf = ({ steps = [], parallel = {} }: CustomDrill['phases'][number]) => [
  ...steps,
  ...Object.values(parallel).flat(),
];

/** Of a run that has ended: whether anything can still be decided. */
function mustBeOpen(outcome: Outcome, entries: readonly Entry[], folder: string): void {
  const over = (why: string) =>
    new DrillError('run-over', `This run is over: ${why}.`, {
      hint: `dr-drill report ${folder} makes its reports again.`,
    });
  if (existsSync(join(folder, DEBRIEF))) throw over('it has a debrief');
  if (outcome === 'rolled-back') throw over('everything was undone');
  if (!entries.some(({ type }) => type === 'phase-entered')) throw over('it ended before it began');
  if (outcome !== 'passed' && outcome !== 'target-missed') return;
  const sinceMs = realClock().wallMs() - Date.parse(entries.at(-1)?.at ?? '');
  if (sinceMs > ROLLBACK_OPEN_MS)
    throw over(`it ended ${inWords(sinceMs)} ago, and its rollback was open for ${inWords(ROLLBACK_OPEN_MS)}`);
}

function decisionOf(options: ContinueCommandOptions): Pick<Continuation, 'choice' | 'step' | 'why'> | undefined {
  const { retry, skip, takeOver, rollBack, giveUp, why } = options;
  const given = [
    retry !== undefined && { choice: 'retry' as const, ...(typeof retry === 'string' && { step: retry }) },
    skip !== undefined && { choice: 'skip' as const, step: skip },
    takeOver !== undefined && { choice: 'take-over' as const, step: takeOver },
    rollBack === true && { choice: 'roll-back' as const },
    giveUp === true && { choice: 'give-up' as const },
  ].filter((one) => one !== false);
  if (given.length > 1)
    throw new DrillError('usage', 'Only one decision can be made at a time.', {
      hint: 'Give one of --retry, --skip, --take-over, --roll-back and --give-up.',
    });
  return given[0] && { ...given[0], ...(why !== undefined && { why }) };
}

/** What a person needs to know to decide, with the commands. */
function described(folder: string, { entries, standing, offered, hasEnded }: Held): string {
  const failed = unsuccessful(standing);
  const ended = new Map(entries.flatMap((entry) => (entry.type === 'step-ended' ? [[entry.step, entry]] : [])));
  const started = new Map(entries.flatMap((entry) => (entry.type === 'step-started' ? [[entry.step, entry]] : [])));
  const steps = failed.map((step) => {
    const why = ended.get(step)?.error?.message ?? ended.get(step)?.outcome ?? 'it did not end';
    return `  ✘ ${started.get(step)?.title ?? step} (${step})\n      ${why}\n      By hand: ${started.get(step)?.command ?? ''}`;
  });
  const reasons = entries.flatMap((entry) => (entry.type === 'held' ? [`  ! ${entry.step}: ${entry.reason}`] : []));
  const [first = '<step>'] = failed;
  const commands: Record<Choice, string> = {
    retry: '--retry                    do the steps again that did not succeed; nothing that was done is done twice',
    skip: `--skip ${first} --why "…"   continue without the step`,
    'take-over': `--take-over ${first}   you did it by hand: it is looked at, then the run continues`,
    'roll-back': '--roll-back                undo what can be undone',
    'give-up': '--give-up                  end the run as it is',
  };
  return [
    hasEnded ? 'This run has ended. It can be opened again:' : 'This run is held and waits for a decision:',
    ...steps,
    ...(reasons.length > 0 ? ['What cannot be undone:', ...new Set(reasons)] : []),
    `Decide with: dr-drill continue ${folder}`,
    ...offered.map((choice) => `  ${commands[choice]}`),
    '',
  ].join('\n');
}

/** Whether the one who leads the run has taken the decision that was left. Throws where it was refused. */
async function isTaken(folder: string, linesBefore: number): Promise<boolean> {
  const clock = realClock();
  for (const sinceMs = clock.nowMs(); clock.nowMs() - sinceMs < TAKEN_WITHIN_MS; await clock.sleep(LOOK_EVERY_MS)) {
    const since = readJournal(join(folder, JOURNAL)).entries.slice(linesBefore);
    const answer = since.find(({ type }) => type === 'continued' || type === 'continuation-refused');
    if (answer?.type === 'continuation-refused')
      throw new DrillError('not-continued', `${answer.choice} cannot be done: ${answer.why}.`);
    if (answer) return true;
  }
  return false;
}

/** Opens a run that has ended: it changes the account again, so that is confirmed as for a new run. */
async function reopened(
  folder: string,
  { loaded, entries }: Held,
  word: Continuation,
  options: ContinueCommandOptions,
  terminal: Terminal,
): Promise<number> {
  const journalPath = join(folder, JOURNAL);
  mustHaveLoaded({ loaded }, options, terminal);
  const seen = existsSync(join(folder, MANIFEST)) ? await seenAsSealed(folder, entries) : undefined;
  return takeUp(
    {
      folder,
      loaded,
      journalPath,
      seen,
      reopen: async (arn) => {
        await mustBeConfirmed(loaded, { given: options.confirm, overrides: [] }, arn, terminal);
        await leaveContinuation(folder, word, proverFor(loaded.topology, options));
        keepSealed(folder);
      },
    },
    options,
    terminal,
  );
}

/** What the seal vouches for. A run that was altered since is not continued. */
async function seenAsSealed(folder: string, entries: readonly Entry[]): Promise<Seen | undefined> {
  const { tampering, key, manifest } = await verified(folder);
  const [altered] = tampering;
  if (altered)
    throw new DrillError('journal-changed', `${folder} is not as it was sealed: ${altered.file} ${altered.what}.`, {
      hint: `It is not continued. See: dr-drill verify ${folder}`,
    });
  if (!key || !manifest || !isOwnKey(key.fingerprint)) return undefined;
  return {
    unseen: manifest.unseenLines ?? 0,
    lines: entries.length,
    lastLine: lineHash(JSON.stringify(entries.at(-1))),
  };
}

/** Keeps a sealed run as it was, whole, in a folder of its own: it is sealed again when it ends again. */
function keepSealed(folder: string): void {
  if (!existsSync(join(folder, MANIFEST))) return;
  const earlier = readdirSync(folder).filter((name) => name.startsWith('sealed-')).length;
  const kept = join(folder, `sealed-${earlier + 1}`);
  mkdirSync(kept);
  for (const entry of readdirSync(folder, { withFileTypes: true }))
    if (entry.isFile()) copyFileSync(join(folder, entry.name), join(kept, entry.name));
  for (const name of [MANIFEST, SIGNATURE, PUBLIC_KEY, TIMESTAMP]) rmSync(join(folder, name), { force: true });
}
