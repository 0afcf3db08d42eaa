import type { Aws, Service, Transport } from '../aws/aws.ts';
import { type Gateway, gateway } from '../aws/gateway.ts';
import type { CallBudget } from '../aws/limits.ts';
import { RunSession } from '../aws/session.ts';
import type { Clock } from '../clock/clock.ts';
import { goesForward } from '../drill/choices.ts';
import type { Drill } from '../drill/drill.ts';
import { regionsOf } from '../drill/regions.ts';
import type { Topology } from '../drill/topology.ts';
import { Aborted, Suspended } from '../errors.ts';
import type { Entry, EventOf, Outcome, RunEvent } from '../journal/events.ts';
import type { Journal } from '../journal/journal.ts';
import { resultsIn } from '../journal/probes.ts';
import type { Ports } from '../ports/ports.ts';
import { machineInput } from '../runbook/machine-input.ts';
import { runbookFor } from '../runbook/runbook.ts';
import type { Bindings } from './bound-machines.ts';
import { keptResult, lastContinued } from './continued.ts';
import { factsOf } from './facts.ts';
import { personDecides, waitsForPerson } from './held.ts';
import { type Ending, type LedMachine, ledMachine } from './led-machine.ts';
import { rollBack } from './rollback.ts';
import { runStep, stepDeadline } from './step-run.ts';
import { stopConditionMet } from './stop-conditions.ts';
import { wallClockWatch } from './wall-clock.ts';
import { runWatch } from './watch-run.ts';
import type { Workplace } from './workplace.ts';

/** That this run alone leads its topology. */
export interface Leadership {
  /** Fires, with a reason, when someone else leads it, or could. */
  lost: AbortSignal;
  /** Throws `Suspended` when that is so. */
  mustHold(): void;
}

/** Everything that a run is plugged into. */
export interface Surroundings {
  clock: Clock;
  journal: Journal;
  transport: Transport;
  isChange: (service: Service, operation: string) => boolean;
  /** Everything outside AWS's APIs; what has to ask AWS for an address does so through the run's own gateway. */
  ports: (aws: Gateway, drill: Drill, journalled: Pick<Workplace, 'record' | 'entries'>) => Ports;
  jitter: (key: string) => number;
  /** Reads the AWS credentials again, after the session has ended. Rejects, in words, while there are none that work. */
  renew?: () => Promise<void>;
  /** An error of AWS in words for a person. */
  inWords?: (error: unknown) => unknown;
  /** Without it nothing is changed any more, nor undone; absent where nobody else can lead. */
  leadership?: Leadership | undefined;
  /** Throws `Suspended` where the credentials belong to another account than the topology's. Absent in a dry run. */
  checkAccount?: (aws: Aws) => Promise<void>;
  /** Shared with whatever else this process asks of the account. */
  budget?: CallBudget;
  /** What is journalled before anything else happens. */
  opening?: readonly RunEvent[];
  /** Ends the run before its first change. */
  readOnly?: boolean;
  /** Holds the journal's figures against the targets. */
  judge: (entries: readonly Entry[]) => { met: boolean; reasons: string[] };
  /** Fires when someone aborts the run; its reason is journalled. */
  signal?: AbortSignal;
  /** Told of each entry as it is written. */
  onEntry?: (entry: Entry) => void;
  /** Tells people how the run stands; absent where the topology has no channels. */
  notices?: ((journalled: Pick<Workplace, 'record' | 'entries'>) => Notices) | undefined;
}

/** What tells people, and neither stops a run nor fails. */
export interface Notices {
  hear(entry: Entry): void;
  /** Tells of the end, whose line is written afterwards, and waits for all that is under way. */
  end(event: Extract<RunEvent, { type: 'run-ended' }>): Promise<void>;
  /** Waits for what is under way, and records nothing more. */
  close(): Promise<void>;
}

export interface RunResult {
  /** `unfinished`: the run was suspended and can be resumed. */
  outcome: Outcome | 'unfinished';
  reason: string;
  /** The change that a run which only reads ended before; absent where it did not come to one. */
  endedBefore?: string;
}

/**
 * Leads the machine from where the journal stands to one of its ends; everything that happens is in the journal.
 * Rejects, with nothing undone, when the journal cannot be written any more: what is not on record may not be done.
 */
