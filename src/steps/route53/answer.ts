import type { StepContext } from '../step.ts';

/** Whether DNS now gives this one address for the name. */
export async function answersOnly(
  { name, address }: { name: string; address: string },
  { dns, signal }: Pick<StepContext, 'dns' | 'signal'>,
): Promise<boolean> {
  const { addresses } = await dns.resolve(name, signal);
  return addresses.length > 0 && addresses.every((given) => given === address);
}
