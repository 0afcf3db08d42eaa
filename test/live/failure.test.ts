import { expect, test } from 'vitest';
import { realClock } from '../../src/clock/real-clock.ts';
import { shellFailure } from '../../src/live/failure.ts';

const failure = { kind: 'writer-loss', region: 'ap-east-2', instance: 'shop-db' } as const;
const commands = (inject: string, active = 'true', heal = 'true') =>
  shellFailure({ inject, heal, active }, realClock());

test('the last line says when it happened', async () => {
  const at = await commands('echo killing; echo 2026-01-05T01:00:00.250Z').inject(failure);
  expect(at).toBe(Date.parse('2026-01-05T01:00:00.250Z'));
});

test('without a word it counts from before the command, so that no recovery comes out too short', async () => {
  const before = Date.now();
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

test('a command that fails is told with its last words, without the secrets in them', async () => {
  const failing = commands('echo one >&2; echo "login failed: password=hunter2" >&2; exit 3');
  await expect(failing.inject(failure)).rejects.toMatchObject({
    code: 'failure-command-failed',
    message: expect.stringMatching(/ended with 3: one login failed: password=\[secret\]$/),
  });
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
