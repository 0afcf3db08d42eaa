import { spawn } from 'node:child_process';
import type { Socket } from 'node:net';
import type { Clock } from '../clock/clock.ts';
import { commandMistake } from '../drill/command-file.ts';
import type { FailureCommands } from '../drill/live.ts';
import { Aborted, DrillError } from '../errors.ts';
import type { Failure, FailureInjection } from '../ports/failure.ts';
import { withoutSecrets } from '../secrets.ts';

/**
 * Brings a failure about, ends it and looks for it with the drill's own shell commands, which find it described in
 * DR_DRILL_FAILURE, DR_DRILL_REGION, DR_DRILL_OTHER_REGION, DR_DRILL_INSTANCE and DR_DRILL_SERVICES. A command that ends with another code than
 * 0 fails with a DrillError; what it leaves running in the background goes on. An abort ends all of its process group, within 5 s.
 */
export function shellFailure(commands: FailureCommands, clock: Clock): FailureInjection {
  return {
    lacks: async () =>
      Object.entries({ inject: commands.inject, heal: commands.heal, active: commands.active }).flatMap(
        ([name, command]) => {
          const mistake = commandMistake(command, { path: process.env.PATH });
          const what = `failure.commands.${name} cannot be run: ${mistake}`;
          const fix = `Correct \`${command}\` in the drill file; a path is relative to the folder that dr-drill runs in.`;
          return mistake === undefined ? [] : [{ what, fix }];
        },
      ),
    async inject(failure, signal) {
      const beganMs = clock.nowMs();
      const aheadMs = () => {
        const ms = clock.wallMs() - clock.nowMs();
        return Math.abs(ms) <= TICK_MS ? 0 : ms;
      };
      const before = aheadMs();
      const { code, out, err } = await shell(commands, commands.inject, failure, clock, signal);
      if (code !== 0) throw failed(commands.inject, code, err);
      const said = instantIn(out);
      // Without a word from the one who did it, it cannot have been earlier than this: the recovery time never comes out too short.
      if (said === undefined) return beganMs;
      // It was told by a wall clock: this machine's, which may have been set meanwhile, or another's.
      const steady = [aheadMs(), before, 0].map((ms) => said - ms);
      const isMeanwhile = (ms: number) => ms >= beganMs - WHOLE_SECONDS_MS && ms <= clock.nowMs();
      return steady.find(isMeanwhile) ?? steady[0];
    },
    async heal(failure, signal) {
      const { code, err } = await shell(commands, commands.heal, failure, clock, signal);
      if (code !== 0) throw failed(commands.heal, code, err);
    },
    async active(failure, signal) {
      const { code, err } = await shell(commands, commands.active, failure, clock, signal);
      if (code !== 0 && code !== 1) throw failed(commands.active, code, err);
      return code === 0;
    },
  };
}

/** What the SDK takes credentials from, and nothing else of AWS: a region and a profile's name are no secrets. */
const AWS_CREDENTIALS =
  /^AWS_(ACCESS_KEY_ID|SECRET_ACCESS_KEY|SECRET_KEY|ACCESS_KEY|SESSION_TOKEN|SECURITY_TOKEN|BEARER_TOKEN_.*|WEB_IDENTITY_TOKEN_FILE|CONTAINER_.*)$/;

/** An environment for code that has no business with the account. */
export const withoutAwsCredentials = (env: NodeJS.ProcessEnv): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(env).filter(([name]) => !AWS_CREDENTIALS.test(name)));

interface Ended {
  code: number | null;
  out: string;
  err: string;
}

function shell(
  { credentials = false }: Pick<FailureCommands, 'credentials'>,
  command: string,
  { kind, region, otherRegion = '', instance = '', services = [] }: Failure,
  clock: Clock,
  signal?: AbortSignal,
): Promise<Ended> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(new Aborted());
    const env = {
      ...(credentials ? process.env : withoutAwsCredentials(process.env)),
      DR_DRILL_FAILURE: kind,
      DR_DRILL_REGION: region,
      DR_DRILL_OTHER_REGION: otherRegion,
      DR_DRILL_INSTANCE: instance,
      DR_DRILL_SERVICES: services.join(' '),
    };
    // A group of its own, so that what the shell has started can be ended with it.
    const child = spawn(command, { shell: true, detached: true, env, stdio: ['ignore', 'pipe', 'pipe'] });
    const ended: Ended = { code: null, out: '', err: '' };
    child.stdout.setEncoding('utf8').on('data', (text) => {
      ended.out = (ended.out + text).slice(-KEPT);
    });
    child.stderr.setEncoding('utf8').on('data', (text) => {
      ended.err = (ended.err + text).slice(-KEPT);
    });
    let killing: unknown;
    let lastWords: unknown;
    const settle = () => {
      clock.clearTimeout(killing);
      clock.clearTimeout(lastWords);
      signal?.removeEventListener('abort', stop);
      for (const pipe of [child.stdout, child.stderr] as unknown as Socket[]) pipe.unref();
      if (signal?.aborted) reject(new Aborted());
      else resolve(ended);
    };
    const stop = () => {
      endGroup(child.pid, 'SIGTERM');
      killing = clock.setTimeout(() => {
        endGroup(child.pid, 'SIGKILL');
        settle();
      }, GRACE_MS);
    };
    signal?.addEventListener('abort', stop, { once: true });
    child.on('error', reject);
    child.on('exit', (code) => {
      ended.code = code;
      // What it left running in the background may hold its output open for as long as the failure lasts.
      if (!signal?.aborted) lastWords = clock.setTimeout(settle, LAST_WORDS_MS);
    });
    child.on('close', settle);
  });
}

/** Two readings of clocks that go together differ by so much. */
const TICK_MS = 5;
/** Many commands tell no more than the second. */
const WHOLE_SECONDS_MS = 1_000;
/** So long a command may take to end when it is told to; then it is killed. */
const GRACE_MS = 5_000;
/** So long its last words may take after its end. */
const LAST_WORDS_MS = 500;

function endGroup(pid: number | undefined, how: NodeJS.Signals): void {
  try {
    if (pid !== undefined) process.kill(-pid, how);
  } catch {
    // It has ended by itself.
  }
}

/** So many characters of what a command says are kept, its last. */
const KEPT = 8_192;

function failed(command: string, code: number | null, err: string): DrillError {
  const last = withoutSecrets(err.trim().split('\n').slice(-3).join(' '));
  return new DrillError(
    'failure-command-failed',
    `\`${command}\` ended with ${code ?? 'a signal'}: ${last || 'it said nothing'}`,
    {
      hint: 'Try the command by itself; it stands under failure.commands in the drill file.',
    },
  );
}

/** The ISO instant that is in the last line, if one does. */
function instantIn(out: string): number | undefined {
  const last = out.trim().split('\n').at(-1)?.trim() ?? '';
  if (!/^\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:\d\d)$/.test(last)) return undefined;
  const ms = Date.parse(last);
  return Number.isNaN(ms) ? undefined : ms;
}
