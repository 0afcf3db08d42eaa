import type { StepContext } from '../step.ts';

/** Whether the zone's name servers now give this one address for the name; resolvers follow as what they keep runs out. */
export async function answersOnly(
  { name, address }: { name: string; address: string },
  { dns, signal }: Pick<StepContext, 'dns' | 'signal'>,
): Promise<boolean> {
  const { addresses } = await dns.authoritative(name, signal);
  return addresses.length > 0 && addresses.every((given) => given === address);
}
