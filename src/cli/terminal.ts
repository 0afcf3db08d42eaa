/** Where a command's words go. What it answers is on `out`; what it says meanwhile, and what is wrong, on `err`. */
export interface Terminal {
  out(text: string): void;
  err(text: string): void;
  colour: boolean;
  /** Somebody is watching, and the cursor may be moved. */
  interactive: boolean;
}

/** The terminal of this process; colour only where a person sees it, and never against `NO_COLOR`. */
export function processTerminal(): Terminal {
  const { env, stdout, stderr } = process;
  // A reader that has seen enough, such as `head`, is no fault.
  stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
  // A terminal without a size, as some containers give, cannot be drawn on.
  const interactive = stdout.isTTY === true && stdout.columns > 0 && !env.CI && env.TERM !== 'dumb';
  return {
    out: (text) => stdout.write(text),
    err: (text) => stderr.write(text),
    colour: stdout.isTTY === true && !env.NO_COLOR && env.TERM !== 'dumb',
    interactive,
  };
}
