import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { isLoopback } from '../server/foreign.ts';

const SESSIONS_MAX = 1_000;

/** Who may see the board, and from which pages it may be written to. */
export class Access {
  /** Goes into the page and comes back with each decision. */
  readonly guard = randomBytes(24).toString('base64url');
  private readonly host: string;
  private readonly token: string | undefined;
  private readonly sessions = new Set<string>();

  /** @param token what must be known to see the board; undefined where only this machine can reach it */
  constructor(options: { host: string; token: string | undefined }) {
    this.host = options.host;
    this.token = options.token;
  }

  /**
   * Why a request is refused as another page's: one had its own name lead here, which is then in `Host`, or sent the request from elsewhere,
   * which is then in `Origin`.
   */
  foreign({ host = '', origin, ...headers }: IncomingHttpHeaders): string | undefined {
    const name = host.replace(/:\d+$/, '').replace(/^\[|\]$/g, '');
    if (isLoopback(this.host) && !isLoopback(name)) return `No board is served under the name ${name}.`;
    if (origin !== undefined && !isOwn(origin, host)) return `A page of ${origin} may ask nothing here.`;
    const site = headers['sec-fetch-site'];
    // A link to the board may be followed from anywhere; nothing else may come from another site.
    if (site === 'cross-site' && headers['sec-fetch-mode'] !== 'navigate') return 'Another site may ask nothing here.';
    return undefined;
  }

  /** Why a request may change nothing. */
  unguarded({ method, headers }: IncomingMessage): { status: number; why: string } | undefined {
    if (method !== 'POST') return { status: 405, why: 'Send it with POST.' };
    if (headers.origin === undefined) return { status: 403, why: 'Only the board’s own page may ask this.' };
    if (headers['content-type']?.split(';')[0] !== 'application/json') return { status: 415, why: 'Send JSON.' };
    return undefined;
  }

  /** Whether a decision comes from a page of this board. */
  hasGuard(headers: IncomingHttpHeaders): boolean {
    return isSame(String(headers['x-dr-drill-board'] ?? ''), this.guard);
  }

  knows({ cookie = '' }: IncomingHttpHeaders): boolean {
    if (this.token === undefined) return true;
    return cookie.split('; ').some((one) => {
      const [name, session = ''] = one.split('=');
      return name === COOKIE && this.sessions.has(digestOf(session));
    });
  }

  /** A cookie for anyone who has the token; undefined for anyone else. */
  signIn(token: string): string | undefined {
    if (this.token === undefined || !isSame(token, this.token)) return undefined;
    const session = randomBytes(24).toString('base64url');
    this.sessions.add(digestOf(session));
    const [oldest] = this.sessions;
    if (this.sessions.size > SESSIONS_MAX && oldest !== undefined) this.sessions.delete(oldest);
    return `${COOKIE}=${session}; HttpOnly; SameSite=Strict; Path=/`;
  }
}

const COOKIE = 'dr-drill-board';

const digestOf = (text: string): string => createHash('sha256').update(text).digest('base64url');

/** Takes as long for a text that is nearly the same as for any other. */
const isSame = (a: string, b: string): boolean =>
  timingSafeEqual(createHash('sha256').update(a).digest(), createHash('sha256').update(b).digest());

const isOwn = (origin: string, host: string): boolean => URL.canParse(origin) && new URL(origin).host === host;
