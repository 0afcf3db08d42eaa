import { type Held, lookAtLever, passOver } from '../components/route53/steps/lever-holds.ts';
import type { StepContext } from '../steps/step.ts';
import { steps } from './steps.ts';

/** Well within what Route 53 allows an account: it answers ten requests a second. */
const EVERY_MS = 5_000;

/** Goes on until it is stopped: looks whether what moves customers still stands as this run left it, and journals what does not. */
export async function watchLever(context: StepContext): Promise<void> {
  const { clock, signal } = context;
  const held: Held = new Map();
  const look: Parameters<typeof lookAtLever>[0] = async ({ kind, params, settled }) => {
    const step = steps.get(kind);
    return step?.standing?.(step.params.parse(params), context, settled);
  };
  for (;;) {
    try {
      await lookAtLever(look, context, held);
    } catch (error) {
      signal.throwIfAborted();
      passOver(error);
    }
    await clock.sleep(EVERY_MS, signal);
  }
}
