import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { externalDataInterceptor } from '@smithy/core/config';
import type { Clock } from '../clock/clock.ts';

/** As much as Node's `exec` gives. */
type Told = (error: Error | null, said?: { stdout: string }) => void;

/** More than any credentials take. */
const OUTPUT_AT_MOST = 1_000_000;
const running = new Set<ChildProcess>();
let endsWithUs = false;

/** Has the SDK run each `credential_process` so that it ends, with all that it started, after a time and with this process. */
export function limitCredentialProcess(clock: Clock, ms: number): void {
  const run = (command: string, told: Told) => void limited({ command, clock, ms }, told);
  // The SDK's own place to exchange the `exec` that it uses, which knows no limit.
  Object.assign(externalDataInterceptor.getTokenRecord(), { exec: run });
  if (endsWithUs) return;
  endsWithUs = true;
  process.on('exit', () => {
    for (const child of running) endWithChildren(child.pid);
  });
}

function limited({ command, clock, ms }: { command: string; clock: Clock; ms: number }, told: Told): void {
  // No group of its own: it would have no terminal to ask a person on.
  const child = spawn(command, { shell: true, stdio: ['ignore', 'pipe', 'pipe'] });
  let [stdout, stderr, why] = ['', '', ''];
  const end = (reason: string) => {
    why ||= reason;
    endWithChildren(child.pid);
    // What it started may be beyond reach, and hold the pipes open.
    child.stdout.destroy();
    child.stderr.destroy();
  };
  const timer = clock.setTimeout(() => end(`it did not end within ${ms / 1000} s.`), ms);
  running.add(child);
  child.stdout.setEncoding('utf8').on('data', (text) => {
    stdout += text;
    if (stdout.length > OUTPUT_AT_MOST) end('it says more than any credentials.');
  });
  child.stderr.setEncoding('utf8').on('data', (text) => {
    stderr = (stderr + text).slice(-OUTPUT_AT_MOST);
  });
  child.on('error', (error) => {
    why ||= error.message;
  });
  child.on('close', (code, signal) => {
    clock.clearTimeout(timer);
    running.delete(child);
    if (why) told(new Error(why));
    else if (code !== 0) told(new Error(`Command failed: ${command}\n${stderr || (signal ? `${signal}` : '')}`));
    else told(null, { stdout });
  });
}

/** Ends a process and everything that descends from it. */
function endWithChildren(pid: number | undefined): void {
  if (pid === undefined) return;
  const { stdout } = spawnSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' });
  const pairs = (stdout ?? '').split('\n').map((line) => line.trim().split(/\s+/).map(Number));
  const family = [pid];
  for (const parent of family) for (const [one = 0, of] of pairs) if (of === parent) family.push(one);
  for (const one of family) {
    try {
      process.kill(one, 'SIGKILL');
    } catch {
      // It has ended by itself.
    }
  }
}
