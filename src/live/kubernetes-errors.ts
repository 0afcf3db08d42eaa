import { DrillError, UnknownOutcome } from '../errors.ts';
import { isAboutTrust } from './trust.ts';

/** How far a call had come when it failed. */
export interface Progress {
  /** The Kubernetes API that was asked, in words. */
  who: string;
  /** The last request was to change something, and had left or may have. */
  changing: string | undefined;
}

export const named = (name: string, message: string, cause?: unknown): Error =>
  Object.assign(new Error(message, { cause }), { name, byPort: true });

/** Why the API refused to do something, in its own form. */
interface Status {
  kind: 'Status';
  reason?: string;
  message?: string;
}

/**
 * An error as the port names it: by the reason of the API's own `Status`, or as one that passes. A page of something on the way is no answer
 * of the API, whatever its status; and a change without an answer of the API may have been made.
 */
export function asPortNamesIt(error: unknown, { who, changing }: Progress): Error {
  if (error instanceof DrillError) return error;
  const unknownIfChanging = (passing: Error) => (changing ? new UnknownOutcome(changing, passing) : passing);
  if (isNamed(error)) return error.name === 'Timeout' ? unknownIfChanging(error) : error;
  const { code, body, message = String(error) } = error as { code?: unknown; body?: unknown; message?: string };
  if (typeof code === 'number') {
    const status = statusIn(body);
    const told = `${who}: ${status?.message ?? `status ${code}`}`;
    // The client hands on no body with this status, and an API that is busy says so in plain text.
    if (code === 401) return named('Unauthorized', `${who} did not accept the token (status 401).`, error);
    if (code === 429) return named('Throttled', status ? told : `${who} has too much to do (status 429).`, error);
    if (status && code === 410) return named('Unavailable', told, error);
    if (status && code < 500) return named(status.reason || (REASONS[code] ?? `Status${code}`), told, error);
    const page = `${who} is not reached: something on the way answered with status ${code}.`;
    return unknownIfChanging(named('Unavailable', status ? told : page, error));
  }
  const at = String(code ?? '');
  if (isAboutTrust(at, message))
    return new DrillError('tls-failed', `No trusted connection to ${who}: ${message}`, {
      hint: 'A proxy that opens TLS may stand between: exclude the cluster’s endpoint from it.',
      cause: error,
    });
  if (NEVER_LEFT.test(at)) return named('Unreachable', `${who} cannot be reached: ${message}`, error);
  return unknownIfChanging(named('Unavailable', `${who} gave no valid answer: ${message}`, error));
}

const isNamed = (error: unknown): error is Error => error instanceof Error && 'byPort' in error;

/** Where an API gives none. */
const REASONS: Record<number, string> = { 403: 'Forbidden', 404: 'NotFound', 409: 'Conflict' };

const NEVER_LEFT = /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH)$/;

function statusIn(body: unknown): Status | undefined {
  try {
    const status = (typeof body === 'string' ? JSON.parse(body) : body) as Status | null | undefined;
    return status?.kind === 'Status' ? status : undefined;
  } catch {
    // A page, or cut off.
    return undefined;
  }
}
