import type { Readable } from 'node:stream';
import type { Clock } from '../clock/clock.ts';
import { ANSWER_MOST_BYTES, answerTooLarge } from './answer-limit.ts';

/**
 * Reads a body to its end. Rejects where it is too large, breaks off, or stands still for `stallMs`: the SDK would wait for ever. Where
 * nothing is said of that, the one who asks has a limit of its own.
 */
export async function wholeBody(
  body: Uint8Array | Readable,
  who: string,
  stall?: { clock: Clock; stallMs: number },
): Promise<Buffer> {
  if (body instanceof Uint8Array) return Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  const chunks: Uint8Array[] = [];
  let length = 0;
  const restart = stall ? stallTimer(body, stall) : undefined;
  try {
    for await (const chunk of body) {
      restart?.();
      length += chunk.length;
      // Leaving the loop ends the connection.
      if (length > ANSWER_MOST_BYTES) throw answerTooLarge(who);
      chunks.push(chunk);
    }
  } finally {
    restart?.({ again: false });
  }
  return Buffer.concat(chunks);
}

/** Ends a body that stands still; gives the way to begin its time again, or to stop it. */
function stallTimer(body: Readable, { clock, stallMs }: { clock: Clock; stallMs: number }) {
  const stalled = () => {
    const message = `The answer stopped in the middle for ${stallMs / 1000} s.`;
    body.destroy(Object.assign(new Error(message), { name: 'TimeoutError' }));
  };
  let timer = clock.setTimeout(stalled, stallMs);
  return ({ again } = { again: true }) => {
    clock.clearTimeout(timer);
    if (again) timer = clock.setTimeout(stalled, stallMs);
  };
}
