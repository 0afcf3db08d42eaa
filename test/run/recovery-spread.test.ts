import { beforeAll, describe, expect, test } from 'vitest';
import { VirtualClock } from '../../src/clock/virtual-clock.ts';
import { componentsOf } from '../../src/drill/components.ts';
import { worstName } from '../../src/measure/customer.ts';
import { impairedMs } from '../../src/measure/reading.ts';
import { simulate } from '../../src/simulator/simulate.ts';
import { FAILOVER, type Finished, finished, shipped } from './drill.ts';

/** A sample in CI; 200 with `SEEDS=200`. */
const SEEDS = Number(process.env.SEEDS ?? 12);
const TTL_MS = 30_000;

interface Seen {
  first: { ms: number; errorMs: number };
  last: { ms: number; errorMs: number };
  /** When one more customer, whom nobody watched, was served again. */
  oneMs: number;
}

/** Visits the world of a run once more, after the fact, as one customer whose cache ran out at its own moment of the TTL. */
async function oneMore({ world, entries }: Finished, phaseMs: number, seed: number): Promise<number> {
  const { drill, topology } = shipped(FAILOVER);
  const [shop] = componentsOf(topology, 'route53');
  const door = { url: `https://${shop?.name}${shop?.service.path}`, timeoutMs: 900 };
  const fromMs = impairedMs(entries) ?? Number.NaN;
  const endMs = Date.parse(entries.at(-1)?.at ?? '');
  const clock = new VirtualClock(fromMs);
  const { ports } = simulate({ topology, simulation: drill.simulation, seed, clock, state: world.state() });
  const walk = async () => {
    let servedMs: number | undefined;
    let cached = { address: '', untilMs: 0 };
    for (let at = fromMs; at < endMs; at = Math.max(at + 1_000, clock.nowMs())) {
      await clock.sleep(Math.max(0, at - clock.nowMs()));
      if (clock.nowMs() >= cached.untilMs) {
        const { addresses } = await ports.dns.resolve(shop?.name ?? '');
        const untilMs = phaseMs + Math.ceil((clock.nowMs() + 1 - phaseMs) / TTL_MS) * TTL_MS;
        cached = { address: addresses[0] ?? '', untilMs };
      }
      const ok = await ports.http.request({ method: 'POST', ...door, address: cached.address }).then(
        ({ status }) => status === 200,
        () => false,
      );
      if (!ok) servedMs = undefined;
      else servedMs ??= at;
    }
    return (servedMs ?? Number.NaN) - fromMs;
  };
  return clock.run(walk());
}

describe(`over ${SEEDS} seeds of the regional failover`, () => {
  const all: Seen[] = [];

  beforeAll(async () => {
    for (let seed = 1; seed <= SEEDS; seed += 1) {
      const run = await finished(FAILOVER, [], { seed });
      const served = worstName(run.entries)?.served;
      if (!served || !('ms' in served.first) || !('ms' in served.last)) continue;
      // The golden ratio spreads phases evenly, whatever their number.
      const phaseMs = ((seed * 0.618_034) % 1) * TTL_MS;
      all.push({ first: served.first, last: served.last, oneMs: await oneMore(run, phaseMs, seed) });
    }
    if (process.env.SEEDS) {
      const times = all.map(({ last }) => last.ms).sort((a, b) => a - b);
      console.info(`${all.length} recoveries, in seconds: ${times.map((ms) => (ms / 1_000).toFixed(1)).join(' ')}`);
      console.info(`within the band: ${all.filter(isInBand).length} of ${all.length}`);
    }
  }, SEEDS * 15_000);

  test('recovery times spread without gaps as long as a TTL', () => {
    const times = all.map(({ last }) => last.ms).sort((a, b) => a - b);
    expect(new Set(times.map((ms) => Math.round(ms / 5_000))).size).toBeGreaterThanOrEqual(Math.min(8, SEEDS / 2));
    // The fastest and the slowest promotions stand alone.
    const inner = times.slice(Math.floor(times.length * 0.1), Math.ceil(times.length * 0.9));
    for (const [index, ms] of inner.entries()) expect(ms - (inner[index - 1] ?? ms)).toBeLessThan(TTL_MS - 5_000);
  });

  test('a customer whom nobody watched is served within the band from first to last, with its error bars', () => {
    expect(all.length).toBeGreaterThan(SEEDS * 0.9);
    expect(all.filter(isInBand).length / all.length).toBeGreaterThanOrEqual(0.95);
  });
});

const isInBand = ({ first, last, oneMs }: Seen): boolean =>
  oneMs >= first.ms - first.errorMs && oneMs <= last.ms + last.errorMs;
