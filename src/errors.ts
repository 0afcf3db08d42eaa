import { withoutSecrets } from './secrets.ts';

/** Every mistake that a person can make or meet, told with what to do about it. */
export class DrillError extends Error {
  /** A stable name for machines, such as `drill-file-invalid`. */
  readonly code: string;
  /** What to do now, in a sentence. */
  readonly hint: string | undefined;

  constructor(code: string, message: string, options: { hint?: string; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'DrillError';
    this.code = code;
    this.hint = options.hint;
  }
}

/** A wait was cut short: by an abort, or because its state was left. */
export class Aborted extends DrillError {
  constructor(reason = 'stopped before it was done') {
    // Every step that is left cuts a wait short, and nobody reads where: a trace costs more than the wait.
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0;
    super('aborted', reason);
    Error.stackTraceLimit = stackTraceLimit;
    this.name = 'AbortError';
  }
}

/** A change that nobody answered: it may have been carried out, and only a look tells. */
export class UnknownOutcome extends DrillError {
  constructor(change: string, cause: unknown) {
    super('unknown-outcome', `${change} was sent, but no valid answer came: it may have been carried out.`, { cause });
    this.name = 'UnknownOutcome';
  }
}

/** The run cannot go on for now. It stops, leaves everything as it stands, and can be resumed. */
export class Suspended extends DrillError {
  constructor(message: string, options: { hint?: string; cause?: unknown } = {}) {
    super('run-suspended', message, options);
    this.name = 'Suspended';
  }
}

/** Names under which ports and the SDK report that nobody gave a valid answer. */
const PASSING = new Set([
  'ConnectionFailed',
  'InternalError',
  'InternalFailure',
  'LoginRefused',
  'NetworkingError',
  'ServiceUnavailable',
  'Throttled',
  'Timeout',
  'TimeoutError',
  'Unavailable',
  'Unreachable',
  'Unreadable',
]);

/** Node's codes for a connection that broke or never came. */
const NETWORK =
  /^(ECONNRESET|ECONNREFUSED|ECONNABORTED|EPIPE|ETIMEDOUT|EHOSTUNREACH|EHOSTDOWN|ENETUNREACH|ENETDOWN|EAI_AGAIN|ENOTFOUND)$/;

/** Whether an error says only that a look failed, and nothing about what was looked at: the look is worth repeating. */
export function isPassing(error: unknown): boolean {
  if (!(error instanceof Error) || error instanceof DrillError) return false;
  const { code = '', $fault, $metadata } = error as SdkFields;
  return (
    PASSING.has(error.name) ||
    NETWORK.test(code) ||
    $fault === 'server' ||
    ($metadata?.httpStatusCode ?? 0) >= 500 ||
    isThrottling(error)
  );
}

interface SdkFields {
  code?: string;
  $fault?: string;
  $metadata?: { httpStatusCode?: number };
}

const THROTTLING =
  /^((EC2)?Throttl(ed|ing)|TooManyRequests|RequestLimitExceeded|PriorRequestNotComplete|SlowDown|RequestThrottled|BandwidthLimitExceeded|LimitExceededRate|ProvisionedThroughputExceeded)/;

/** Whether a call was refused for its rate: nothing was done. */
export const isThrottling = ({ name, message }: Error): boolean =>
  THROTTLING.test(name) || /^Rate exceeded/i.test(message);

/** A plain, serialisable account of an error, without secrets: an `Error` object becomes `{}` in JSON. */
export interface ErrorFacts {
  name: string;
  message: string;
  hint?: string;
}

export function errorFacts(error: unknown): ErrorFacts {
  if (!(error instanceof Error)) return { name: 'Error', message: withoutSecrets(String(error)) };
  const facts: ErrorFacts = { name: error.name, message: withoutSecrets(error.message) };
  if (error instanceof DrillError && error.hint) facts.hint = error.hint;
  return facts;
}

/** There are no AWS credentials that work: no call can leave until there are new ones. `hint` says how to get them. */
export class NoSession extends DrillError {
  constructor(code: string, message: string, options: { hint: string; cause?: unknown }) {
    super(code, message, options);
    this.name = 'NoSession';
  }
}
