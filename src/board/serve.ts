import { setMaxListeners } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { isDeepStrictEqual } from 'node:util';
import * as z from 'zod';
import type { Clock } from '../clock/clock.ts';
import { choices } from '../drill/choices.ts';
import { DrillError } from '../errors.ts';
import { type Address, bodyOf, closed, listening, patience } from '../server/listening.ts';
import { Access } from './access.ts';
import type { Board } from './board.ts';
import { boardPage, contentSecurity, signInPage } from './page.tsx';
import type { Tell } from './run-state.ts';
import { type FollowedRun, Runs } from './runs.ts';
import { feedHtml, Viewers } from './viewers.tsx';

const text = z.string().min(1).max(500);
const decisionSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('answer'),
    run: text,
    wait: text,
    step: text,
    item: text.exactOptional(),
    role: text,
    approves: z.boolean(),
    why: text.exactOptional(),
  }),
  z.strictObject({
    kind: z.literal('continue'),
    run: text,
    wait: text,
    choice: z.enum(choices),
    step: text.exactOptional(),
    why: text.exactOptional(),
  }),
]);
const tokenSchema = z.strictObject({ token: z.string().max(1_000) });

/** What a person decided on the page. */
export type PostedDecision = z.output<typeof decisionSchema>;

/** How decisions get to the runs, as the one person who started the board. */
export interface Decide {
  mayDecide(run: FollowedRun): boolean;
  /** Leaves a decision for the run, and says so in a sentence. */
  take(run: FollowedRun, decision: PostedDecision): Promise<string>;
}

export interface ServeBoardOptions {
  /** The folder with the run folders. */
  runs: string;
  listen: Address;
  /** What anyone who looks must know; undefined where only this machine can reach the board. */
  token?: string | undefined;
  clock: Clock;
  /** Makes what puts the events of one run into words. */
  tell: () => Tell;
  decide?: Decide | undefined;
}

export interface BoardServer {
  url: string;
  close(): Promise<void>;
}

const LOOK_EVERY_MS = 400;
const BODY_MAX = 16 * 1024;
/** A token that was wrong is answered late. */
const WRONG_TOKEN_MS = 1_000;
const WRONG_TOKENS_AT_ONCE = 8;

