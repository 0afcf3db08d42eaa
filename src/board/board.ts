import { allComponents } from '../drill/components.ts';
import { countedAs, measuresOf, SERVED } from '../drill/measures.ts';
import { caveatOf, wordsFor } from '../report/verdict-words.ts';
import type { Course, CourseStep } from './course.ts';
import type { ServedNow } from './customers.ts';
import type { FeedItem } from './feed.ts';
import type { RowsOf } from './rows.ts';
import type { RunState } from './run-state.ts';
import type { StepNow } from './steps.ts';
import { type Wait, waitsOf } from './waits.ts';

export type Tone = 'good' | 'bad' | 'warn' | 'running' | 'plain';

/** How a run stands, in a word and a sentence. */
export interface Standing {
  tone: Tone;
  word: string;
  sentence: string;
}

/** The measured time against its target; all in milliseconds. */
export interface Budget {
  title: string;
  limitMs: number | null;
  spentMs: number;
  /** It goes on being spent. */
  isOpen: boolean;
  /** What the time is counted from and to, or why none is. */
  words: string;
}

export interface ComponentNow {
  id: string;
  kind: string;
  tone: Tone;
  words: string;
  done: number;
  steps: number;
}

/** Everything that the board shows of one run. */
export interface Board {
  /** The run's folder. */
  run: string;
  /** The last line of the journal that it is of. */
  seq: number;
  title: string;
  /** What is not AWS says so; null for a run on the real account. */
  caveat: string | null;
  standing: Standing;
  /** Epoch milliseconds: now, and when the run began. Times of a live run continue between two looks. */
  nowMs: number;
  startedMs: number;
  isTicking: boolean;
  /** The run has ended. */
  isOver: boolean;
  budget: Budget | null;
  served: ServedNow[];
  rows: { title: string; many: string; of: RowsOf[] };
  recoveryPoint: { id: string; time: string } | null;
  waits: Wait[];
  running: StepNow[];
  next: CourseStep[];
  components: ComponentNow[];
  lit: { active: string[]; done: string[]; failed: string[] };
  feed: FeedItem[];
}

/** A run that is begun, as it stands at an instant. */
export function boardOf(run: string, state: RunState, course: Course, nowMs: number): Board | undefined {
  const { header, last, outcome } = state;
  if (!header || !last) return undefined;
  const { drill, mode, elsewhere } = header;
  const counted = countedAs(measuresOf(drill));
  const steps = state.steps.now();
  return {
    run,
    seq: last.seq,
    title: drill.title,
    caveat: caveatOf(mode, elsewhere),
    standing: standingOf(state),
    nowMs,
    startedMs: Date.parse(last.at) - last.ms,
    isTicking: mode === 'live' && !outcome && !state.paused?.isOver,
    isOver: outcome !== undefined,
    budget: budgetOf(state, nowMs),
    served: state.customers.now(),
    rows: { title: counted.title, many: counted.many, of: state.rows.now() },
    recoveryPoint: state.recoveryPoint ?? null,
    waits: waitsOf(run, state, isSilent(state, nowMs)),
    running: outcome ? [] : steps.filter(({ standing }) => standing === 'running' || standing === 'undoing'),
    next: outcome || state.held ? [] : nextSteps(state, course),
    components: componentsNow(state, course),
    lit: litStates(state, course),
    feed: [...state.feed],
  };
}

/** Watched customers alone leave a line of a live run every few seconds. */
const SILENT_MS = 180_000;

/** Whether nobody seems to lead a live run. */
export const isSilent = ({ header, last, outcome }: RunState, nowMs: number): boolean =>
  header?.mode === 'live' && !outcome && last !== undefined && nowMs - Date.parse(last.at) > SILENT_MS;

/** How a run stands, for its own page and for the list of all runs. */
export function standingOf(state: RunState): Standing {
  const { header, outcome, held, paused, phases } = state;
  const rehearsal = header?.mode === 'dry-run' || header?.elsewhere !== undefined;
  if (outcome) {
    const tone = ({ passed: 'good', 'target-missed': 'bad', failed: 'bad' } as const)[outcome.outcome as 'passed'];
    return { tone: tone ?? 'warn', word: wordsFor(outcome.outcome, rehearsal), sentence: outcome.reason };
  }
  if (held)
    return {
      tone: 'bad',
      word: 'Held',
      sentence: 'Not everything can be undone, and the run waits for a person’s decision.',
    };
  if (paused?.isOver)
    return { tone: 'warn', word: 'Suspended', sentence: `Everything is left as it stands: ${paused.reason}` };
  if (paused) return { tone: 'warn', word: 'Paused', sentence: `AWS does not accept the session: ${paused.reason}` };
  const question = state.question();
  if (question) return { tone: 'warn', word: 'Waits for an answer', sentence: question.question };
  if (state.isSealed)
    return { tone: 'running', word: 'Waits for its moment', sentence: 'A drill and its moment were drawn and sealed.' };
  const where = phases.now.at(-1);
  return {
    tone: 'running',
    word: where === undefined ? 'Running' : `Running: ${where}`,
    sentence: state.impaired ?? 'Nothing has been taken away yet.',
  };
}

