import pc from 'picocolors';
import { inWords } from '../duration.ts';
import type { Entry, EventOf } from '../journal/events.ts';
import { seenBy } from '../measure/checks.ts';
import { clockMoved, joinedBy } from '../measure/spans.ts';

type Colours = ReturnType<typeof pc.createColors>;

/**
 * Tells a run as it goes: for each event the lines that a person wants to read, most often none.
 * @param earlier what stood in the journal before this process, which is not told again
 */
export function narrator({ colour }: { colour: boolean }, earlier: readonly Entry[] = []): (entry: Entry) => string[] {
  const colours = pc.createColors(colour);
  const begun = new Map<string, Pick<EventOf<'step-started'>, 'title' | 'ms'>>();
  /** Of each step what it saw, each thing as it stood last: a step may look for an hour. */
  const seen = new Map<string, Map<string, Entry>>();
  // What was waited for before a surprise began is no part of it.
  let beganMs = 0;
  const told = new Map<string, number>();
  // A run that continues after a decision walks through its course again: only phases in which something is done are told.
  let walksThrough = false;
  let unsaid: string | undefined;
  const lines = (entry: Entry): string[] => {
    if (entry.type === 'continued') walksThrough = true;
    if (walksThrough && entry.type === 'phase-entered') unsaid = entry.phase;
    if (walksThrough && (entry.type === 'phase-entered' || entry.type === 'decision')) return [];
    if (entry.type === 'step-started' || entry.type === 'undo-started') walksThrough = false;
    const before =
      walksThrough || unsaid === undefined
        ? []
        : [`${colours.dim(clockFace(entry.ms - beganMs))}  ${colours.bold(unsaid)}`];
    if (!walksThrough) unsaid = undefined;
    return [...before, ...linesOf(entry)];
  };
  const linesOf = (entry: Entry): string[] => {
    // What keeps failing is repeated every few seconds, and told less often.
    if (entry.type === 'look-failing') {
      if (entry.ms < (told.get(entry.what) ?? 0)) return [];
      told.set(entry.what, entry.ms + TOLD_EVERY_MS);
    }
    if (entry.type === 'draw-revealed' && entry.begins) beganMs = entry.ms;
    if (entry.type === 'step-started' || entry.type === 'undo-started') begun.set(entry.step, entry);
    if (entry.type === 'step-started') seen.set(entry.step, new Map());
    const what = lookedAt(entry);
    if (what !== undefined && 'step' in entry && entry.step) seen.get(entry.step)?.set(what, entry);
    const step = 'step' in entry && entry.step ? begun.get(entry.step) : undefined;
    const line =
      entry.type === 'step-ended'
        ? ended(entry, step, seenBy([...(seen.get(entry.step)?.values() ?? [])]), colours)
        : tell(entry, colours, step);
    return line === undefined ? [] : [`${colours.dim(clockFace(entry.ms - beganMs))}  ${line}`];
  };
  earlier.forEach(lines);
  return lines;
}

/** What a line says something about that its step saw. */
function lookedAt(entry: Entry): string | undefined {
  if (entry.type === 'check') return `check/${entry.layer}/${entry.check}`;
  if (entry.type === 'data-check') return `data/${entry.instance}/${entry.check}`;
  return entry.type === 'finding' ? `finding/${entry.seq}` : undefined;
}

function tell(entry: Entry, colours: Colours, step?: { title: string; ms: number }): string | undefined {
  const { bold, dim, green, red, yellow } = colours;
  switch (entry.type) {
    case 'draw-sealed':
      return `  ${bold('?')} Drawn from ${entry.of.length} drills, and sealed  ${dim(entry.seal)}`;
    case 'commander-told':
      if (entry.about === 'the beginning') return undefined;
      return `  ${green('✔')} Only the ${entry.to} was told. Waiting for its moment`;
    case 'beginning-postponed':
      return `  ${yellow('!')} It cannot begin yet: ${entry.why}`;
    case 'draw-revealed':
      return bold(`${entry.begins ? 'It is' : 'It would have been'} ${entry.drill}`);
    case 'phase-entered':
      return bold(entry.phase);
    case 'undo-ended': {
      const took = dim(inWords(entry.ms - (step?.ms ?? entry.ms)));
      if (entry.outcome === 'nothing-to-undo') return undefined;
      if (entry.outcome === 'ok') return `  ${green('↶')} ${step?.title}  ${took}`;
      return `  ${red('✘')} ${step?.title}: ${entry.error?.message}\n${more(`do it by hand: ${entry.command ?? ''}`)}`;
    }
    case 'impaired':
      return `  ${red('▼')} ${entry.what}`;
    case 'decision':
      return `  ${bold('→')} ${decisions[entry.decision]}  ${dim(spaced(entry.rule))}`;
    case 'approval-asked':
      return `  ${bold('?')} ${entry.question}  ${dim(`asked of the ${entry.role}`)}`;
    case 'answered':
      return `  ${entry.approves ? green('✔') : red('✘')} ${entry.by} ${saying(entry)}${entry.reason ? `: ${entry.reason}` : ''}`;
    case 'approval-lapsed':
      return `  ${yellow('!')} ${entry.what}: the drill ${entry.otherwise === 'go-on' ? 'continues' : 'stops'}`;
    case 'recovery-point':
      return `  ${bold('→')} ${entry.id}  ${dim(entry.time)}`;
    case 'finding':
      return `  ${entry.severity === 'blocker' ? red('✘') : yellow('!')} ${entry.what}\n${more(entry.fix)}`;
    case 'not-ready':
      return `  ${yellow('!')} ${entry.subject} is not ready\n${entry.reasons.map(more).join('\n')}`;
    case 'data-check':
      if (entry.ok) return undefined;
      return `  ${entry.ok === null ? yellow('–') : red('✘')} ${entry.title}: ${entry.detail}`;
    case 'check':
      return entry.layer === 'verification' && !entry.ok ? `  ${red('✘')} ${entry.check}: ${entry.detail}` : undefined;
    case 'look-failing':
      return `  ${yellow('…')} ${looking(entry)}`;
    case 'session-ended':
      return `  ${yellow('!')} Paused, the AWS session has ended: ${entry.reason}\n${more(entry.hint)}`;
    case 'session-renewed':
      return `  ${green('✔')} The AWS session works again, after ${inWords(entry.afterMs)}: the run continues`;
    case 'run-suspended':
      return `  ${yellow('!')} Suspended, and everything is left as it stands: ${entry.reason}${entry.hint ? `\n${more(entry.hint)}` : ''}`;
    case 'held':
      return `  ${yellow('!')} Held, and not undone: ${step?.title ?? entry.step}: ${entry.reason}`;
    case 'person-wanted':
      return `  ${yellow('!')} Held. The run waits for a decision until ${entry.until.slice(11, 19)} UTC: ${entry.choices.join(', ')}`;
    case 'continued':
      return `  ${bold('→')} ${entry.by}: ${entry.choice}${entry.step === undefined ? '' : ` ${entry.step}`}${entry.why === undefined ? '' : `  ${dim(entry.why)}`}`;
    case 'continuation-refused':
      return `  ${yellow('!')} ${entry.by}: ${entry.choice} is not carried out: ${entry.why}`;
    case 'notice':
      return notice(entry, colours);
    case 'clock-jumped':
      return `  ${yellow('!')} ${clockMoved(entry)}; nothing is computed from it`;
    case 'run-resumed': {
      const joined = joinedBy(entry);
      return joined === undefined ? undefined : `  ${yellow('!')} ${joined}`;
    }
    case 'abort-requested':
      return yellow(`Abort: ${entry.reason}`);
    default:
      return undefined;
  }
}

