import * as z from 'zod';
import { errorFacts } from '../../../errors.ts';
import type { EventOf, ProbeResult } from '../../../journal/events.ts';
import { BATCH } from '../../../steps/numbered-rows.ts';
import type { StepContext } from '../../../steps/step.ts';
import { addressesOf, destinationParams } from '../steps/answer.ts';
import { Customer, doorParams } from './customer.ts';

export const customerParams = doorParams.extend({ everyMs: z.number() });

/** Visits the public door at a fixed rate until it is stopped, each visit on its own time. */
export async function watchCustomer(params: z.output<typeof customerParams>, context: StepContext): Promise<void> {
  const { clock, signal, record } = context;
  const customer = new Customer(params, context);
  let results: ProbeResult[] = [];
  const flush = () => {
    if (results.length > 0) record({ type: 'probed', of: params.of, everyMs: params.everyMs, results });
    results = [];
  };
  const visits: Promise<void>[] = [];
  try {
    for (;;) {
      visits.push(
        customer.visit().then((result) => {
          const turned = results.length > 0 && results.at(-1)?.ok !== result.ok;
          results.push(result);
          if (turned || results.length >= BATCH) flush();
        }),
      );
      await clock.sleep(params.everyMs, signal);
    }
  } finally {
    await Promise.allSettled(visits);
    flush();
  }
}

export const zoneParams = z.object({
  of: z.string(),
  name: z.string(),
  everyMs: z.number(),
  /** Where each side's record leads; absent where addresses tell no side. */
  sides: z.object({ primary: destinationParams, recovery: destinationParams }).optional(),
});

/** Asks the zone's own name servers at a fixed rate until it is stopped, and notes each answer that differs from the one before. */
export async function watchZone(
  { of, name, everyMs, sides }: z.output<typeof zoneParams>,
  context: StepContext,
): Promise<void> {
  const { clock, dns, signal, record } = context;
  let last: string | undefined;
  for (;;) {
    const dueMs = clock.nowMs() + everyMs;
    let answer: Pick<EventOf<'zone-answer'>, 'addresses' | 'reason' | 'side'>;
    try {
      const addresses = (await dns.authoritative(name, signal)).addresses.toSorted();
      const isNew = addresses.join() !== last;
      answer = { addresses, ...(isNew && sides && { side: await sideOf(addresses, sides, context) }) };
    } catch (error) {
      signal.throwIfAborted();
      answer = { addresses: [], reason: errorFacts(error).message };
    }
    if (answer.addresses.join() !== last) record({ type: 'zone-answer', of, name, everyMs, ...answer });
    last = answer.addresses.join();
    await clock.sleep(Math.max(0, dueMs - clock.nowMs()), signal);
  }
}

type Sides = NonNullable<z.output<typeof zoneParams>['sides']>;

/** Whose addresses these are. Those of a load balancer change, so its name is asked at the same time. */
async function sideOf(
  addresses: string[],
  { primary, recovery }: Sides,
  context: StepContext,
): Promise<NonNullable<EventOf<'zone-answer'>['side']>> {
  const [first, second] = await Promise.all([addressesOf(primary, context), addressesOf(recovery, context)]);
  const of = (known: string[]) => addresses.some((address) => known.includes(address));
  if (addresses.length === 0 || addresses.some((address) => ![...first, ...second].includes(address))) return 'neither';
  return of(first) ? (of(second) ? 'both' : 'primary') : 'recovery';
}
