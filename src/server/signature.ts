import { header, type Received } from './exchange.ts';
import { Refusal } from './refusal.ts';

/** Who asked which service, where and when, by the signature; which nobody verifies. */
export interface Scope {
  signingName: string;
  region: string;
  /** Whose credentials signed it. */
  keyId: string;
  signedMs: number;
  /** How long a presigned URL holds. */
  expiresMs: number | undefined;
}

const MINUTE = 60_000;
/** How far AWS lets a client's clock be off. */
const SKEW_MAX_MS = 5 * MINUTE;

/** Reads service, region and date off the signature, in the header or, of a presigned URL, in the query. */
export function scopeOf(request: Received): Scope {
  const authorization = header(request, 'authorization');
  if (authorization !== undefined) return fromHeader(request, authorization);
  const { query } = request;
  if (query.has('X-Amz-Signature') || query.has('X-Amz-Credential')) return fromQuery(query);
  throw new Refusal('unsigned', 'Request is missing Authentication Token');
}

/** Refuses what was signed too long ago, or by a clock that runs ahead. */
export function mustBeFresh({ signedMs, expiresMs }: Scope, nowMs: number): void {
  const now = basicTime(nowMs);
  const signed = basicTime(signedMs);
  if (expiresMs !== undefined && nowMs > signedMs + expiresMs) throw new Refusal('stale-url', 'Request has expired');
  if (expiresMs === undefined && signedMs < nowMs - SKEW_MAX_MS) {
    const limit = basicTime(nowMs - SKEW_MAX_MS);
    throw new Refusal('stale-signature', `Signature expired: ${signed} is now earlier than ${limit} (${now} - 5 min.)`);
  }
  if (signedMs > nowMs + SKEW_MAX_MS) {
    const limit = basicTime(nowMs + SKEW_MAX_MS);
    throw new Refusal(
      'stale-signature',
      `Signature not yet current: ${signed} is still later than ${limit} (${now} + 5 min.)`,
    );
  }
}

function fromHeader(request: Received, authorization: string): Scope {
  const [algorithm = '', ...rest] = authorization.trim().split(/\s+/);
  const parts = new Map(
    rest
      .join('')
      .split(',')
      .map((part) => [part.slice(0, part.indexOf('=')), part.slice(part.indexOf('=') + 1)]),
  );
  if (algorithm !== 'AWS4-HMAC-SHA256') throw malformed(`Unsupported AWS 'algorithm': '${algorithm}'.`);
  for (const name of ['Credential', 'Signature', 'SignedHeaders']) {
    if (!parts.get(name)) throw malformed(`Authorization header requires '${name}' parameter.`);
  }
  const date = header(request, 'x-amz-date');
  const signedMs = date === undefined ? Date.parse(header(request, 'date') ?? '') : parseBasicTime(date);
  if (Number.isNaN(signedMs)) {
    throw malformed("Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.");
  }
  return { ...credential(parts.get('Credential') ?? ''), signedMs, expiresMs: undefined };
}

function fromQuery(query: URLSearchParams): Scope {
  for (const name of ['X-Amz-Algorithm', 'X-Amz-Credential', 'X-Amz-Signature', 'X-Amz-SignedHeaders', 'X-Amz-Date']) {
    if (!query.get(name)) throw malformed(`AWS query-string parameters must include '${name}'.`);
  }
  const signedMs = parseBasicTime(query.get('X-Amz-Date') ?? '');
  if (Number.isNaN(signedMs)) throw malformed("'X-Amz-Date' must be in ISO 8601 basic format.");
  const seconds = Number(query.get('X-Amz-Expires') ?? 15 * 60);
  return { ...credential(query.get('X-Amz-Credential') ?? ''), signedMs, expiresMs: seconds * 1000 };
}

/** As `AKIA…/20260105/ap-east-2/rds/aws4_request`; a key id may hold slashes of its own. */
function credential(text: string): Pick<Scope, 'signingName' | 'region' | 'keyId'> {
  const [end, signingName, region, day, ...key] = text.split('/').reverse();
  if (end !== 'aws4_request' || !signingName || !region || !/^\d{8}$/.test(day ?? '') || !key.join('')) {
    throw malformed(
      `Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term: ${text}`,
    );
  }
  return { signingName, region, keyId: key.reverse().join('/') };
}

const malformed = (message: string) => new Refusal('malformed-signature', message);

/** As in signatures: `20260105T010000Z`. */
const basicTime = (ms: number): string => new Date(ms).toISOString().replace(/[-:]|\.\d+/g, '');

function parseBasicTime(text: string): number {
  const parts = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text);
  if (!parts) return Number.NaN;
  const [, year, month, day, hour, minute, second] = parts;
  return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
}
