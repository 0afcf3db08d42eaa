import * as z from 'zod';
import { until } from '../../steps/poll.ts';
import type { Standing, StepContext } from '../../steps/step.ts';
import type { Destination } from './destination.ts';
import { leverMustHold } from './lever-holds.ts';

/** Where a name leads once it is shifted: to fixed addresses, or to whatever the names of load balancers answer. */
export const destinationParams = z.object({ addresses: z.array(z.string()), targets: z.array(z.string()).optional() });

type Asking = Pick<StepContext, 'dns' | 'signal'>;

/**
 * Whether the zone's name servers now lead to this destination alone; resolvers follow as what they keep runs out. The addresses of a
 * load balancer change while nothing is shifted: both names are asked at the same time, and an unknown address is looked up again.
 */
export async function answersAs(
  { name, to }: { name: string; to: Destination },
  { dns, signal }: Asking,
): Promise<boolean> {
  const [{ addresses }, known] = await Promise.all([dns.authoritative(name, signal), addressesOf(to, { dns, signal })]);
  if (addresses.length === 0) return false;
  if (within(addresses, known)) return true;
  if (to.targets === undefined) return false;
  return within(addresses, [...known, ...(await addressesOf(to, { dns, signal }))]);
}

/** Waits until the name leads there; fails where someone else has taken the change back meanwhile. */
export async function untilAnswersAs(asked: { name: string; to: Destination }, context: StepContext): Promise<void> {
  const look = async () => {
    leverMustHold(context);
    return (await answersAs(asked, context)) ? true : undefined;
  };
  await until(context, look, { maxMs: 2_000 });
}

const within = (addresses: readonly string[], known: readonly string[]): boolean =>
  addresses.every((address) => known.includes(address));

/** The addresses of a destination now, without those of a name that DNS does not know. */
export async function addressesOf(
  { addresses, targets = [] }: Destination,
  { dns, signal }: Asking,
): Promise<string[]> {
  const behind = await Promise.all(
    targets.map(async (target) => {
      try {
        return (await dns.authoritative(target, signal)).addresses;
      } catch (error) {
        if (error instanceof Error && ['NotFound', 'NoAddress'].includes(error.name)) return [];
        throw error;
      }
    }),
  );
  return [...addresses, ...behind.flat()];
}

/** An address of a destination to connect to, as a resolver gives it. */
export async function addressToAsk({ addresses, targets }: Destination, { dns, signal }: Asking): Promise<string> {
  const [target] = targets ?? [];
  return (target === undefined ? addresses : (await dns.resolve(target, signal)).addresses)[0] ?? '';
}

/** Whether the name still leads there alone, as a fact in a line; not asked before the change has reached the name servers. */
export async function answerStanding(
  asked: { name: string; to: Destination },
  context: Asking,
  settled: boolean,
): Promise<Standing> {
  if (!settled || (await answersAs(asked, context))) return { asAsked: true, facts: [] };
  const { addresses } = await context.dns.authoritative(asked.name, context.signal);
  return { asAsked: false, facts: [`${asked.name} answers ${addresses.join(', ') || 'nothing'}`] };
}
