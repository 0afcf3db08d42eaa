import type { Clock } from '../clock/clock.ts';
import type { Dns } from '../ports/network.ts';

/** Keeps answers of DNS for as long as they may be kept. */
export function ttlCache(dns: Dns, clock: Clock): { of(name: string, signal?: AbortSignal): Promise<string> } {
  const known = new Map<string, { address: string; untilMs: number }>();
  return {
    async of(name, signal) {
      const old = known.get(name);
      if (old && clock.nowMs() < old.untilMs) return old.address;
      const { addresses, ttlMs } = await dns.resolve(name, signal);
      const address = addresses[0] ?? '';
      known.set(name, { address, untilMs: clock.nowMs() + ttlMs });
      return address;
    },
  };
}
