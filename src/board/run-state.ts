import type { Drill } from '../drill/drill.ts';
import { FAILURE, measuresOf, SERVED } from '../drill/measures.ts';
import type { Topology } from '../drill/topology.ts';
import type { Entry, EventOf, Outcome } from '../journal/events.ts';
import { isHeader } from '../journal/header.ts';
import { isCount } from '../measure/heartbeats.ts';
import { headerOf, instantMs } from '../measure/reading.ts';
import { Customers } from './customers.ts';
import { type FeedItem, feedItem } from './feed.ts';
import { type OpenQuestion, openQuestion } from './open-question.ts';
import { Rows } from './rows.ts';
import { Steps } from './steps.ts';

/** As many lines of the feed are kept. */
export const FEED_WINDOW = 200;

/** Words for an event, as the screen has them; most often none. */
export type Tell = (entry: Entry) => string[];

/**
 * A run as its journal tells it, line by line. What is kept grows with what the drill has (steps, components, customers), never with the
 * journal's length.
 */
export class RunState {
  header: EventOf<'run-started'> | undefined;
  last: Pick<Entry, 'seq' | 'at' | 'ms'> | undefined;
  outcome: { outcome: Outcome; reason: string } | undefined;
  /** Phases that are being gone through, and those that were left. */
  phases: { now: string[]; left: string[] } = { now: [], left: [] };
  /** What the failure took away. */
  impaired: string | undefined;
  /** The run waits for a person's decision. */
  held: EventOf<'person-wanted'> | undefined;
  /** Decisions and answers that did not count since the run began to wait, and why the last one did not. */
  refused: { times: number; why: string } | undefined;
  /** What cannot be undone, and why. */
  heldReasons: string[] = [];
  paused: { reason: string; hint: string | undefined; isOver: boolean } | undefined;
  recoveryPoint: { id: string; time: string } | undefined;
  /** A surprise waits for its moment. */
  isSealed = false;
  readonly steps = new Steps();
  readonly customers = new Customers();
  readonly rows = new Rows();
  readonly feed: FeedItem[] = [];
  /** When the time began and ended that the drill measures, in epoch milliseconds. */
  measured: { fromMs?: number; toMs?: number } = {};
  private asked: Entry[] = [];
  private wasContinued = false;
  /** A run that continues after a decision walks through its course again: a phase in which nothing is done is no second stay in it. */
  private isPassed = false;

  get drill(): Drill | undefined {
    return this.header?.drill;
  }

  get topology(): Topology | undefined {
    return this.header?.topology;
  }

  take(entry: Entry, tell: Tell): void {
    if (this.last === undefined && !isHeader(entry)) throw new Error('a journal begins with run-started');
    this.last = { seq: entry.seq, at: entry.at, ms: entry.ms };
    this.note(entry);
    this.steps.take(entry);
    for (const line of tell(entry)) this.feed.push(feedItem(entry, line));
    this.feed.splice(0, this.feed.length - FEED_WINDOW);
  }

  /** The oldest question that nobody has answered yet. */
  question(): OpenQuestion | undefined {
    return openQuestion(this.asked);
  }

  /** Until when the open question's answer is waited for. */
  askedUntil(question: OpenQuestion): string | undefined {
    const asked = this.asked.findLast(
      (entry) => entry.type === 'approval-asked' && entry.step === question.step && entry.role === question.role,
    );
    return asked?.type === 'approval-asked' ? asked.until : undefined;
  }

  private note(entry: Entry): void {
    switch (entry.type) {
      case 'run-started':
        this.header = entry;
        break;
      case 'draw-sealed':
        this.isSealed = true;
        break;
      case 'draw-revealed':
        this.isSealed = false;
        if (this.header) this.header = headerOf([this.header, entry]);
        break;
      case 'phase-entered':
        this.isPassed = this.wasContinued;
        this.phases.now = [...this.phases.now.filter((phase) => phase !== entry.phase), entry.phase];
        this.measure('from', entry.phase, instantMs(entry));
        break;
      case 'phase-left':
        this.phases.now = this.phases.now.filter((phase) => phase !== entry.phase);
        this.phases.left = [...this.phases.left.filter((phase) => phase !== entry.phase), entry.phase];
        if (!this.isPassed) this.measure('until', entry.phase, instantMs(entry));
        break;
      case 'impaired':
        this.impaired ??= entry.what;
        this.measure('from', FAILURE, entry.since === undefined ? instantMs(entry) : Date.parse(entry.since));
        break;
      case 'probed':
      case 'customers-probed':
        this.customers.take(entry, this.measured.fromMs);
        break;
      case 'heartbeats':
      case 'heartbeats-found':
        this.rows.take(entry);
        break;
      case 'step-started':
        this.paused = undefined;
        this.isPassed = false;
        if (isCount(entry.kind)) this.rows.countBegins(entry.params, instantMs(entry));
        if (entry.kind.startsWith('people.')) this.asked = [...this.asked, entry];
        break;
      case 'step-ended':
      case 'people-decided':
        this.asked = this.asked.filter((one) => !('step' in one) || one.step !== entry.step);
        break;
      case 'approval-asked':
      case 'answered':
        this.refused = undefined;
        this.asked = [...this.asked, entry];
        break;
      case 'recovery-point':
        this.recoveryPoint = { id: entry.id, time: entry.time };
        break;
      case 'session-ended':
        this.paused = { reason: entry.reason, hint: entry.hint, isOver: false };
        break;
      case 'run-suspended':
        this.paused = { reason: entry.reason, hint: entry.hint, isOver: true };
        break;
      case 'session-renewed':
        this.paused = undefined;
        break;
      case 'held':
        this.heldReasons = [...new Set([...this.heldReasons, entry.reason])];
        break;
      case 'answer-refused':
      case 'continuation-refused':
        this.refused = { times: (this.refused?.times ?? 0) + 1, why: `${entry.by}: ${entry.why}` };
        break;
      case 'person-wanted':
        this.refused = undefined;
        this.held = entry;
        break;
      case 'continued':
        this.held = undefined;
        this.wasContinued = true;
        if (['retry', 'skip', 'take-over'].includes(entry.choice)) this.heldReasons = [];
        this.outcome = undefined;
        break;
      case 'run-resumed':
        this.paused = undefined;
        this.outcome = undefined;
        break;
      case 'run-ended':
        this.outcome = { outcome: entry.outcome, reason: entry.reason };
        this.held = undefined;
        this.phases.now = [];
    }
  }

  /** Notes where the measured time begins, at first, and ends, at last. */
  private measure(end: 'from' | 'until', what: string, atMs: number): void {
    const recovery = this.drill && measuresOf(this.drill).recovery;
    if (!recovery || recovery[end] !== what) return;
    if (end === 'from') this.measured.fromMs ??= atMs;
    else this.measured.toMs = atMs;
  }

  /** The measured time's end, where it has one by now. */
  measuredToMs(): number | undefined {
    const recovery = this.drill && measuresOf(this.drill).recovery;
    if (recovery?.until !== SERVED) return this.measured.toMs;
    const { wereLost, servedSinceMs } = this.customers.recovery();
    return wereLost ? servedSinceMs : this.outcome && this.measured.fromMs;
  }
}
