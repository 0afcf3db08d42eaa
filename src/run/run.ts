import { hash } from 'node:crypto';
import { type AnyActorRef, createActor } from 'xstate';
import type { Service, Transport } from '../aws/aws.ts';
import { GLOBAL_REGION } from '../aws/aws.ts';
import { type Gateway, gateway } from '../aws/gateway.ts';
import type { CallBudget } from '../aws/limits.ts';
import type { Clock } from '../clock/clock.ts';
import type { Drill } from '../drill/drill.ts';
import type { Topology } from '../drill/topology.ts';
import { errorFacts } from '../errors.ts';
import type { Entry, Outcome } from '../journal/events.ts';
import type { Journal } from '../journal/journal.ts';
import type { Ports } from '../ports/ports.ts';
import { runbookFor } from '../runbook/runbook.ts';
import { bind, boundMachine } from './bound-machines.ts';
import { factsOf } from './facts.ts';
import { rollBack } from './rollback.ts';
import { runStep, stepDeadline } from './step-run.ts';
import { runWatch } from './watch-run.ts';
import type { Workplace } from './workplace.ts';

export interface RunOptions {
  drill: Drill;
  topology: Topology;
  /** Settings given over the file's, for the record. */
  overrides: string[];
  seed: number;
  mode: 'dry-run' | 'live';
  /** Name and version of the tool. */
  tool: string;
  clock: Clock;
  journal: Journal;
  transport: Transport;
  isChange: (service: Service, operation: string) => boolean;
  /** Everything outside AWS's APIs; what has to ask AWS for an address does so through the run's own gateway. */
  ports: (aws: Gateway) => Ports;
  jitter: (key: string) => number;
  /** Shared with whatever else this process asks of the account. */
  budget?: CallBudget;
  /** Ends the run before its first change. */
  readOnly?: boolean;
  /** Holds the journal's figures against the targets. */
  judge: (entries: readonly Entry[]) => { met: boolean; reasons: string[] };
  /** Fires when somebody aborts the run; its reason is journalled. */
  signal?: AbortSignal;
  /** Told of each entry as it is written. */
  onEntry?: (entry: Entry) => void;
}

export interface RunResult {
  outcome: Outcome;
  reason: string;
  /** The change that a run which only reads ended before; absent where it did not come to one. */
  endedBefore?: string;
}

/** Runs a drill from its first phase to one of its ends; everything that happens is in the journal. */
export async function run(options: RunOptions): Promise<RunResult> {
  const { drill, topology, clock, journal, judge, readOnly = false } = options;
  const record: Workplace['record'] = (event) => {
    const entry = journal.append(event);
    if (event.type === 'probed') workplace.probed.push(...event.results);
    options.onEntry?.(entry);
    return entry;
  };
  record({
    type: 'run-started',
    format: 1,
    tool: options.tool,
    mode: options.mode,
    seed: options.seed,
    drill,
    drillHash: hash('sha256', JSON.stringify([drill, topology])),
    topology,
    overrides: options.overrides,
  });

  const aws = gateway({
    transport: options.transport,
    clock,
    regions: [topology.regions.primary, topology.regions.recovery, GLOBAL_REGION],
    record,
    isChange: options.isChange,
    jitter: options.jitter,
    readOnly,
    ...(options.budget && { budget: options.budget }),
  });
  let endedBefore: string | undefined;
  const endBefore = (change: string) => {
    endedBefore = change;
    abort(`this run only reads, and the next step changes something: ${change}`);
  };
  const workplace: Workplace = {
    runbook: runbookFor(drill, topology),
    clock,
    record,
    ports: options.ports(aws),
    facts: () => factsOf(journal.entries()),
    entries: () => journal.entries(),
    probed: [],
    phase: 'start',
    aws,
    ...(readOnly && { endBefore }),
    rollsBack: drill.machine !== 'multi-region-failover' || drill.onFailure === 'roll-back',
  };

  // A machine that leaves a state only tells its steps and watches to stop: what they still have in hand may change the world,
  // and their last samples are not in the journal yet.
  const underway = new Set<Promise<unknown>>();
  const tracked = <T>(work: Promise<T>): Promise<T> => {
    const settled: Promise<unknown> = work.then(ignore, ignore).then(() => underway.delete(settled));
    underway.add(settled);
    return work;
  };
  const stopped = () => Promise.all(underway);

  let verdict: { met: boolean; reasons: string[] } | undefined;
  const actor = createActor(boundMachine(drill.machine), {
    clock: {
      setTimeout: (callback, ms) => clock.setTimeout(callback, ms),
      clearTimeout: (timer) => clock.clearTimeout(timer),
    },
    input: { afterwards: drill.machine === 'backup-restore' ? drill.afterwards : null },
  });
  bind(actor.system, {
    // xstate starts the first state's actors before its entry actions: the phase comes first, in the journal, too.
    step: (name, signal) => tracked(Promise.resolve().then(() => runStep(name, workplace, signal))),
    deadline: (step, signal) => stepDeadline(step, workplace, signal),
    watch: (name, signal) => tracked(runWatch(name, workplace, signal)),
    async rollback(signal) {
      await stopped();
      return rollBack(workplace, signal);
    },
    async judge() {
      await stopped();
      verdict = judge(journal.entries());
      return { met: verdict.met };
    },
    enterPhase(phase) {
      workplace.phase = phase;
      record({ type: 'phase-entered', phase });
    },
    leavePhase(phase) {
      record({ type: 'phase-left', phase });
    },
    recordDecision(decision) {
      record({ type: 'decision', by: 'rule', ...decision });
    },
  });
  const abort = (reason: string) => {
    record({ type: 'abort-requested', reason });
    actor.send({ type: 'ABORT', reason });
  };
  await finished(actor, options.signal, abort);
  await stopped();

  const { value, context } = actor.getSnapshot();
  const outcome = String(value) as Outcome;
  const trouble =
    context.trouble && `${context.trouble.step ? `${context.trouble.step}: ` : ''}${context.trouble.reason}`;
  // Figures that could not be judged have met nothing.
  const judged = verdict ? verdict.reasons.join('; ') || 'every target was met' : 'the figures could not be judged';
  const reason = trouble ?? judged;
  record({ type: 'run-ended', outcome, reason });
  journal.close();
  return { outcome, reason, ...(endedBefore === undefined ? {} : { endedBefore }) };
}

const ignore = () => {};

/** Starts the actor and waits for its end; an abort is passed on as an event, never as a kill. */
function finished(actor: AnyActorRef, signal: AbortSignal | undefined, abort: (reason: string) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const onAbort = () => abort(String(signal?.reason ?? 'aborted'));
    const done = () => signal?.removeEventListener('abort', onAbort);
    actor.subscribe({
      complete: () => {
        done();
        resolve();
      },
      error: (error) => {
        done();
        reject(error instanceof Error ? error : new Error(errorFacts(error).message));
      },
    });
    actor.start();
    if (signal?.aborted) onAbort();
    else signal?.addEventListener('abort', onAbort, { once: true });
  });
}