/** Serves the board of a folder of runs. Rejects with a `DrillError` (`cannot-listen`) where the address is not available. */
export async function serveBoard({
  runs: folder,
  listen,
  token,
  clock,
  tell,
  decide,
}: ServeBoardOptions): Promise<BoardServer> {
  const closing = new AbortController();
  setMaxListeners(0, closing.signal);
  const runs = new Runs(folder, { tell, clock });
  const viewers = new Viewers(runs, { clock, mayDecide: (run) => decide?.mayDecide(run) ?? false });
  const access = new Access({ host: listen.host, token });
  const looked = runs.look();
  let wrongTokens = 0;
  /** What was decided on this board. */
  const taken = new Set<string>();

  const server = createServer(patience, async (message, response) => {
    try {
      for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
      const why = access.foreign(message.headers);
      if (why !== undefined) return say(response, 403, why);
      await looked;
      const { pathname, searchParams } = new URL(message.url ?? '/', 'http://board');
      if (pathname === '/sign-in') return await signIn(message, response);
      if (!access.knows(message.headers)) return notKnown(pathname, response);
      if (pathname === '/decide') return await decided(message, response);
      if (message.method !== 'GET') return say(response, 405, 'Only GET is answered here.');
      const run = searchParams.get('run') ?? runs.foremost() ?? '';
      if (pathname === '/') return page(run, response);
      if (pathname === '/events') return events(run, message, response);
      if (pathname === '/picture') return picture(run, response);
      say(response, 404, 'There is nothing here.');
    } catch (error) {
      if (response.headersSent) response.destroy();
      else if (error instanceof DrillError) say(response, 409, [error.message, error.hint].filter(Boolean).join(' '));
      else say(response, 500, 'The board could not answer.');
    }
  });

  function page(run: string, response: ServerResponse) {
    const { board, parts } = viewers.render(run);
    const html = boardPage({
      run,
      title: board ? `${board.standing.word}: ${board.title}` : 'No run',
      guard: access.guard,
      parts,
      feed: feedHtml(board?.feed ?? []),
    });
    response.setHeader('Content-Type', 'text/html; charset=utf-8');
    response.end(html);
  }

  function events(run: string, { headers: { 'last-event-id': last = '' } }: IncomingMessage, response: ServerResponse) {
    const seq = /^\d{1,9}$/.test(String(last)) ? Number(last) : undefined;
    if (!viewers.add(run, response, seq)) say(response, 503, 'Too many people look at this board.');
  }

  function picture(run: string, response: ServerResponse) {
    const svg = runs.get(run)?.picture();
    if (!svg) return say(response, 404, 'This run has no picture.');
    response.setHeader('Content-Type', 'image/svg+xml');
    response.end(svg);
  }

  async function signIn(message: IncomingMessage, response: ServerResponse) {
    const asked = await jsonIn(message, tokenSchema, response);
    if (!asked) return;
    const cookie = access.signIn(asked.token);
    if (cookie === undefined) {
      if (wrongTokens >= WRONG_TOKENS_AT_ONCE) return say(response, 429, 'Too many wrong tokens. Try again later.');
      wrongTokens += 1;
      await clock.sleep(WRONG_TOKEN_MS, closing.signal).finally(() => {
        wrongTokens -= 1;
      });
      return say(response, 403, 'This is not the token of this board.');
    }
    response.setHeader('Set-Cookie', cookie);
    say(response, 200, 'Signed in.');
  }

  async function decided(message: IncomingMessage, response: ServerResponse) {
    if (!access.hasGuard(message.headers)) return say(response, 403, 'Reload the page: it is not of this board.');
    const asked = await jsonIn(message, decisionSchema, response);
    if (!asked) return;
    const run = runs.get(asked.run);
    if (!run || !decide?.mayDecide(run)) return say(response, 403, 'Nothing can be decided from this board.');
    const key = `${run.name}/${asked.wait}`;
    if (taken.has(key)) return say(response, 409, 'This was decided already. The run has not read it yet.');
    if (!isOffered(asked, viewers.render(run.name).board))
      return say(response, 409, 'The run does not wait for this any more. Nothing was decided.');
    // A second one would be there for the next time that the run waits.
    taken.add(key);
    try {
      say(response, 202, await decide.take(run, asked));
    } catch (error) {
      taken.delete(key);
      throw error;
    }
  }

  /** What a page of this board sends as JSON; undefined where something else was sent, which is answered. */
  async function jsonIn<T>(
    message: IncomingMessage,
    schema: z.ZodType<T>,
    response: ServerResponse,
  ): Promise<T | undefined> {
    const refused = access.unguarded(message);
    if (refused) return say(response, refused.status, refused.why);
    const body = await bodyOf(message, BODY_MAX);
    if (!body) return say(response, 413, 'That is too long.');
    const read = schema.safeParse(parsed(body));
    return read.success ? read.data : say(response, 400, 'That is nothing that this page sends.');
  }

  const url = await listening(server, listen);
  const over = follow();
  return {
    url,
    async close() {
      closing.abort();
      await closed(server);
      await over;
    },
  };

  async function follow(): Promise<void> {
    await looked;
    while (!closing.signal.aborted) {
      await runs.look();
      viewers.tell();
      await clock.sleep(LOOK_EVERY_MS, closing.signal).catch(() => {});
    }
  }
}

/** Whether a wait of the run offers just this. */
function isOffered({ run: _, wait, why, ...post }: PostedDecision, board: Board | undefined): boolean {
  const offered = board?.waits.find(({ id }) => id === wait)?.decisions ?? [];
  return offered.some((one) => isDeepStrictEqual(one.post, post) && (why !== undefined || !one.needsWhy));
}

function notKnown(pathname: string, response: ServerResponse): undefined {
  if (pathname !== '/') return say(response, 401, 'Sign in first.');
  response.statusCode = 401;
  response.setHeader('Content-Type', 'text/html; charset=utf-8');
  response.end(signInPage());
  return undefined;
}

function say(response: ServerResponse, status: number, words: string): undefined {
  response.statusCode = status;
  response.setHeader('Content-Type', 'text/plain; charset=utf-8');
  // What was not read of a request would be taken for the next one.
  if (status >= 400) response.setHeader('Connection', 'close');
  response.end(words);
}

function parsed(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}

const headers = {
  'Content-Security-Policy': contentSecurity,
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'Cache-Control': 'no-store',
};
