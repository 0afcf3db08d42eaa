import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { isAlive } from '../live/processes.ts';
import { drDrill, newFolder } from './command.ts';
import { askingDrill, liveAccount } from './live-account.ts';
import { awsHome } from './sign-in.ts';

/** A profile whose credential_process gives credentials for so many seconds, once, and hangs from then on. */
function hanging({ givesForS }: { givesForS?: number } = {}) {
  const folder = newFolder();
  const [program, pids, given] = ['program.sh', 'pids', 'given'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  const said = (expiration: string) =>
    `{"Version":1,"AccessKeyId":"simulated","SecretAccessKey":"x","SessionToken":"y","Expiration":"${expiration}"}`;
  const once = `if [ ! -e ${given} ]; then touch ${given}; printf '${said('%s')}' "$(date -u -d '${givesForS} seconds' +%FT%TZ)"; exit; fi`;
  writeFileSync(
    program,
    `${givesForS === undefined ? '' : once}\necho $$ >>${pids}\nsleep 600 &\necho $! >>${pids}\nwait\n`,
  );
  const { env } = awsHome(`[profile prod]\nregion = ap-northeast-1\ncredential_process = sh ${program}\n`);
  const started = () => (existsSync(pids) ? readFileSync(pids, 'utf8').trim().split('\n').map(Number) : []);
  const hasEnded = () => givesForS === undefined || Date.now() > statSync(given).mtimeMs + givesForS * 1_000;
  return { env: { ...env, AWS_PROFILE: 'prod' }, started, hasEnded };
}

/** Begins a command, signals it once its credential_process hangs, and has it end. */
async function signalled(
  words: string[],
  signal: NodeJS.Signals,
  { env, started, hasEnded }: ReturnType<typeof hanging>,
  until = /^/,
) {
  const { AWS_ACCESS_KEY_ID: _, AWS_SECRET_ACCESS_KEY: __, ...account } = (await liveAccount()).env;
  let [out, end] = ['', (_: NodeJS.Signals): void => {}];
  const asked = drDrill(words, {
    env: { ...account, ...env },
    begun: (kill) => {
      end = kill;
    },
    watch: (said) => {
      out = said;
    },
  });
  await vi.waitUntil(() => started().length >= 2 && until.test(out) && hasEnded(), { timeout: 30_000 });
  end(signal);
  const answer = await asked;
  await vi.waitUntil(() => !started().some(isAlive), { timeout: 5_000 });
  return answer;
}

test.each([
  ['preflight', 'SIGTERM', 143],
  ['run', 'SIGTERM', 143],
  ['run', 'SIGHUP', 129],
] as const)(
  '%s --live that waits for a credential_process ends in words upon %s, with what it started',
  async (command, signal, exitCode) => {
    const answer = await signalled([command, 'drills/cross-region-restore.yaml', '--live'], signal, hanging());
    expect(answer).toMatchObject({ exitCode, err: expect.stringContaining(`Ended by ${signal}.`) });
  },
  60_000,
);

test('a live run whose session ends while its credential_process hangs is aborted in words upon SIGTERM, with what it started', async () => {
  const drill = join(newFolder(), 'asking.yaml');
  const alarm = 'stop: { alarms: [{ region: ap-northeast-1, name: shop-error-rate }] }';
  writeFileSync(drill, `${askingDrill({ question: 'Now?', roles: ['incident commander'], each: '60 s' })}\n${alarm}\n`);
  const words = ['run', drill, '--live', '--confirm', 'asking', '--runs', newFolder()];
  const begun = performance.now();
  const { exitCode, out, err } = await signalled(words, 'SIGTERM', hanging({ givesForS: 8 }), /Now\?/);
  expect([exitCode, err]).toEqual([4, expect.stringContaining('Aborting')]);
  expect(out).toContain('interrupted by SIGTERM');
  // It waits neither for the question's time nor for the program's.
  expect(performance.now() - begun).toBeLessThan(30_000);
}, 60_000);
