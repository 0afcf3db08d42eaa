import * as z from 'zod';
import { errorFacts } from '../../errors.ts';
import type { EventOf } from '../../journal/events.ts';
import type { StepContext } from '../../steps/step.ts';
import { addressesOf, destinationParams } from './answer.ts';

export const zoneParams = z.object({
  of: z.string(),
  name: z.string(),
  everyMs: z.number(),
  /** Where each side's record leads; absent where addresses tell no side. */
  sides: z.object({ primary: destinationParams, recovery: destinationParams }).optional(),
});

/** Asks the zone's own name servers at a fixed rate until it is stopped, and notes each answer that differs from the previous one. */
export async function watchZone(
  { of, name, everyMs, sides }: z.output<typeof zoneParams>,
  context: StepContext,
): Promise<void> {
  const { clock, dns, signal, record } = context;
  let last: string | undefined;
  for (;;) {
    const dueMs = clock.nowMs() + everyMs;
    let answer: Pick<EventOf<'zone-answer'>, 'addresses' | 'reason' | 'side'>;
    const ask = async () => (await dns.authoritative(name, signal)).addresses.toSorted();
    try {
      const addresses = await ask();
      const isNew = addresses.join() !== last;
      answer = isNew && sides ? await withSide(addresses, ask, sides, context) : { addresses };
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

/**
 * Whose addresses these are. Those of a load balancer change between two questions, so an unknown address is asked about once more,
 * between two looks at what the load balancers' own names answer.
 */
async function withSide(
  addresses: string[],
  ask: () => Promise<string[]>,
  { primary, recovery }: Sides,
  context: StepContext,
): Promise<Required<Pick<EventOf<'zone-answer'>, 'addresses' | 'side'>>> {
  const look = () => Promise.all([addressesOf(primary, context), addressesOf(recovery, context)]);
  const [first, second] = await look();
  const isKnown = (address: string) => first.includes(address) || second.includes(address);
  if (addresses.every(isKnown)) return { addresses, side: sideOf(addresses, first, second) };
  const again = await ask();
  const [firstNow, secondNow] = await look();
  return { addresses: again, side: sideOf(again, [...first, ...firstNow], [...second, ...secondNow]) };
}

function sideOf(
  addresses: string[],
  first: readonly string[],
  second: readonly string[],
): NonNullable<EventOf<'zone-answer'>['side']> {
  const of = (known: readonly string[]) => addresses.some((address) => known.includes(address));
  const isUnknown = addresses.some((address) => ![...first, ...second].includes(address));
  if (addresses.length === 0 || isUnknown) return 'neither';
  return of(first) ? (of(second) ? 'both' : 'primary') : 'recovery';
}