function budgetOf(state: RunState, nowMs: number): Budget | null {
  const drill = state.drill;
  const recovery = drill && measuresOf(drill).recovery;
  if (!recovery) return null;
  const limitMs = drill.targets.rto;
  const base = { title: 'Recovery time (RTO)', limitMs };
  const { fromMs } = state.measured;
  if (fromMs === undefined)
    return {
      ...base,
      spentMs: 0,
      isOpen: false,
      words: state.outcome
        ? 'never began'
        : `begins with ${recovery.from === 'failure' ? 'the failure' : `the phase ${recovery.from}`}`,
    };
  const toMs = state.measuredToMs();
  if (toMs !== undefined)
    return {
      ...base,
      spentMs: toMs - fromMs,
      isOpen: false,
      words:
        recovery.until !== SERVED
          ? `${recovery.from} to ${recovery.until}`
          : toMs === fromMs
            ? 'no customer lost service'
            : 'until all customers were served again',
    };
  return {
    ...base,
    spentMs: Math.max(0, nowMs - fromMs),
    isOpen: !state.outcome,
    words:
      recovery.until === SERVED ? 'until all customers are served again' : `until the phase ${recovery.until} ends`,
  };
}

/** The steps that come next on the way on which all goes well. */
function nextSteps(state: RunState, { steps }: Course): CourseStep[] {
  const begun = steps.findLastIndex(({ step }) => state.steps.get(step) !== undefined);
  const phase = Math.max(
    begun < 0 ? 0 : steps.findIndex((one) => one.phase === steps[begun]?.phase),
    steps.findIndex((one) => one.phase === state.phases.now.at(-1)),
  );
  return steps
    .slice(Math.max(0, phase))
    .filter(({ step }) => state.steps.get(step) === undefined)
    .slice(0, NEXT_MAX);
}

const NEXT_MAX = 3;

function componentsNow(state: RunState, course: Course): ComponentNow[] {
  if (!state.topology) return [];
  const begun = state.steps.now();
  return allComponents(state.topology).map(({ id, kind }) => {
    const planned = course.steps.filter(({ of }) => of === id);
    const own = begun.filter(({ step }) => step.split('/')[1] === id || planned.some((one) => one.step === step));
    const done = planned.filter(({ step }) => state.steps.get(step)?.standing === 'done').length;
    const served = state.customers.now().find(({ of }) => of === id);
    const isOut = served && served.served < served.customers && !state.outcome;
    return {
      id,
      kind,
      done,
      steps: planned.length,
      ...(isOut
        ? ({ tone: 'bad', words: `${served.served} of ${served.customers} customers are served` } as const)
        : fate(own, { isPlanned: planned.length > 0, isOver: done === planned.length })),
    };
  });
}

/** What a component's steps say of it: trouble before work, work before what was done last. */
function fate(
  own: readonly StepNow[],
  { isPlanned, isOver }: { isPlanned: boolean; isOver: boolean },
): { tone: Tone; words: string } {
  const failed = own.findLast(({ standing }) => standing === 'failed');
  if (failed) return { tone: 'bad', words: `${failed.title}: ${failed.why ?? 'failed'}` };
  const running = own.findLast(({ standing }) => standing === 'running' || standing === 'undoing');
  if (running)
    return { tone: 'running', words: running.standing === 'undoing' ? `Undoing: ${running.title}` : running.title };
  const last = own.at(-1);
  if (last === undefined)
    return { tone: 'plain', words: isPlanned ? 'Not begun' : 'No step of this drill is about it' };
  if (last.standing === 'undone') return { tone: 'warn', words: `Undone: ${last.title}` };
  if (last.standing === 'stopped') return { tone: 'warn', words: `Stopped: ${last.title}` };
  return isOver ? { tone: 'good', words: last.title } : { tone: 'plain', words: `Last: ${last.title}` };
}

/** Which states of the picture are being gone through, were, or failed. */
function litStates(state: RunState, { states }: Course): Board['lit'] {
  const standing = (step: string) => state.steps.get(step)?.standing;
  const active = states.filter(
    ({ id, steps }) =>
      steps.some((step) => standing(step) === 'running' || standing(step) === 'undoing') ||
      (steps.length === 0 && state.phases.now.includes(id.split('.').at(-1) ?? '')) ||
      id === state.outcome?.outcome,
  );
  const failed = states.filter(({ steps }) => steps.some((step) => standing(step) === 'failed'));
  const done = states.filter(({ steps }) => steps.length > 0 && steps.every((step) => standing(step) === 'done'));
  const ids = (all: typeof states) => all.map(({ id }) => id);
  return { active: ids(active), done: ids(done), failed: ids(failed) };
}