/** How a step ended. Ticked is only what was done, and met nothing on its way that a person must know. */
function ended(
  entry: EventOf<'step-ended'>,
  step: { title: string; ms: number } | undefined,
  { failed, warned }: ReturnType<typeof seenBy>,
  { dim, green, red, yellow }: Colours,
): string {
  const took = dim(inWords(entry.ms - (step?.ms ?? entry.ms)));
  if (entry.notDone !== undefined) return `  ${yellow('–')} ${step?.title}  not done: ${entry.notDone}  ${took}`;
  if (entry.outcome === 'ok' && failed > 0)
    return `  ${red('✘')} ${step?.title}  ${failed} ${failed === 1 ? 'check' : 'checks'} failed  ${took}`;
  if (entry.outcome === 'ok') return `  ${warned > 0 ? yellow('!') : green('✔')} ${step?.title}  ${took}`;
  if (entry.outcome === 'aborted') return `  ${yellow('–')} ${step?.title}  stopped after ${took}`;
  const waited = entry.error && entry.error.name !== 'AbortError' ? `: ${entry.error.message}` : '';
  const why = entry.outcome === 'deadline' ? `its deadline passed${waited}` : (entry.error?.message ?? entry.outcome);
  return `  ${red('✘')} ${step?.title}  ${took}\n${more(red(why))}${entry.error?.hint ? `\n${more(entry.error.hint)}` : ''}`;
}

/** What is sent is reported once it has arrived, and once more attempts are of no use. */
function notice(entry: EventOf<'notice'>, { dim, yellow }: Colours): string | undefined {
  const { channel, via, about, says, state, error, nextMs } = entry;
  if (state === 'sent') return `  ${dim('✉')} Sent to ${channel} (${via}): ${about.replaceAll('-', ' ')}`;
  if (state === 'not-sent') return `  ${dim('✉')} Not sent: ${says}  ${dim(`${channel}, ${via}`)}`;
  if (state === 'sending' || nextMs !== undefined) return undefined;
  const what = state === 'failed' ? 'could not be told' : 'may not have been told';
  return `  ${yellow('!')} ${channel} ${what}: ${error?.message ?? ''}\n${more(says)}`;
}

const TOLD_EVERY_MS = 30_000;

const decisions: Record<EventOf<'decision'>['decision'], string> = {
  'fail-over': 'Fail over',
  stay: 'Leave the primary region the writer',
  'stand-still': 'Let neither side write',
  review: 'Ask people',
  watch: 'Go on watching',
  restore: 'Make the restored database the writer',
  stop: 'Do not make the restored database the writer',
};

/** What keeps failing, and when it is tried again. */
export const looking = ({ what, reason, times, nextMs }: EventOf<'look-failing'>): string =>
  `${what}: failed ${times} times, next in ${inWords(nextMs)} (${reason})`;

const more = (text: string): string => `${' '.repeat(14)}${text}`;

const spaced = (camelCase: string): string => camelCase.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);

/** Minutes, seconds and tenths since the run began. */
export function clockFace(ms: number): string {
  const tenths = Math.floor(ms / 100);
  const seconds = ((tenths % 600) / 10).toFixed(1).padStart(4, '0');
  return `${Math.floor(tenths / 600)}:${seconds}`.padStart(8);
}

/** An approval is given or refused; an item of a checklist is answered. */
const saying = ({ item, approves }: { item?: string; approves: boolean }): string => {
  if (item !== undefined) return approves ? 'says yes' : 'says no';
  return approves ? 'approves' : 'refuses';
};
