import * as z from 'zod';
import { duration } from '../../../drill/quantities.ts';
import { DrillError } from '../../../errors.ts';
import type { ProbeResult } from '../../../journal/events.ts';
import { component, given } from '../../../steps/given.ts';
import { defineStep, type StepContext } from '../../../steps/step.ts';
import { Customer, doorParams } from '../../public-name/customer.ts';
import { doorOf } from '../../public-name/door.ts';

const params = z.object({ door: doorParams, lastsMs: z.number() });

/** One request that fails may be a packet that was lost: the next ones tell. */
async function served(customer: Customer, { clock, signal }: StepContext): Promise<ProbeResult> {
  for (let tries = 1; ; tries += 1) {
    const visit = await customer.visit();
    if (visit.ok || tries === VISITS) return visit;
    await clock.sleep(VISIT_AGAIN_MS, signal);
  }
}

const VISITS = 3;
const VISIT_AGAIN_MS = 1_000;

/** Watches a healthy service first: what is broken already cannot be broken for a drill. */
export const baseline = defineStep<z.output<typeof params>>({
  kind: 'probe.baseline',
  params,
  given: given(z.strictObject({ lasts: duration }), ({ lasts }, around) => ({
    door: doorOf(component('route53', around), around.probe ?? { timeout: 2_000 }),
    lastsMs: lasts,
  })),
  needs: () => [],
  plane: 'data',
  title: ({ door, lastsMs }) => `Probe ${door.name} for ${lastsMs / 1000} s before the failure`,
  calls: [],
  permissions: () => [],
  command: ({ door }) => `curl -fsS ${door.url}`,
  doneWhen: () => 'Customers are served: the command prints no error.',
  usuallyMs: ({ lastsMs }) => lastsMs,
  observe: async () => ({ done: false, underway: true, state: null }),
  async settle({ door, lastsMs }, context) {
    const { clock, signal } = context;
    const endMs = clock.nowMs() + lastsMs;
    const customer = new Customer(door, context);
    while (clock.nowMs() < endMs) {
      const visit = await served(customer, context);
      if (!visit.ok) {
        throw new DrillError(
          'not-healthy',
          `The system is not healthy to begin with: ${door.url} gave ${visit.reason}.`,
          { hint: 'Fix it first; a drill on a broken system proves nothing.' },
        );
      }
      await clock.sleep(Math.min(5_000, Math.max(0, endMs - clock.nowMs())), signal);
    }
    return null;
  },
});
