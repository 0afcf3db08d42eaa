import { type Gateway, gateway } from '../aws/gateway.ts';
import { isoTime } from '../clock/clock.ts';
import { surpriseOf } from '../drill/candidates.ts';
import type { Drill, Surprise } from '../drill/drill.ts';
import { openingsOf } from '../drill/openings.ts';
import { regionsOf } from '../drill/regions.ts';
import type { Topology } from '../drill/topology.ts';
import { Aborted, DrillError, errorFacts } from '../errors.ts';
import { type Draw, sealOf } from '../journal/draw.ts';
import type { Entry, EventOf, RunEvent } from '../journal/events.ts';
import { tellCommander } from './commander.ts';
import { type Draws, drawFrom, seededDraws } from './draw.ts';
import { type Leadership, play, type RunResult, type Surroundings } from './play.ts';

/** The topology, had for a run that did not begin with it. */
export interface Claimed {
  /** For the journal. */
  opening: readonly RunEvent[];
  leadership?: Leadership;
}

export interface Beginning extends Surroundings {
  /** Of a live run; the seed of the journal's header draws by default. */
  draws?: Draws;
  /** Takes the topology when the moment has come; rejects while another run has it. */
  claim?: () => Promise<Claimed>;
}

/** A window is of people's time, so the wall clock is looked at now and then: it may be set, and timers of a day and more are not to be trusted. */
const LOOK_EVERY_MS = { mayBeSet: 60_000, isSimulated: 3_600_000 };
/** So often it is tried again to begin, where something is in the way. */
const TRY_EVERY_MS = 30_000;

/**
 * Begins a drill: at once, or, where it is a surprise, when the moment has come that was drawn. Until then the journal holds a seal of the
 * draw, which says nothing about it and fits no other.
 */
export async function begin(drill: Drill, topology: Topology, options: Beginning): Promise<RunResult> {
  const surprise = surpriseOf(drill);
  if (!surprise) return play(drill, topology, options);
  const begun = find('draw-revealed', options.journal.entries());
  if (begun?.begins) return play(surprise.of[begun.drawn] as Drill, topology, options);
  const waiting = waitFor(surprise, topology, options);
  const moment = await waiting.moment();
  if ('outcome' in moment) return moment;
  return play(moment.drill, topology, {
    ...options,
    opening: moment.claimed.opening,
    leadership: moment.claimed.leadership,
  });
}

const find = <T extends RunEvent['type']>(type: T, entries: readonly Entry[]): EventOf<T> | undefined =>
  entries.find((entry): entry is EventOf<T> => entry.type === type);

interface Begins {
  drill: Drill;
  claimed: Claimed;
}

