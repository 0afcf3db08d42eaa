import type { Terminal } from './terminal.ts';

/** Turns the first Ctrl-C into an abort that undoes and reports; the second ends the process there and then. */
export function abortOnSignals(terminal: Terminal): { signal: AbortSignal; release(): void } {
  const controller = new AbortController();
  const abort = (name: NodeJS.Signals) => {
    if (controller.signal.aborted) process.exit(130);
    terminal.err(
      '\nAborting: what was changed is being undone. Again, to stop at once and leave things as they are.\n',
    );
    controller.abort(`interrupted by ${name}`);
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const name of signals) process.on(name, abort);
  return {
    signal: controller.signal,
    release() {
      for (const name of signals) process.off(name, abort);
    },
  };
}
