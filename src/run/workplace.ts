import type { Gateway } from '../aws/gateway.ts';
import type { Clock } from '../clock/clock.ts';
import type { Suspended } from '../errors.ts';
import type { Entry, EventOf, ProbeResult, RunEvent } from '../journal/events.ts';
import type { Http } from '../ports/network.ts';
import type { Ports } from '../ports/ports.ts';
import type { Facts, Runbook } from '../runbook/form.ts';
import { runMark } from '../steps/mark.ts';
import type { StepContext } from '../steps/step.ts';

/** What the actors of one run share. */
export interface Workplace {
  runbook: Runbook;
  clock: Clock;
  ports: Ports;
  aws: Gateway;
  record: (event: RunEvent) => Entry;
  facts: () => Facts;
  entries: () => readonly Entry[];
  /** What the watched customers met, by the name's component, as far as it is in the journal. */
  probed: Map<string, ProbeResult[]>;
  /** The phase that the machine is in, for the record. */
  phase: string;
  /** Where nothing may be changed: ends the run when a step comes to its change. */
  endBefore?: (change: string) => void;
  /** Rejects with `Suspended` where this run may change nothing any more; asked before each change of a step. */
  mayChange: (step: string, signal: AbortSignal) => Promise<void>;
  /** Stops the run where it is: nothing more is done or recorded, and it can be resumed. */
  suspend: (step: string, why: Suspended) => void;
  /** False where the drill says to hold everything when a step fails. */
  rollsBack: boolean;
}

type Seen = EventOf<'finding' | 'check' | 'data-check'>;

const isSeen = (event: RunEvent): event is Extract<RunEvent, { type: Seen['type'] }> =>
  ['finding', 'check', 'data-check'].includes(event.type);

/** The context of a step: every call and event it makes is filed under its name. */
export const contextFor = (
  step: string,
  workplace: Workplace,
  signal: AbortSignal,
  patienceMs?: number,
): StepContext => ({
  ...workplace.ports,
  http: httpOf(step, workplace),
  step,
  run: runMark(workplace.facts().startedAtMs),
  clock: workplace.clock,
  aws: workplace.aws({ step, signal, patienceMs }),
  signal,
  record: (event) => workplace.record(isSeen(event) ? { ...event, step } : event),
  notDone: () => {},
  entries: workplace.entries,
  probed: (of) => workplace.probed.get(of) ?? [],
});

/** What is under way of a step, by its events. */
const BEGINS: ReadonlySet<RunEvent['type']> = new Set(['step-started', 'undo-started']);
const ENDS: ReadonlySet<RunEvent['type']> = new Set(['step-ended', 'undo-ended']);

/** Requests of a step or its undo are part of its span; those of a watch are part of the run's. */
function httpOf(step: string, { ports: { http }, entries }: Workplace): Http {
  const began = (): number | undefined => {
    const last = entries().findLast(
      (entry) => 'step' in entry && entry.step === step && (BEGINS.has(entry.type) || ENDS.has(entry.type)),
    );
    return last && BEGINS.has(last.type) ? last.seq : undefined;
  };
  return http.partOf?.(began) ?? http;
}
