import { createInterface, type Interface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { Aborted } from '../errors.ts';
import { type Typing, typingLine } from './typing.ts';

const plain = typingLine({
  err: (text) => void process.stderr.write(text),
  get width() {
    return process.stderr.columns;
  },
}).set;

/** Where what is typed is shown: below the view of a run, while there is one. */
let place: Typing = plain;
let ended = new AbortController();
let turn: Promise<unknown> = Promise.resolve();

/** Someone sits at this process's terminal and can be asked. */
export const somebodyIsHere = (): boolean =>
  process.stdin.isTTY === true && (process.stdout.isTTY || process.stderr.isTTY) && process.env.TERM !== 'dumb';

/** Has a view show what is typed from now on. Gives what ends that, and with it every question that is open. */
export function typedBelow(view: Typing): () => void {
  place = view;
  return () => {
    ended.abort();
    ended = new AbortController();
    place = plain;
  };
}

/** Asks for a line, drawn by the place where this process shows what is typed. */
export type Ask = (question: string) => Promise<string>;

/**
 * Asks one thing after another: there is one keyboard. Rejects with `Aborted` where it is abandoned or the input ends, and takes what was
 * asked off the screen at once.
 */
export function atKeyboard<T>(
  { intro, abandoned }: { intro?: string; abandoned?: AbortSignal },
  work: (ask: Ask) => Promise<T>,
): Promise<T> {
  const over = abandoned ? AbortSignal.any([ended.signal, abandoned]) : ended.signal;
  const mine = turn.then(async () => {
    if (over.aborted) throw new Aborted();
    const closed = new AbortController();
    const signal = AbortSignal.any([over, closed.signal]);
    const lines = keyboard((typed) => {
      if (!signal.aborted) place(intro === undefined ? [typed] : [intro, typed]);
    });
    lines.on('close', () => closed.abort());
    signal.addEventListener('abort', () => place([]), { once: true });
    try {
      return await work(async (question) => (await lines.question(question, { signal })).trim());
    } catch (error) {
      throw signal.aborted ? new Aborted() : error;
    } finally {
      lines.close();
    }
  });
  turn = mine.catch(() => {});
  return mine;
}

/** Asks until the answer can be used; `wrong` says why one cannot. */
export async function askUntil(
  asked: Ask,
  text: string,
  wrong: (answer: string) => string | undefined,
): Promise<string> {
  for (let complaint = ''; ; ) {
    const answer = await asked(`${complaint}${text}`);
    const why = wrong(answer);
    if (why === undefined) return answer;
    complaint = `${why} `;
  }
}

/** A line that is typed and fixed as in any shell, but drawn by someone else. Ctrl-C is the process's, not the line's. */
function keyboard(draw: (typed: string) => void): Interface {
  const unseen = new Writable({
    write(_, __, done) {
      done();
      draw(typedIn(lines));
    },
  });
  const lines: Interface = createInterface({ input: process.stdin, output: unseen, terminal: true, historySize: 0 });
  lines.on('SIGINT', () => process.kill(process.pid, 'SIGINT'));
  return lines;
}

/** With the place where the next letter goes. */
function typedIn(lines: Interface): string {
  const { line, cursor } = lines;
  return `${lines.getPrompt()}${line.slice(0, cursor)}▏${line.slice(cursor)}`;
}