function waitFor(surprise: Surprise, topology: Topology, options: Beginning) {
  const { clock, journal, signal = new AbortController().signal } = options;
  const [header] = journal.entries();
  const draws = options.draws ?? seededDraws(header?.type === 'run-started' ? header.seed : 0);
  const record = (event: RunEvent): Entry => {
    const entry = journal.append(event);
    options.onEntry?.(entry);
    return entry;
  };
  const aws = gatewayFor(topology, options, record);
  const tell = (about: 'the draw' | 'the beginning', draw: Draw) =>
    tellCommander(topology, noticeOf(about, draw, surprise), { aws, clock, signal }).then(() =>
      record({ type: 'commander-told', to: surprise.announce.to, about }),
    );

  async function moment(): Promise<Begins | RunResult> {
    let draw: Draw | undefined;
    if (find('draw-revealed', journal.entries())) return over('it had been given up before it began');
    try {
      draw = await drawn();
      if (!draw) return over('its window has no time left');
      if (!find('commander-told', journal.entries())) await tell('the draw', draw);
      const untilMs = closesAt(draw);
      await sleepUntil(Date.parse(draw.moment));
      return await beginsBefore(untilMs, draw);
    } catch (error) {
      if (isOfJournal(error)) throw error;
      if (signal.aborted) {
        record({ type: 'abort-requested', reason: String(signal.reason ?? 'aborted') });
        return over(String(signal.reason ?? 'aborted'), draw);
      }
      if (!draw) throw error;
      return over(`the ${surprise.announce.to} could not be told: ${errorFacts(error).message}`, draw);
    }
  }

  /** What the seal in the journal holds; a new draw where there is none. */
  async function drawn(): Promise<Draw | undefined> {
    const sealed = find('draw-sealed', journal.entries());
    if (sealed) return unsealed(sealed);
    const wallMs = clock.wallMs();
    const draw = drawFrom(surprise, wallMs, draws);
    if (!draw) return undefined;
    const seal = sealOf(draw);
    draws.keep(seal, draw);
    const { of, window } = surprise;
    record({
      type: 'draw-sealed',
      how: draws.how,
      of: of.map(({ drill }) => drill),
      window,
      from: isoTime(wallMs),
      seal,
    });
    return draw;
  }

  async function unsealed({ seal, from }: EventOf<'draw-sealed'>): Promise<Draw> {
    try {
      const draw = draws.recall(seal, () => drawFrom(surprise, Date.parse(from), draws) as Draw);
      if (sealOf(draw) === seal) return draw;
      throw new DrillError('draw-altered', 'What is kept of the draw is not what was sealed.', {
        hint: 'Abort the run, and draw again: a draw that does not fit its seal proves nothing.',
      });
    } catch (error) {
      // The one who resumes it only to abort it has left word by now.
      await clock.sleep(ABORT_IS_SEEN_MS, signal);
      throw error;
    }
  }

  function closesAt({ moment: at }: Draw): number {
    const sealed = find('draw-sealed', journal.entries()) as EventOf<'draw-sealed'>;
    const openings = openingsOf(surprise.window, Date.parse(sealed.from), surprise.announce.ahead);
    const ms = Date.parse(at);
    return openings.find(({ fromMs, untilMs }) => fromMs <= ms && ms < untilMs)?.untilMs ?? ms;
  }

  async function sleepUntil(ms: number): Promise<void> {
    signal.throwIfAborted();
    const everyMs = clock.mayBeSet ? LOOK_EVERY_MS.mayBeSet : LOOK_EVERY_MS.isSimulated;
    while (clock.wallMs() < ms) await clock.sleep(Math.min(everyMs, ms - clock.wallMs()), signal);
  }

  /** Begins as soon as the topology is this run's alone, and the commander knows; not once that day's window has closed. */
  async function beginsBefore(untilMs: number, draw: Draw): Promise<Begins | RunResult> {
    let claimed: Claimed | undefined;
    let why = 'no process waited for it when its moment came';
    while (clock.wallMs() < untilMs) {
      try {
        claimed ??= (await options.claim?.()) ?? { opening: [] };
        await tell('the beginning', draw);
        reveal(draw, true);
        draws.forget((find('draw-sealed', journal.entries()) as EventOf<'draw-sealed'>).seal);
        return { drill: surprise.of[draw.drawn] as Drill, claimed };
      } catch (error) {
        if (isOfJournal(error) || error instanceof Aborted || signal.aborted) throw error;
        const { message } = errorFacts(error);
        if (message !== why) record({ type: 'beginning-postponed', why: message, until: isoTime(untilMs) });
        why = message;
        await clock.sleep(Math.min(TRY_EVERY_MS, Math.max(0, untilMs - clock.wallMs())), signal);
      }
    }
    return over(`it could not begin before its window closed: ${why}`, draw);
  }

  function reveal({ drawn: index, moment: at, nonce }: Draw, begins: boolean): void {
    const { drill } = surprise.of[index] as Drill;
    record({ type: 'draw-revealed', drawn: index, drill, moment: at, nonce, begins });
  }

  /** Nothing has been touched; what was drawn is shown, so that everyone can see that it was not drawn again until it suited. */
  function over(reason: string, draw?: Draw): RunResult {
    const sealed = find('draw-sealed', journal.entries());
    if (draw && sealed) {
      reveal(draw, false);
      draws.forget(sealed.seal);
    }
    record({ type: 'run-ended', outcome: 'aborted', reason });
    return { outcome: 'aborted', reason };
  }

  return { moment };
}

/** So long after the beginning of its life a run has seen whether someone wants it aborted. */
const ABORT_IS_SEEN_MS = 1_000;

const isOfJournal = (error: unknown): boolean => error instanceof DrillError && error.code.startsWith('journal-');

const gatewayFor = (topology: Topology, options: Beginning, record: (event: RunEvent) => void): Gateway =>
  gateway({
    transport: options.transport,
    clock: options.clock,
    regions: regionsOf(topology),
    record,
    isChange: options.isChange,
    jitter: options.jitter,
    // What cannot be told by then is told later, or the drill does not begin. Throttling and stuck connections usually last less.
    patienceMs: 75_000,
    ...(options.budget && { budget: options.budget }),
  });

/** For the one person who must know a drill from a disaster. */
function noticeOf(about: 'the draw' | 'the beginning', draw: Draw, { of, window }: Surprise) {
  const { drill = '', title = '' } = of[draw.drawn] ?? {};
  const when = new Intl.DateTimeFormat('en-GB', { timeZone: window.zone, dateStyle: 'full', timeStyle: 'long' }).format(
    Date.parse(draw.moment),
  );
  const secret = 'No other person was told. To call it off, abort the run: dr-drill abort <its folder>';
  return about === 'the draw'
    ? { subject: 'Unannounced drill: what was drawn', message: `${drill} (${title}) begins at ${when}.\n${secret}` }
    : { subject: 'Unannounced drill: it begins now', message: `${drill} (${title}) begins now.\n${secret}` };
}
