import { spawn } from 'node:child_process';
import { realClock } from '../clock/real-clock.ts';
import { DrillError } from '../errors.ts';
import { withoutAwsCredentials } from '../live/failure.ts';
import { exitCodes } from './exit-codes.ts';
import { environmentForSteps } from './own-code.ts';
import type { Terminal } from './terminal.ts';

/** To read a drill takes a second. */
const WITHIN_MS = 60_000;
const MOST_BYTES = 64 * 1024 * 1024;
const MEMORY_MIB = 512;

/**
 * Gives the same words to a process of its own, in which modules with steps may run: one that throws, never ends or takes all memory ends
 * there. It has no AWS credentials in its environment, unless it looks at the real account.
 */
export async function inOwnProcess(words: readonly string[], terminal: Terminal): Promise<number> {
  const [command = ''] = process.argv.slice(1);
  const isLive = words.includes('--live');
  const env = { ...(isLive ? process.env : withoutAwsCredentials(process.env)), ...environmentForSteps };
  const args = [...process.execArgv, `--max-old-space-size=${MEMORY_MIB}`, command, ...words];
  // Someone may be asked for the code of an MFA device.
  const child = spawn(process.execPath, args, { env, stdio: isLive ? 'inherit' : ['ignore', 'pipe', 'pipe'] });
  const clock = realClock();
  let bytes = 0;
  let why: string | undefined;
  const end = (reason: string) => {
    why ??= reason;
    child.kill('SIGKILL');
  };
  const pass = (say: (text: string) => void) => (text: string) => {
    bytes += text.length;
    if (bytes > MOST_BYTES) end(`it says more than ${MOST_BYTES / 1024 / 1024} MiB`);
    else say(text);
  };
  child.stdout?.setEncoding('utf8').on('data', pass(terminal.out));
  child.stderr?.setEncoding('utf8').on('data', pass(terminal.err));
  const timer = isLive
    ? undefined
    : clock.setTimeout(() => end(`it does not end within ${WITHIN_MS / 1000} s`), WITHIN_MS);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  clock.clearTimeout(timer);
  if (code !== null && why === undefined) return code in byCode ? code : exitCodes['bad-input'];
  throw new DrillError(
    'own-step',
    `The process that loads the modules was ended: ${why ?? 'it took too much memory, or ended itself'}.`,
    {
      hint: 'Look at what the modules under steps do as they are loaded.',
    },
  );
}

const byCode: Record<number, true> = Object.fromEntries(Object.values(exitCodes).map((code) => [code, true]));
