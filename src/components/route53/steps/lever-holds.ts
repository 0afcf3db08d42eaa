import { DrillError, isPassing, Suspended } from '../../../errors.ts';
import type { Entry, EventOf } from '../../../journal/events.ts';
import type { Standing, StepContext } from '../../../steps/step.ts';
import { pauseOthers } from './change-records.ts';
import { movesCustomers } from './moves-customers.ts';

/** A look that differs is made again after this: one may be stale. */
const AGAIN_MS = 1_000;

/** The check under which the journal tells how the lever stands. */
const LEVER_CHECK = 'lever-holds';

/** A change that moved customers, and that nothing of this run has replaced or undone since. */
export interface InForce {
  step: string;
  title: string;
  kind: string;
  region: string;
  params: unknown;
  /** When it was asked for, or found. */
  since: Entry;
  settled: boolean;
}

/** How a change stands now; nothing, where its step cannot tell. */
type Look = (made: InForce) => Promise<Standing | undefined>;

/** Looks once more, now; fails where what moves customers is not as this run left it. */
export async function leverMustHoldNow(standing: () => Promise<Standing>, context: StepContext): Promise<void> {
  try {
    await lookAtLever(standing, context);
  } catch (error) {
    context.signal.throwIfAborted();
    passOver(error);
  }
  leverMustHold(context);
}

/** A look that fails says nothing of what it was to look at, and its call is in the journal. Defects and a lost session go on. */
export function passOver(error: unknown): void {
  const isAnswer = error instanceof DrillError || (error instanceof Error && '$fault' in error) || isPassing(error);
  if (!isAnswer || error instanceof Suspended) throw error;
}

/** Fails where a look has shown that what moves customers is not as this run left it. */
export function leverMustHold({ entries }: Pick<StepContext, 'entries'>): void {
  const made = inForce(entries());
  const told = made && lastTold(made, entries());
  if (!told || told.ok) return;
  throw new DrillError('changed-by-others', told.detail, { hint: pauseOthers(made.region) });
}

/**
 * Looks, and journals what does not stand any more.
 * @param heldAtMs when it was last seen to stand
 * @returns when it was last seen to stand, where it does
 */
export async function lookAtLever(look: Look, context: StepContext, heldAtMs = 0): Promise<number | undefined> {
  const lookedAtMs = context.clock.nowMs();
  const made = inForce(context.entries());
  if (!made) return undefined;
  const told = lastTold(made, context.entries());
  if (told && !told.ok) return undefined;
  const stood = told?.detail.split(SEPARATOR);
  let seen = await look(made);
  if (!seen) return undefined;
  if (!holds(seen, stood)) {
    await context.clock.sleep(AGAIN_MS, context.signal);
    seen = await look(made);
    // What this run itself has replaced meanwhile is nobody else's.
    if (!seen || inForce(context.entries())?.since !== made.since) return undefined;
  }
  if (!holds(seen, stood)) {
    note(false, difference(made, seen, stood, { heldAtMs, lookedAtMs }), context);
    return undefined;
  }
  if (!told) note(true, seen.facts.join(SEPARATOR), context);
  return lookedAtMs;
}

const SEPARATOR = '; ';

const holds = ({ asAsked, facts }: Standing, stood: readonly string[] | undefined): boolean =>
  asAsked && (stood === undefined || (facts.length === stood.length && facts.every((fact) => stood.includes(fact))));

const note = (ok: boolean, detail: string, { record }: StepContext): void =>
  record({ type: 'check', check: LEVER_CHECK, layer: ok ? 'service' : 'verification', critical: true, ok, detail });

/** What was asked for, what stands, and between which instants it changed. Route 53 keeps no author, so this says who it was not. */
function difference(
  { step, title, since }: InForce,
  { facts }: Standing,
  stood: readonly string[] | undefined,
  { heldAtMs, lookedAtMs }: { heldAtMs: number; lookedAtMs: number },
): string {
  const gone = (stood ?? []).filter((fact) => !facts.includes(fact));
  const come = stood ? facts.filter((fact) => !stood.includes(fact)) : facts;
  const from = timeOf(new Date(Math.max(heldAtMs, Date.parse(since.at))).toISOString());
  return [
    `Somebody else changed what ${step} made (${title})`,
    `between ${from} and ${timeOf(new Date(lookedAtMs).toISOString())} UTC. This run made no change in between.`,
    ...(gone.length > 0 ? [`Before: ${gone.join(SEPARATOR)}.`] : []),
    `Now: ${come.join(SEPARATOR) || 'nothing of it'}.`,
  ].join(' ');
}

const timeOf = (iso: string): string => iso.slice(11, 19);

const lastTold = ({ since }: InForce, entries: readonly Entry[]): EventOf<'check'> | undefined =>
  entries.findLast(
    (entry): entry is EventOf<'check'> =>
      entry.type === 'check' && entry.check === LEVER_CHECK && entry.seq > since.seq,
  );

/** The newest change that moves customers; none, while one is being made or after one was taken back. */
function inForce(entries: readonly Entry[]): InForce | undefined {
  let begun: EventOf<'step-started'> | undefined;
  let made: InForce | undefined;
  for (const entry of entries) {
    if (entry.type === 'step-started' && movesCustomers(entry.kind)) {
      begun = entry;
      made = undefined;
    }
    if (!begun || !('step' in entry) || entry.step !== begun.step) continue;
    const { step, title, kind, region = '', params } = begun;
    if (entry.type === 'step-applied') made = { step, title, kind, region, params, since: entry, settled: false };
    if (entry.type === 'step-ended') {
      made =
        entry.outcome === 'ok'
          ? { step, title, kind, region, params, since: made?.since ?? entry, settled: true }
          : undefined;
    }
    if (entry.type === 'undo-started') made = undefined;
  }
  return made;
}
