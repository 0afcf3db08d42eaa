import type { Readable } from 'node:stream';
import type { Clock } from '../clock/clock.ts';

/** More than any answer that a drill asks for. */
export const BODY_MAX = 64 * 1024 * 1024;

/** Reads a body to its end. Rejects where it is too large, breaks off, or stands still for `stallMs`: the SDK would wait for ever. */
export async function wholeBody(
  body: Uint8Array | Readable,
  { clock, stallMs }: { clock: Clock; stallMs: number },
): Promise<Uint8Array> {
  if (body instanceof Uint8Array) return body;
  const chunks: Uint8Array[] = [];
  let length = 0;
  const stalled = () =>
    body.destroy(named('TimeoutError', `The answer stopped in the middle for ${stallMs / 1000} s.`));
  let timer = clock.setTimeout(stalled, stallMs);
  try {
    for await (const chunk of body) {
      clock.clearTimeout(timer);
      timer = clock.setTimeout(stalled, stallMs);
      length += chunk.length;
      // Leaving the loop ends the connection.
      if (length > BODY_MAX) throw named('Unreadable', 'The answer is too large.');
      chunks.push(chunk);
    }
  } finally {
    clock.clearTimeout(timer);
  }
  return Buffer.concat(chunks);
}

const named = (name: string, message: string): Error => Object.assign(new Error(message), { name });
