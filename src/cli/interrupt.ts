import { constants } from 'node:os';
import { exitNow } from './own-code.ts';
import type { Terminal } from './terminal.ts';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
/** Where the process that a shell started says its last words. */
let terminalOfProcess: Terminal | undefined;

export function ownProcess(terminal: Terminal): void {
  terminalOfProcess = terminal;
}

/**
 * Has a signal that nobody else takes end this process in words, and as any other end: what it started, such as a program that gives
 * credentials, ends with it.
 */
export function endInWords(): void {
  const terminal = terminalOfProcess;
  if (!terminal) return;
  terminalOfProcess = undefined;
  const end = (name: (typeof SIGNALS)[number]) => {
    if (process.listenerCount(name) > 1) return;
    terminal.err(`\nEnded by ${name}.\n`);
    exitNow(128 + constants.signals[name]);
  };
  for (const name of SIGNALS) process.on(name, end);
}

interface Watch {
  aborted: AbortSignal;
  /** What each run leaves if the process ends now. */
  runs: Set<() => string>;
  end(): void;
}

/** One for the process: a signal means all runs that it leads. */
let watch: Watch | undefined;

/**
 * Turns the first Ctrl-C into an abort that undoes and reports; the second ends the process there and then.
 * @param left says what the run leaves then
 */
export function abortOnSignals(terminal: Terminal, left: () => string): { signal: AbortSignal; release(): void } {
  watch ??= watchSignals(terminal);
  const mine = watch;
  mine.runs.add(left);
  return {
    // A signal of its own: many listeners on one would look like a leak.
    signal: AbortSignal.any([mine.aborted]),
    release() {
      mine.runs.delete(left);
      if (mine.runs.size > 0) return;
      mine.end();
      watch = undefined;
    },
  };
}

function watchSignals(terminal: Terminal): Watch {
  const controller = new AbortController();
  const runs = new Set<() => string>();
  const abort = (name: NodeJS.Signals) => {
    if (controller.signal.aborted) {
      terminal.err(`\n${[...runs].map((left) => left()).join('\n')}\n`);
      exitNow(130);
    }
    terminal.err('\nAborting and rolling back. Press Ctrl-C again to stop now and leave everything as it is.\n');
    controller.abort(`interrupted by ${name}`);
  };
  for (const name of SIGNALS) process.on(name, abort);
  return {
    aborted: controller.signal,
    runs,
    end() {
      for (const name of SIGNALS) process.off(name, abort);
    },
  };
}
