import { serveBoard } from '../board/serve.ts';
import { realClock } from '../clock/real-clock.ts';
import { DrillError } from '../errors.ts';
import { mostBytes, readText } from '../read-file.ts';
import { isLoopback } from '../server/foreign.ts';
import { address } from './address.ts';
import { decisionsAs } from './board-decisions.ts';
import { exitCodes } from './exit-codes.ts';
import { narrator } from './narrate.ts';
import type { Terminal } from './terminal.ts';
import { toldToEnd } from './told-to-end.ts';

export interface BoardCommandOptions {
  listen: string;
  runs: string;
  tokenFile?: string;
  as?: string;
}

const TOKEN_MIN = 20;

/** Serves the board of a folder of runs until it is told to end. */
export async function boardCommand(options: BoardCommandOptions, terminal: Terminal): Promise<number> {
  const listen = address(options.listen, '127.0.0.1:8080');
  const token = options.tokenFile === undefined ? undefined : tokenIn(options.tokenFile);
  if (!isLoopback(listen.host) && token === undefined)
    throw new DrillError('token-needed', `Everybody who can reach ${listen.host} would see every run.`, {
      hint: `Give a file with a token of ${TOKEN_MIN} characters or more: openssl rand -hex 32 > board.token, then --token-file board.token.`,
    });
  if (options.as !== undefined && !isLoopback(listen.host))
    throw new DrillError('as-elsewhere', `Everybody who can reach ${listen.host} could decide as you.`, {
      hint: 'Decide with --as on a board that only this machine can reach, such as --listen 127.0.0.1:8080.',
    });
  const decide = options.as === undefined ? undefined : decisionsAs(options.as);
  const ended = toldToEnd();
  const board = await serveBoard({
    runs: options.runs,
    listen,
    token,
    clock: realClock(),
    decide,
    tell: () => narrator({ colour: false }),
  });
  terminal.out(`Board of ${options.runs} at ${board.url}\n`);
  if (!isLoopback(listen.host))
    terminal.err('The token and all runs travel unencrypted: put a proxy with TLS in front of this board.\n');
  await ended;
  await board.close();
  return exitCodes.passed;
}

function tokenIn(path: string): string {
  const token = readText(path, mostBytes.note).trim();
  if (token.length >= TOKEN_MIN) return token;
  throw new DrillError('token-short', `The token in ${path} has ${token.length} characters; ${TOKEN_MIN} are needed.`, {
    hint: `Create one that cannot be guessed: openssl rand -hex 32 > ${path}`,
  });
}
