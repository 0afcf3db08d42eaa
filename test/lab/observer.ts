import { request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { APPLICATION_PORT } from './drill-files.ts';
import type { Lab } from './lab.ts';

export interface Observer {
  /**
   * Since when each of the observers would have been served without a break, in epoch milliseconds and in this order; NaN for those
   * who would not be served now.
   */
  servedSinceMs(): number[];
  stop(): Promise<void>;
}

export interface Observers {
  /** How long each keeps an answer of DNS; 0, for every look asks again. */
  ttlMs?: number;
  /** How many of them there are: their caches run out one after another, at equal distances. */
  count?: number;
}

const LOOK_EVERY_MS = 10;

/**
 * The lab's own look at the public door, many times as often as a drill's customers and without a line of the drill's code. Each observer
 * keeps what the name answered; whether someone is served there is asked once for all of them.
 */
export function observe({ world }: Lab, { ttlMs = 0, count = 1 }: Observers = {}): Observer {
  const doors = new Map<string, { sinceMs: number }>();
  let stopped = false;
  const working: Promise<void>[] = [];

  const watchDoor = async (address: string, door: { sinceMs: number }) => {
    while (!stopped) {
      const sentMs = Date.now();
      const served = await post(address);
      if (!served) door.sinceMs = Number.NaN;
      else if (Number.isNaN(door.sinceMs)) door.sinceMs = sentMs;
      await sleep(LOOK_EVERY_MS);
    }
  };

  const observers = Array.from({ length: count }, () => ({ address: '', sinceMs: Number.NaN }));
  const follow = async (observer: { address: string; sinceMs: number }, turnMs: number) => {
    while (!stopped) {
      const askedMs = Date.now();
      const { addresses } = await world.ports.dns.resolve('shop.example.com');
      const [address = ''] = addresses;
      if (address !== observer.address) Object.assign(observer, { address, sinceMs: askedMs });
      if (!doors.has(address)) {
        const door = { sinceMs: Number.NaN };
        doors.set(address, door);
        working.push(watchDoor(address, door));
      }
      await sleep(ttlMs === 0 ? LOOK_EVERY_MS : ttlMs - ((Date.now() - turnMs) % ttlMs));
    }
  };
  working.push(...observers.map((observer, nth) => follow(observer, (nth * ttlMs) / count)));

  return {
    servedSinceMs: () =>
      observers
        .map(({ address, sinceMs }) => Math.max(sinceMs, doors.get(address)?.sinceMs ?? Number.NaN))
        .sort((a, b) => a - b),
    async stop() {
      stopped = true;
      await Promise.all(working);
    },
  };
}

function post(host: string): Promise<boolean> {
  const door = { host, port: APPLICATION_PORT, path: '/checkout/probe', method: 'POST' };
  return new Promise((resolve) => {
    const asked = request({ ...door, agent: false, timeout: 2_000 }, (answer) => {
      answer.resume();
      resolve(answer.statusCode === 200);
    });
    asked.on('timeout', () => asked.destroy());
    asked.on('error', () => resolve(false));
    asked.end();
  });
}
