import { inWords } from '../../duration.ts';
import { DrillError, errorFacts } from '../../errors.ts';
import type { EventOf } from '../../journal/events.ts';
import { approvedBy, type Deciders } from '../people/asking.ts';
import type { StepContext } from '../step.ts';

interface Late {
  /** The replica, or the cluster that follows. */
  instance: string;
  lagMs: number;
  /** What the drill allows. */
  mostMs: number;
  /** Why the figure may say nothing. */
  doubt?: string | undefined;
  deciders: Deciders;
}

/** What was accepted holds for twice that lag; beyond it people did not know what they agreed to. */
const HOLDS_FOR = 2;

const LOOK_EVERY_MS = 1_000;

const HINT = 'Let the replica catch up first: promoted now, it would lose that much.';

/**
 * Has people decide whether the drill continues with a replica that is further behind than it allows: what is promoted then lacks that much.
 * They are asked once for a replica, by the first step that needs the answer. Rejects if they refuse or nobody answers.
 */
export async function acceptLag(
  { instance, lagMs, mostMs, doubt, deciders }: Late,
  context: StepContext,
): Promise<void> {
  const about = `lag of ${instance}`;
  const behind = `${instance} is ${inWords(lagMs)} behind; the drill allows ${inWords(mostMs)}`;
  const decided = await decidedBefore(about, context);
  if (decided) return mustHold(decided, behind, lagMs);
  const consequence =
    'A failover now loses what was written in that time; a switchover stops writes until the replica has caught up.';
  const question = [`${behind}.`, doubt, consequence, 'Go on?'].filter(Boolean).join(' ');
  const decide = (goesOn: boolean, what: string) =>
    context.record({ type: 'people-decided', step: context.step, about, goesOn, what, lagMs });
  try {
    await approvedBy({ ...deciders, otherwise: 'stop', question, about }, context);
  } catch (error) {
    context.signal.throwIfAborted();
    if (!(error instanceof DrillError)) throw error;
    const what = `${behind}. ${errorFacts(error).message}`;
    decide(false, what);
    throw new DrillError('lag-over-limit', what, { hint: HINT });
  }
  decide(true, behind);
}

/** What people decided about it already; another step may be asking them just now. */
async function decidedBefore(about: string, { entries, clock, signal, step }: StepContext) {
  for (;;) {
    const last = entries().findLast(
      (entry): entry is EventOf<'approval-asked'> | EventOf<'people-decided'> =>
        ['approval-asked', 'people-decided'].includes(entry.type) && 'about' in entry && entry.about === about,
    );
    if (last === undefined || (last.type === 'approval-asked' && last.step === step)) return undefined;
    if (last.type === 'people-decided') return last;
    await clock.sleep(LOOK_EVERY_MS, signal);
  }
}

function mustHold({ goesOn, what, lagMs: accepted }: EventOf<'people-decided'>, behind: string, lagMs: number): void {
  if (goesOn && lagMs <= HOLDS_FOR * accepted) return;
  const why = goesOn ? `${behind}; people agreed to ${inWords(accepted)}.` : what;
  throw new DrillError('lag-over-limit', why, { hint: HINT });
}
