import { keepsFailing } from '../../steps/keeps-failing.ts';
import type { Keeping, StepContext } from '../../steps/step.ts';
import { type Fence, lookAtWriter, quarantine } from './quarantine.ts';

const EVERY_MS = 5_000;

/**
 * A writer that was merely unreachable may come back: puts it into quarantine the moment that its region answers. Ends when the writer is
 * set aside: whatever has its name from then on is another one. A cluster that Aurora has made a follower is left alone.
 */
async function keepFenced(fence: Fence, context: StepContext): Promise<void> {
  const fencing = keepsFailing(context, `keeping ${fence.instance} in quarantine`);
  while (!isSetAside(fence, context)) {
    try {
      const seen = await lookAtWriter(fence, context);
      // A follower takes no writes. The step that compares it lets clients in again.
      const isOpen = seen && !seen.lost && !(fence.members && seen.follows);
      if (isOpen && !seen.groups.includes(fence.quarantine)) await quarantine(fence, context);
      fencing.worked();
    } catch (error) {
      // The next look tells whether the call took effect.
      context.signal.throwIfAborted();
      fencing.failed(error, EVERY_MS);
    }
    await context.clock.sleep(EVERY_MS, context.signal);
  }
}

export const keepingFenced = (fence: Fence): Keeping => ({
  title: `Keep ${fence.instance} fenced: quarantine it as soon as ${fence.region} answers`,
  keep: (context) => keepFenced(fence, context),
});

const isSetAside = ({ region, instance }: Fence, { entries }: StepContext): boolean =>
  entries().some((entry) => {
    if (entry.type !== 'step-started' || entry.kind !== 'rds.set-aside') return false;
    const params = entry.params as { region?: string; instance?: string };
    return params.region === region && params.instance === instance;
  });
