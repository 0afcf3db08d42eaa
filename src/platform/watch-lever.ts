import { type Held, type InForce, lookAtLever } from '../components/public-name/lever-holds.ts';
import { inWords } from '../duration.ts';
import { noteOnce, warning } from '../steps/account/findings.ts';
import { keepsFailing } from '../steps/keeps-failing.ts';
import type { StepContext } from '../steps/step.ts';
import { steps } from './steps.ts';

/** Well within what Route 53 allows an account: it answers ten requests a second. */
const EVERY_MS = 5_000;
/** A control plane that stays silent is asked less and less often, down to this. */
const SILENT_EVERY_MS = 60_000;
/** A change that could not be looked at for so long is a finding. */
const UNSEEN_MS = 120_000;

/** Continues until it is stopped: looks whether what moves customers still stands as this run left it, and journals what does not. */
export async function watchLever(context: StepContext): Promise<void> {
  const { clock, signal } = context;
  const held: Held = new Map();
  const unseenSince = new Map<number, number>();
  const looking = keepsFailing(context, 'looking whether customers still go where they were sent');
  const look: Parameters<typeof lookAtLever>[0] = async ({ kind, params, settled }, hasty) => {
    const step = steps.get(kind);
    return step?.standing?.(step.params.parse(params), hasty, settled);
  };
  let waitMs = EVERY_MS;
  for (;;) {
    const unseen = await lookAtLever(look, context, held);
    const nowMs = clock.nowMs();
    for (const { made } of unseen) {
      const sinceMs = unseenSince.get(made.since.seq) ?? nowMs;
      unseenSince.set(made.since.seq, sinceMs);
      if (nowMs - sinceMs >= UNSEEN_MS) noteOnce([notSeen(made)], context);
    }
    for (const seq of unseenSince.keys())
      if (!unseen.some(({ made }) => made.since.seq === seq)) unseenSince.delete(seq);
    const [first] = unseen;
    waitMs = first ? Math.min(SILENT_EVERY_MS, waitMs * 2) : EVERY_MS;
    if (first) looking.failed(first.error, waitMs);
    else looking.worked();
    await clock.sleep(waitMs, signal);
  }
}

const notSeen = ({ step, names, region, title }: InForce) =>
  warning(
    names.join(', '),
    `could not check whether the change of ${step} is still in force (${title})`,
    `Its control plane in ${region} did not answer for ${inWords(UNSEEN_MS)}. If someone else changed it meanwhile, this run does not know.`,
    'Look by hand as soon as it answers, and compare with the topology.',
  );
