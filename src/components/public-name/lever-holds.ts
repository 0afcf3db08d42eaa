import { DrillError, isPassing, Suspended } from '../../errors.ts';
import type { Entry, EventOf } from '../../journal/events.ts';
import { withPatience } from '../../steps/patience.ts';
import type { Standing, StepContext } from '../../steps/step.ts';
import { movesCustomers } from '../schemas.ts';
import { pauseOthers } from './pause-others.ts';

/** A look that differs is made again after this: one may be stale. */
const AGAIN_MS = 1_000;

/** How long a look waits for a control plane that does not answer. */
const PATIENCE_MS = 10_000;

/** The check under which the journal tells how a change stands. */
const leverCheck = (step: string): string => `lever-holds/${step}`;

/** A change that moved the customers of some names, and that nothing of this run has replaced or undone since. */
export interface InForce {
  step: string;
  title: string;
  kind: string;
  region: string;
  params: unknown;
  /** When it was asked for, or found. */
  since: Entry;
  settled: boolean;
  names: readonly string[];
}

/** How a change stands now; nothing, where its step cannot tell. */
type Look = (made: InForce, context: StepContext) => Promise<Standing | undefined>;

/** Looks once more at what this step made, now; fails where what moves customers is not as this run left it. */
export async function leverMustHoldNow(
  standing: (context: StepContext) => Promise<Standing>,
  context: StepContext,
): Promise<void> {
  const made = inForce(context.entries()).find(({ step }) => step === context.step);
  try {
    if (made) await lookAtOne(made, (_, hasty) => standing(hasty), context);
  } catch (error) {
    context.signal.throwIfAborted();
    passOver(error);
  }
  leverMustHold(context);
}

/** A look that fails says nothing about what it was to look at, and its call is in the journal. Defects and a lost session go on. */
function passOver(error: unknown): void {
  const isAnswer = error instanceof DrillError || (error instanceof Error && '$fault' in error) || isPassing(error);
  if (!isAnswer || error instanceof Suspended) throw error;
}

/** Fails if a look has shown that the routing of any name is not as this run left it. */
export function leverMustHold({ entries }: Pick<StepContext, 'entries'>): void {
  for (const made of inForce(entries())) {
    const told = lastTold(made, entries());
    if (told && !told.ok) throw new DrillError('changed-by-others', told.detail, { hint: pauseOthers(made.region) });
  }
}

/** When each change was last seen in force, by its place in the journal. */
export type Held = Map<number, number>;

/**
 * Looks at every change that is in force, and journals what does not stand any more.
 * @returns the changes that no look could confirm or refute, each with its error
 */
export async function lookAtLever(
  look: Look,
  context: StepContext,
  held: Held,
): Promise<{ made: InForce; error: unknown }[]> {
  const unseen: { made: InForce; error: unknown }[] = [];
  for (const made of inForce(context.entries())) {
    const { seq } = made.since;
    try {
      const heldMs = await lookAtOne(made, look, context, held.get(seq));
      if (heldMs === undefined) held.delete(seq);
      else held.set(seq, heldMs);
    } catch (error) {
      context.signal.throwIfAborted();
      passOver(error);
      unseen.push({ made, error });
    }
  }
  return unseen;
}

/**
 * @param heldAtMs when it was last seen in force
 * @returns when it was last seen in force, if it still is
 */
async function lookAtOne(made: InForce, look: Look, context: StepContext, heldAtMs = 0): Promise<number | undefined> {
  const hasty = withPatience(context, PATIENCE_MS);
  const lookedAtMs = context.clock.nowMs();
  const told = lastTold(made, context.entries());
  if (told && !told.ok) return undefined;
  const stood = told?.detail.split(SEPARATOR);
  let seen = await look(made, hasty);
  if (!seen) return undefined;
  if (!holds(seen, stood)) {
    await context.clock.sleep(AGAIN_MS, context.signal);
    seen = await look(made, hasty);
    // What this run itself has replaced meanwhile is nobody else's.
    if (!seen || !inForce(context.entries()).some(({ since }) => since === made.since)) return undefined;
  }
  if (!holds(seen, stood)) {
    note(made, false, difference(made, seen, stood, { heldAtMs, lookedAtMs }), context);
    return undefined;
  }
  if (!told) note(made, true, seen.facts.join(SEPARATOR), context);
  return lookedAtMs;
}

const SEPARATOR = '; ';

const holds = ({ asAsked, facts }: Standing, stood: readonly string[] | undefined): boolean =>
  asAsked && (stood === undefined || (facts.length === stood.length && facts.every((fact) => stood.includes(fact))));

const note = ({ step }: InForce, ok: boolean, detail: string, { record }: StepContext): void =>
  record({
    type: 'check',
    check: leverCheck(step),
    layer: ok ? 'service' : 'verification',
    critical: true,
    ok,
    detail,
  });

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
    ...(stood ? [] : ['No look had seen it stand before.']),
    ...(gone.length > 0 ? [`Before: ${gone.join(SEPARATOR)}.`] : []),
    `Now: ${come.join(SEPARATOR) || 'nothing of it'}.`,
  ].join(' ');
}

const timeOf = (iso: string): string => iso.slice(11, 19);

const lastTold = ({ step, since }: InForce, entries: readonly Entry[]): EventOf<'check'> | undefined =>
  entries.findLast(
    (entry): entry is EventOf<'check'> =>
      entry.type === 'check' && entry.check === leverCheck(step) && entry.seq > since.seq,
  );

/** The changes that entries tell of, as far as they have been read. */
interface Told {
  read: number;
  begun: Map<string, EventOf<'step-started'>>;
  made: Map<string, InForce>;
}

/** A journal is asked once a second and only grows: each of its entries is read once. */
const tellings = new WeakMap<readonly Entry[], Told>();

/** The newest change of each name that moves its customers; none, while one is being made or after one was taken back. */
function inForce(entries: readonly Entry[]): InForce[] {
  const known = tellings.get(entries) ?? { read: 0, begun: new Map(), made: new Map() };
  tellings.set(entries, known);
  for (; known.read < entries.length; known.read += 1) take(entries[known.read] as Entry, known);
  return [...known.made.values()];
}

function take(entry: Entry, { begun, made }: Told): void {
  if (entry.type === 'step-started' && movesCustomers(entry.kind)) {
    const names = namesIn(entry.params);
    const isReplaced = (one: readonly string[]) => one.some((name) => names.includes(name));
    for (const [step, one] of made) if (isReplaced(one.names)) made.delete(step);
    for (const [step, one] of begun) if (isReplaced(namesIn(one.params))) begun.delete(step);
    begun.set(entry.step, entry);
    return;
  }
  const start = 'step' in entry ? begun.get(entry.step ?? '') : undefined;
  if (!start) return;
  const { step, title, kind, region = '', params } = start;
  const now = { step, title, kind, region, params, names: namesIn(params) };
  if (entry.type === 'step-applied') made.set(step, { ...now, since: entry, settled: false });
  if (entry.type === 'step-ended') {
    if (entry.outcome === 'ok') made.set(step, { ...now, since: made.get(step)?.since ?? entry, settled: true });
    else made.delete(step);
  }
  if (entry.type === 'undo-started') made.delete(step);
}

/** The public names that a step moves, by its params. */
function namesIn(params: unknown): string[] {
  const { name, names = [] } = params as { name?: string; names?: { name: string }[] };
  return [...names.map((one) => one.name), ...(name === undefined ? [] : [name])];
}
