import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { timeStampedAt, timestampBy } from '../../src/evidence/time-stamp.ts';
import { post } from '../../src/live/post.ts';
import { newFolder } from '../cli/command.ts';
import { hasOpenssl, timestampAuthority } from './tsa.ts';

const SEAL = Buffer.from('the signature of a seal');
const signal = AbortSignal.timeout(60_000);
let folder: string;
let authority: Awaited<ReturnType<typeof timestampAuthority>>;
let mangled = (reply: Buffer): Buffer => reply;

describe.skipIf(!hasOpenssl)('a time-stamp', () => {
  beforeAll(async () => {
    folder = newFolder();
    authority = await timestampAuthority(folder, (reply) => mangled(reply));
  });
  afterAll(() => authority?.close());

  test('a stamp says when the seal was made, and openssl agrees', async () => {
    const stamp = await timestampBy(authority.url, signal, post)(SEAL);
    const offMs = Date.now() - (await timeStampedAt(stamp, SEAL)).getTime();
    expect(Math.abs(offMs)).toBeLessThan(60_000);
    for (const [name, bytes] of [
      ['stamp', stamp],
      ['data', SEAL],
    ] as const)
      writeFileSync(join(folder, name), bytes);
    expect(authority.verified('stamp', 'data')).toContain('Verification: OK');
  });

  test('one of another seal is none, and no altered byte makes it tell another time', async () => {
    const stamp = await timestampBy(authority.url, signal, post)(SEAL);
    await expect(timeStampedAt(stamp, Buffer.from('another'))).rejects.toThrow('it is of something else');
    const truth = await timeStampedAt(stamp, SEAL);
    let caught = 0;
    const step = Math.ceil(stamp.length / 60);
    for (let at = 0; at < stamp.length; at += step) {
      const altered = Buffer.from(stamp);
      altered[at] = (altered[at] ?? 0) ^ 1;
      const said = await timeStampedAt(altered, SEAL).catch(() => undefined);
      // The authority's certificates come from itself; what they say besides its key is for openssl to judge.
      if (said === undefined) caught += 1;
      else expect(said).toEqual(truth);
    }
    expect(caught).toBeGreaterThan(20);
  });

  test('an authority that answers with an earlier answer, or not at all, gives no stamp', async () => {
    let first: Buffer | undefined;
    mangled = (reply) => {
      first ??= reply;
      return first;
    };
    const ask = timestampBy(authority.url, signal, post);
    await ask(SEAL);
    await expect(ask(SEAL)).rejects.toMatchObject({
      code: 'not-time-stamped',
      message: expect.stringContaining('another request'),
    });
    await expect(timestampBy('http://127.0.0.1:9', signal, post)(SEAL)).rejects.toMatchObject({
      code: 'not-time-stamped',
    });
    mangled = (reply) => reply;
  });
});