export async function play(drill: Drill, topology: Topology, options: Surroundings): Promise<RunResult> {
  const { clock, journal, judge, readOnly = false } = options;
  const broken = failure();
  const probed: Workplace['probed'] = new Map();
  let suspended: Suspended | undefined;
  const record: Workplace['record'] = (event) => {
    // What is left of a suspended run ends without a word: it is resumed from what is in the journal.
    if (suspended) throw new Aborted();
    return write(event);
  };
  const write: Workplace['record'] = (event) => {
    try {
      if (event.type === 'step-ended') wallClock.look();
      const entry = journal.append(event);
      keepProbed(probed, event);
      options.onEntry?.(entry);
      notices?.hear(entry);
      return entry;
    } catch (error) {
      broken.reject(error);
      throw error;
    }
  };
  const wallClock = wallClockWatch(clock, journal.entries(), (event) => record(event));
  const entries = () => journal.entries();
  // Also of a suspended run it is recorded who has been told so.
  const notices = options.notices?.({ record: write, entries });
  const aws = gateway({
    transport: options.transport,
    clock,
    regions: regionsOf(topology),
    record,
    isChange: options.isChange,
    jitter: options.jitter,
    readOnly,
    session: new RunSession({
      clock,
      record,
      withinMs: drill.session.renewWithin,
      renew: options.renew,
      inWords: options.inWords,
    }),
    mayChange: options.leadership?.mustHold,
    ...(options.budget && { budget: options.budget }),
  });
  for (const event of options.opening ?? []) record(event);
  let endedBefore: string | undefined;
  const endBefore = (change: string) => {
    endedBefore = change;
    abort(`this run only reads, and the next step changes something: ${change}`);
  };
  const workplace: Workplace = {
    runbook: runbookFor(drill, topology),
    clock,
    record,
    ports: options.ports(aws, drill, { record, entries }),
    facts: () => factsOf(entries()),
    entries,
    probed,
    phase: 'start',
    aws,
    ...(readOnly && { endBefore }),
    suspend(step, why) {
      if (suspended) return;
      record({ type: 'run-suspended', step, reason: why.message, ...(why.hint !== undefined && { hint: why.hint }) });
      suspended = why;
      broken.reject(why);
    },
    async mayChange(step, signal) {
      options.leadership?.mustHold();
      await options.checkAccount?.(aws({ step, signal }));
    },
    rollsBack: drill.machine === 'backup-restore' || drill.onFailure === 'roll-back',
  };

  for (const entry of entries()) keepProbed(probed, entry);

  // A machine that leaves a state only tells its steps and watches to stop: what they still have in hand may change the world,
  // and their last samples are not in the journal yet.
  const underway = new Set<Promise<unknown>>();
  const tracked = <T>(work: Promise<T>): Promise<T> => {
    const settled: Promise<unknown> = work.then(ignore, ignore).then(() => underway.delete(settled));
    underway.add(settled);
    return work;
  };
  const stopped = () => Promise.all(underway);
  /** The machine of a suspended run gets no more events: it is resumed where the journal ends. */
  const heard = <T>(work: Promise<T>): Promise<T> =>
    work.then(
      (given) => (suspended ? never : given),
      (error) => (suspended ? never : Promise.reject(error)),
    );
  const note = (event: RunEvent) => {
    if (!suspended) record(event);
  };

  /** Undoes what can be undone, and notes how that ended; a run that is suspended meanwhile is not told. */
  const rolledBack = async (where: Workplace, signal: AbortSignal): Promise<{ held: boolean }> => {
    await stopped();
    try {
      const { held } = await rollBack(where, signal);
      record({ type: 'rollback-ended', held });
      return { held };
    } catch (error) {
      if (error instanceof Suspended) workplace.suspend('rollback', error);
      if (suspended) return never;
      throw error;
    }
  };

  const bindings: Bindings = {
    // xstate starts the first state's actors before its entry actions: the phase comes first, in the journal, too.
    step: (name, signal) => heard(tracked(Promise.resolve().then(() => keptOrRun(name, workplace, signal)))),
    deadline: (of, signal) => heard(stepDeadline(of, workplace, signal)),
    watch: (name, signal) => heard(tracked(runWatch(name, workplace, signal))),
    rollback: (signal) => rolledBack(workplace, signal),
    async judge() {
      await stopped();
      const { met, reasons } = judge(entries());
      record({ type: 'judged', met, reasons });
      return { met };
    },
    enterPhase(phase) {
      workplace.phase = phase;
      note({ type: 'phase-entered', phase });
    },
    leavePhase(phase) {
      note({ type: 'phase-left', phase });
    },
    recordDecision(decision) {
      note({ type: 'decision', by: 'rule', ...decision });
    },
  };
  let led: LedMachine | undefined;
  const aborted = new AbortController();
  const abort = (reason: string) => {
    if (suspended) return;
    record({ type: 'abort-requested', reason });
    aborted.abort();
    led?.abort(reason);
  };
  /** Rolls back because a person said so, also where the drill says to hold. */
  const rolledBackOnWord = async (word: EventOf<'continued'>): Promise<Outcome> => {
    const before = entries().find(({ seq, type }) => seq > word.seq && type === 'rollback-ended');
    if (before?.type === 'rollback-ended') return before.held ? 'failed' : 'rolled-back';
    bindings.enterPhase('rollback');
    const { held } = await rolledBack({ ...workplace, rollsBack: true }, new AbortController().signal);
    bindings.leavePhase('rollback');
    return held ? 'failed' : 'rolled-back';
  };
  /** While a run is held, its fences are kept and its customers watched, as far as that has begun. */
  const whileWatched = async <T>(work: () => Promise<T>): Promise<T> => {
    const over = new AbortController();
    for (const [name, { kind }] of Object.entries(workplace.runbook.watches))
      if (GO_ON.includes(kind)) tracked(runWatch(name, workplace, over.signal)).catch(ignore);
    try {
      return await work();
    } finally {
      over.abort();
      await stopped();
    }
  };
  const { leadership } = options;
  const beside = new AbortController();
  leadership?.lost.addEventListener('abort', () => suspendUnlessLeading(leadership, workplace), {
    signal: beside.signal,
  });
  wallClock.untilStopped(beside.signal).catch(ignore);
  const stopWatch = drill.stop
    ? stopConditionMet(drill, topology, workplace, beside.signal).then(
        (why) => abort(`stop condition: ${why}`),
        () => {},
      )
    : undefined;
  /** Leads the machine to its end, and again as long as people have a held run continue. */
  const toTheEnd = async (): Promise<Ending> => {
    for (;;) {
      led = ledMachine(machineInput(drill), bindings, workplace);
      const machineEnded = led.ended();
      if (options.signal?.aborted && !aborted.signal.aborted) onAbort();
      let ending = await machineEnded;
      await stopped();
      for (;;) {
        const last = lastContinued(entries());
        if (last?.choice === 'roll-back') ending = { ...ending, outcome: await rolledBackOnWord(last) };
        if (!waitsForPerson(ending.outcome, workplace)) return ending;
        const decided = await whileWatched(() =>
          personDecides(ending.outcome, drill.held.waitFor, workplace, aborted.signal),
        );
        if (!decided || decided.choice === 'give-up') return ending;
        if (goesForward(decided)) break;
      }
    }
  };
  const onAbort = () => abort(String(options.signal?.reason ?? 'aborted'));
  options.signal?.addEventListener('abort', onAbort, { once: true, signal: beside.signal });
  let ending: Ending;
  try {
    ending = await Promise.race([toTheEnd(), broken.promise]);
  } catch (error) {
    led?.stop();
    if (!(error instanceof Suspended)) {
      notices?.close().catch(ignore);
      throw error;
    }
    await stopped();
    await notices?.close();
    return { outcome: 'unfinished', reason: error.message };
  } finally {
    beside.abort();
  }
  // Nothing stands behind the end in the journal, a look that was under way neither.
  await Promise.race([stopWatch, broken.promise]);

  const { outcome, trouble } = ending;
  const verdict = entries().findLast((entry) => entry.type === 'judged');
  // Figures that could not be judged have met nothing.
  const judged = verdict ? verdict.reasons.join('; ') || 'every target was met' : 'the figures could not be judged';
  const reason = trouble ?? judged;
  await Promise.race([notices?.end({ type: 'run-ended', outcome, reason }), broken.promise]);
  record({ type: 'run-ended', outcome, reason });
  return { outcome, reason, ...(endedBefore === undefined ? {} : { endedBefore }) };
}

