import { forTerminal } from '../visible.ts';

/** Where a command's words go. What it answers is on `out`; what it says meanwhile, and what is wrong, on `err`. */
export interface Terminal {
  out(text: string): void;
  err(text: string): void;
  colour: boolean;
  /** Somebody is watching, and the cursor may be moved. */
  interactive: boolean;
}

/** The terminal of this process; colour only where a person sees it or `FORCE_COLOR` asks for it, and never against `NO_COLOR`. */
export function processTerminal(): Terminal {
  const { env, stdout, stderr } = process;
  // A terminal without a size, as some containers give, cannot be drawn on.
  const interactive = stdout.isTTY === true && stdout.columns > 0 && !env.CI && env.TERM !== 'dumb';
  const isForced = env.FORCE_COLOR !== undefined && !['0', 'false'].includes(env.FORCE_COLOR);
  const isCapable = env.FORCE_COLOR === undefined ? stdout.isTTY === true && env.TERM !== 'dumb' : isForced;
  const colour = isCapable && !env.NO_COLOR;
  const err = writer(stderr, () => {});
  let says = writer(stdout, (why) => {
    // A reader that has seen enough, such as `head`, is no fault.
    if (why === 'EPIPE') return;
    err(`stdout cannot be written (${why}). What would be said there is said here.\n`);
    says = err;
  });
  return {
    out(text) {
      const shown = forTerminal(text, colour);
      if (!says(shown)) says(shown);
    },
    err: (text) => err(forTerminal(text, colour)),
    colour,
    interactive,
  };
}

/** Writes to a stream while it can be written to: a command does what it was asked for, whether or not anybody can read of it. */
function writer(stream: NodeJS.WriteStream, lost: (why: string) => void): (text: string) => boolean {
  let isLost = false;
  const lose = (error: NodeJS.ErrnoException) => {
    if (isLost) return;
    isLost = true;
    lost(error.code ?? error.message);
  };
  stream.on('error', lose);
  return (text) => {
    if (isLost) return true;
    try {
      stream.write(text);
    } catch (error) {
      lose(error as NodeJS.ErrnoException);
    }
    return !isLost;
  };
}
