import { request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

export interface Observer {
  /** When the first of an unbroken row of served requests was sent, in epoch milliseconds; nothing, while service is away. */
  servedSinceMs(): number | undefined;
  stop(): Promise<void>;
}

const LOOK_EVERY_MS = 10;

/**
 * The lab's own look at the public door, twenty times as often as a drill's customer and without a line of the drill's code: where
 * the name leads now, and whether a request is served there.
 */
export function observe(address: () => Promise<string>, port: number, path: string): Observer {
  let since: number | undefined;
  let stopped = false;
  const watching = (async () => {
    while (!stopped) {
      const sentMs = Date.now();
      const served = await post(await address(), port, path);
      if (!served) since = undefined;
      else since ??= sentMs;
      await sleep(LOOK_EVERY_MS);
    }
  })();
  return {
    servedSinceMs: () => since,
    async stop() {
      stopped = true;
      await watching;
    },
  };
}

function post(host: string, port: number, path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const asked = request({ host, port, path, method: 'POST', agent: false, timeout: 500 }, (answer) => {
      answer.resume();
      resolve(answer.statusCode === 200);
    });
    asked.on('timeout', () => asked.destroy());
    asked.on('error', () => resolve(false));
    asked.end();
  });
}