function keepProbed(probed: Workplace['probed'], event: RunEvent): void {
  if (event.type !== 'probed' && event.type !== 'customers-probed') return;
  const known = probed.get(event.of) ?? [];
  known.push(...resultsIn(event));
  probed.set(event.of, known);
}

/** Watches that go on while a held run waits for a person. */
const GO_ON: readonly string[] = ['customers', 'zone', 'kept'];

/** A step that stands from before a person had the run continue is not done again. */
async function keptOrRun(name: string, workplace: Workplace, signal: AbortSignal): Promise<unknown> {
  const kept = keptResult(name, workplace.entries());
  if (!kept) return runStep(name, workplace, signal);
  workplace.record({ type: 'step-kept', step: name });
  return kept.result;
}

const ignore = () => {};

const never = new Promise<never>(ignore);

function suspendUnlessLeading(leadership: Leadership, workplace: Workplace): void {
  try {
    leadership.mustHold();
  } catch (error) {
    if (error instanceof Suspended) workplace.suspend('lease', error);
  }
}

/** A promise that only ever fails. */
function failure(): { promise: Promise<never>; reject: (error: unknown) => void } {
  let reject: (error: unknown) => void = ignore;
  const promise = new Promise<never>((_, rejectIt) => {
    reject = rejectIt;
  });
  promise.catch(ignore);
  return { promise, reject };
}
