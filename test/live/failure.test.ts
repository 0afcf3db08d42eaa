import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { realClock } from '../../src/clock/real-clock.ts';
import { shellFailure } from '../../src/live/failure.ts';

const failure = { kind: 'writer-loss', region: 'ap-east-2', instance: 'shop-db' } as const;
const commands = (inject: string, active = 'true', heal = 'true') =>
  shellFailure({ inject, heal, active }, realClock());

test('the last line says when it happened', async () => {
  const at = await commands('echo killing; echo 2026-01-05T01:00:00.250Z').inject(failure);
  expect(at).toBe(Date.parse('2026-01-05T01:00:00.250Z'));
});

test('an instant may be told in any zone', async () => {
  const at = await commands('echo 2026-01-05T09:00:00+08:00').inject(failure);
  expect(at).toBe(Date.parse('2026-01-05T01:00:00Z'));
});

test('without a word it counts from before the command, so that no recovery comes out too short', async () => {
  const before = realClock().nowMs();
  const at = await commands('sleep 0.2; echo done').inject(failure);
  expect(at).toBeGreaterThanOrEqual(before);
  expect(at).toBeLessThan(before + 150);
});

test('a command is told what is to break', async () => {
  const told = commands(
    'test "$DR_DRILL_FAILURE $DR_DRILL_REGION $DR_DRILL_INSTANCE" = "writer-loss ap-east-2 shop-db"',
  );
  await expect(told.inject(failure)).resolves.toBeTypeOf('number');
});

test('a command that cuts a link is told which two regions are not to see each other', async () => {
  const told = commands('test "$DR_DRILL_REGION $DR_DRILL_OTHER_REGION" = "ap-east-2 ap-northeast-1"');
  const cut = { kind: 'network-partition', region: 'ap-east-2', otherRegion: 'ap-northeast-1' } as const;
  await expect(told.inject(cut)).resolves.toBeTypeOf('number');
});

test('a command that fails is told with its last words, without the secrets in them', async () => {
  const failing = commands('echo one >&2; echo "login failed: password=hunter2" >&2; exit 3');
  await expect(failing.inject(failure)).rejects.toMatchObject({
    code: 'failure-command-failed',
    message: expect.stringMatching(/ended with 3: one login failed: password=\[secret\]$/),
  });
});

describe('the AWS credentials of the environment', () => {
  const asks = 'test -n "$AWS_SECRET_ACCESS_KEY$AWS_SESSION_TOKEN$AWS_ACCESS_KEY_ID" && test "$AWS_REGION" = ap-east-2';
  const withEnvironment = async (credentials: boolean): Promise<boolean> => {
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIAIOSFODNN7EXAMPLE');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret');
    vi.stubEnv('AWS_SESSION_TOKEN', 'token');
    vi.stubEnv('AWS_REGION', 'ap-east-2');
    try {
      return await shellFailure({ inject: 'true', heal: 'true', active: asks, credentials }, realClock()).active(
        failure,
      );
    } finally {
      vi.unstubAllEnvs();
    }
  };

  test('are kept from the commands', async () => expect(await withEnvironment(false)).toBe(false));
  test('are given to commands that ask for them', async () => expect(await withEnvironment(true)).toBe(true));
});

test('active is 0, not active is 1, and anything else is a mistake', async () => {
  expect(await commands('true', 'exit 0').active(failure)).toBe(true);
  expect(await commands('true', 'exit 1').active(failure)).toBe(false);
  await expect(commands('true', 'exit 2').active(failure)).rejects.toMatchObject({ code: 'failure-command-failed' });
});

test('an abort ends the command, and everything that it started', async () => {
  const controller = new AbortController();
  const began = Date.now();
  const asked = commands('sleep 30 & sleep 30').inject(failure, controller.signal);
  setTimeout(() => controller.abort(), 50);
  await expect(asked).rejects.toMatchObject({ name: 'AbortError' });
  expect(Date.now() - began).toBeLessThan(10_000);
});

/** A process that the tests start and that has not ended. */
const lives = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

describe('what a command leaves in the background', () => {
  test('goes on, and is not waited for', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'failure-'));
    try {
      await commands(`sleep 60 & echo $! > ${folder}/pid`).inject(failure);
      const pid = Number(readFileSync(join(folder, 'pid'), 'utf8'));
      expect(lives(pid)).toBe(true);
      process.kill(pid, 'SIGKILL');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test('does not turn a late abort into a crash', async () => {
    const controller = new AbortController();
    // In a session of its own, it holds the output while the group of the command is gone.
    const asked = commands('setsid sleep 2 & exit 0').inject(failure, controller.signal);
    setTimeout(() => controller.abort(), 250);
    await expect(asked).rejects.toMatchObject({ name: 'AbortError' });
  });
});

test('a command that does not listen to an abort is killed', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'failure-'));
  try {
    const controller = new AbortController();
    // The time to end in passes at once.
    const clock = { ...realClock(), setTimeout: (callback: () => void) => realClock().setTimeout(callback, 0) };
    const deaf = `trap '' TERM; echo $$ > ${folder}/pid; while true; do sleep 0.1; done`;
    const asked = shellFailure({ inject: deaf, heal: 'true', active: 'true' }, clock).inject(
      failure,
      controller.signal,
    );
    const said = () => (existsSync(join(folder, 'pid')) ? readFileSync(join(folder, 'pid'), 'utf8') : '');
    await expect.poll(said).toMatch(/^\d+\n$/);
    const pid = Number(said());
    controller.abort();
    await expect(asked).rejects.toMatchObject({ name: 'AbortError' });
    await expect.poll(() => lives(pid)).toBe(false);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

describe('an instant that is told by a wall clock which was set', () => {
  const CLOCKS = ['before the command', 'while the command runs'] as const;

  test.each(CLOCKS.flatMap((when) => [-3_600_000, -12_000, 240_000].map((byMs) => [when, byMs] as const)))(
    '%s, by %i ms, is converted to steady time',
    async (when, byMs) => {
      const real = realClock();
      const endedMs = real.nowMs() + (when === 'before the command' ? 0 : 150);
      const wallMs = () => real.nowMs() + (real.nowMs() >= endedMs ? byMs : 0);
      const told = `node -e 'setTimeout(() => console.log(new Date(Date.now() + ${byMs}).toISOString()), 250)'`;
      const beganMs = real.nowMs();
      const at = await shellFailure({ inject: told, heal: 'true', active: 'true' }, { ...real, wallMs }).inject(
        failure,
      );
      expect(at).toBeGreaterThanOrEqual(beganMs + 240);
      expect(at).toBeLessThanOrEqual(real.nowMs());
    },
  );

  test('here, and not on the machine that told it, is taken as it stands', async () => {
    const real = realClock();
    const command = `node -e 'console.log(new Date().toISOString())'`;
    const wallMs = () => real.nowMs() - 12_000;
    const beganMs = real.nowMs();
    const at = await shellFailure({ inject: command, heal: 'true', active: 'true' }, { ...real, wallMs }).inject(
      failure,
    );
    expect(at).toBeGreaterThanOrEqual(beganMs);
    expect(at).toBeLessThanOrEqual(real.nowMs());
  });
});
