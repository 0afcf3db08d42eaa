import type { Clock } from '../clock/clock.ts';
import type { Dns } from '../ports/network.ts';

/** So long a new answer is waited for where there is an old one: a lost packet must not look like a lost database. */
const PATIENCE_MS = 500;

/**
 * Keeps answers of DNS for as long as they may be kept, and longer while no server answers. Fails as `dns` does, for a name
 * that was never known or is there no more.
 */
export function ttlCache(dns: Dns, clock: Clock): { of(name: string, signal?: AbortSignal): Promise<string> } {
  const known = new Map<string, { address: string; untilMs: number }>();

  const ask = async (name: string, signal?: AbortSignal): Promise<string> => {
    const { addresses, ttlMs } = await dns.resolve(name, signal);
    const address = addresses[0] ?? '';
    known.set(name, { address, untilMs: clock.nowMs() + ttlMs });
    return address;
  };

  const askAgain = async (name: string, old: string, signal?: AbortSignal): Promise<string> => {
    const limit = new AbortController();
    const timer = clock.setTimeout(() => limit.abort(), PATIENCE_MS);
    try {
      return await ask(name, signal ? AbortSignal.any([signal, limit.signal]) : limit.signal);
    } catch (error) {
      if (signal?.aborted) throw error;
      // One server that does not know a name that was there is asked again before it is believed.
      if ((error as Error).name === 'NotFound') {
        await clock.sleep(PATIENCE_MS, signal);
        return ask(name, signal);
      }
      return old;
    } finally {
      clock.clearTimeout(timer);
    }
  };

  return {
    async of(name, signal) {
      const old = known.get(name);
      if (!old) return ask(name, signal);
      return clock.nowMs() < old.untilMs ? old.address : askAgain(name, old.address, signal);
    },
  };
}
