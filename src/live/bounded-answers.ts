import { AsyncLocalStorage } from 'node:async_hooks';
import { subscribe } from 'node:diagnostics_channel';
import type { Socket } from 'node:net';

interface Asking {
  isOver: boolean;
  mostBytes: number;
  fail: (error: Error) => void;
  tooLarge: () => Error;
}

const asking = new AsyncLocalStorage<Asking>();
let isWatching = false;

/**
 * Asks by a library that reads answers of any size, and opens its connections itself. Each connection that it opens meanwhile is ended once it
 * has sent more than the limit; the work then fails with that error.
 */
export function bounded<T>(limit: Pick<Asking, 'mostBytes' | 'tooLarge'>, ask: () => Promise<T>): Promise<T> {
  if (!isWatching) subscribe('net.client.socket', (message) => watch((message as { socket: Socket }).socket));
  isWatching = true;
  return new Promise((resolve, reject) => {
    const one: Asking = { ...limit, isOver: false, fail: reject };
    const work = () =>
      ask()
        .finally(() => {
          one.isOver = true;
        })
        .then(resolve, reject);
    asking.run(one, () => void work());
  });
}

function watch(socket: Socket): void {
  const one = asking.getStore();
  if (!one) return;
  // A connection that is kept for later is no longer ours to end.
  socket.on('data', () => {
    if (one.isOver || socket.bytesRead <= one.mostBytes) return;
    one.fail(one.tooLarge());
    socket.destroy();
  });
}
