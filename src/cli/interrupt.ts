import { exitNow } from './own-code.ts';
import type { Terminal } from './terminal.ts';

interface Watch {
  aborted: AbortSignal;
  runs: number;
  end(): void;
}

/** One for the process: a signal means all runs that it leads. */
let watch: Watch | undefined;

/** Turns the first Ctrl-C into an abort that undoes and reports; the second ends the process there and then. */
export function abortOnSignals(terminal: Terminal): { signal: AbortSignal; release(): void } {
  watch ??= watchSignals(terminal);
  const mine = watch;
  mine.runs += 1;
  return {
    // A signal of its own: many listeners on one would look like a leak.
    signal: AbortSignal.any([mine.aborted]),
    release() {
      mine.runs -= 1;
      if (mine.runs > 0) return;
      mine.end();
      watch = undefined;
    },
  };
}

function watchSignals(terminal: Terminal): Watch {
  const controller = new AbortController();
  const abort = (name: NodeJS.Signals) => {
    if (controller.signal.aborted) exitNow(130);
    terminal.err(
      '\nAborting: what was changed is being undone. Again, to stop at once and leave things as they are.\n',
    );
    controller.abort(`interrupted by ${name}`);
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const name of signals) process.on(name, abort);
  return {
    aborted: controller.signal,
    runs: 0,
    end() {
      for (const name of signals) process.off(name, abort);
    },
  };
}
