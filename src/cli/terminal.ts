import { laidOut, type Screen } from '../layout.ts';
import { forTerminal } from '../visible.ts';

/** Where a command's words go. What it answers is on `out`; what it says meanwhile, and what is wrong, on `err`. */
export interface Terminal extends Screen {
  /** Lines for a person: those that are longer than the terminal is wide are broken between words. */
  out(text: string): void;
  /** What is laid out already, or is for programs: JSON, Markdown, pictures. */
  asIs(text: string): void;
  err(text: string): void;
  /** Someone is watching, and the cursor may be moved. */
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
  const asIs = (text: string) => {
    const shown = forTerminal(text, colour);
    if (!says(shown)) says(shown);
  };
  return {
    out: (text) => asIs(laidOut(text, widthOf(stdout))),
    asIs,
    err: (text) => err(forTerminal(laidOut(text, widthOf(stderr)), colour)),
    colour,
    get width() {
      return widthOf(stdout);
    },
    interactive,
  };
}

/** What goes into a file or a pipe is not broken, unless COLUMNS says how wide a reader's screen is. */
function widthOf({ columns }: Pick<NodeJS.WriteStream, 'columns'>): number {
  if (columns > 0) return columns;
  const asked = Number(process.env.COLUMNS);
  return asked > 0 ? asked : Number.POSITIVE_INFINITY;
}

/** Writes to a stream while it can be written to: a command does what it was asked for, whether or not anyone can read of it. */
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
