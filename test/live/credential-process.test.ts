import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { realClock } from '../../src/clock/real-clock.ts';
import { chainOfCredentials } from '../../src/live/credentials.ts';
import { newFolder } from '../cli/command.ts';
import { awsHome } from '../cli/sign-in.ts';
import { isAlive } from './processes.ts';

afterEach(() => vi.unstubAllEnvs());

/** A process is ended so much sooner than in 55 s. */
const SPEED = 120;
/** What waits for the process as long as this waits truly: the 5 s between the two limits are for ending it, however busy the machine is. */
const WHOLE_MS = 60_000;
const hastened = (ms: number) => (ms < WHOLE_MS ? ms / SPEED : ms);

function chainFor(command: string) {
  const clock = realClock();
  const fast = {
    ...clock,
    setTimeout: (work: () => void, ms: number) => clock.setTimeout(work, hastened(ms)),
    sleep: (ms: number, signal?: AbortSignal) => clock.sleep(hastened(ms), signal),
  };
  const { env } = awsHome(`[profile prod]\ncredential_process = ${command}\n`);
  for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
  vi.stubEnv('AWS_PROFILE', 'prod');
  return chainOfCredentials({ clock: fast, region: 'ap-northeast-1', clients: {} });
}

test('one that hangs is ended within its limit, with everything that it started', async () => {
  const pids = join(newFolder(), 'pids');
  const refused = await chainFor(`sh -c 'echo $$ >${pids}; sleep 600 & echo $! >>${pids}; wait'`)
    .get()
    .catch((error: unknown) => error);
  expect(refused).toMatchObject({
    name: 'NoSession',
    message: 'The credential_process of profile prod failed: it did not end within 55 s.',
    hint: expect.stringContaining('Run its credential_process by itself'),
  });
  const started = readFileSync(pids, 'utf8').trim().split('\n').map(Number);
  expect(started).toHaveLength(2);
  await vi.waitUntil(() => !started.some(isAlive), { timeout: 5_000 });
});

test('one that says more than any credentials is ended', async () => {
  await expect(chainFor('yes').get()).rejects.toThrow('it says more than any credentials');
});

test('one that leaves something running behind gives what it said', async () => {
  const given = '{"Version":1,"AccessKeyId":"AKIA","SecretAccessKey":"x"}';
  const { accessKeyId } = await chainFor(`sh -c 'sleep 1 >/dev/null 2>&1 & echo '\\''${given}'\\'''`).get();
  expect(accessKeyId).toBe('AKIA');
});

test('one that fails is told in its own words', async () => {
  await expect(chainFor('sh -c "echo the vault is sealed >&2; exit 3"').get()).rejects.toThrow(
    'The credential_process of profile prod failed: the vault is sealed',
  );
});
