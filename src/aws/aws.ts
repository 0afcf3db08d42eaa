import type { services } from './services/index.ts';

type Services = typeof services;
export type Service = keyof Services;

type Commands<S extends Service> = Services[S]['reads'] & Services[S]['changes'];
export type Operation<S extends Service> = keyof Commands<S> & string;

type Command<S extends Service, O extends Operation<S>> = Commands<S>[O] extends new (
  ...given: infer G
) => infer C
  ? { input: Exclude<G, []> extends [input: infer I] ? I : never; command: C }
  : never;

export type Input<S extends Service, O extends Operation<S>> = Command<S, O>['input'];

/** What the service answers, read off the SDK's own command class. */
export type Output<S extends Service, O extends Operation<S>> = Command<S, O>['command'] extends {
  // biome-ignore lint/suspicious/noExplicitAny: only the handler's answer matters here
  resolveMiddleware(...args: any[]): (args: any) => Promise<{ output: infer Out }>;
}
  ? Out
  : never;

export interface CallOptions {
  /** Not asked a second time where nobody answers: the one who asks takes silence for an answer. */
  once?: boolean;
  /** How long the answer may take, where that is longer than a call usually has. */
  answerWithinMs?: number;
  /** How long a call that could succeed later is repeated, in milliseconds: until the caller's signal ends by default. */
  withinMs?: number;
}

/**
 * The one door to AWS, live or simulated. A call waits for its turn under the service's published limit, and each attempt leaves an
 * event in the journal. A throttled call, one that was never sent, and a read without a valid answer are repeated with backoff
 * until the caller's signal ends. When the AWS session ends, a run's calls wait for a new one.
 * Rejects with the SDK's error where AWS refused; a change without a valid answer rejects with `UnknownOutcome`.
 */
export interface Aws {
  /** How far AWS's clock is ahead of steady time, in milliseconds, to the whole second and as far as its answers have told. */
  aheadMs?: () => number;
  call<S extends Service, O extends Operation<S>>(
    service: S,
    region: string,
    operation: O,
    input: Input<S, O>,
    options?: CallOptions,
  ): Promise<Output<S, O>>;
}

/** Sends one request with the client of a service and region; no retries of its own. */
export interface Transport {
  /** AWS's clock now, as far as its answers have told; absent where there is but one clock. */
  awsNowMs?: () => number;
  send(
    service: Service,
    region: string,
    operation: string,
    input: object,
    signal?: AbortSignal,
    answerWithinMs?: number,
  ): Promise<unknown>;
}

/** The SDK names errors by shape (`DBInstanceNotFoundFault`), the wire by code (`DBInstanceNotFound`): both mean the same. */
export function isAwsError(error: unknown, ...codes: string[]): boolean {
  if (!(error instanceof Error)) return false;
  const plain = error.name.replace(/(Fault|Exception)$/, '');
  return codes.some((code) => code.replace(/(Fault|Exception)$/, '') === plain);
}
