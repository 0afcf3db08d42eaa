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
