import { setMaxListeners } from 'node:events';
import type { Clock } from '../clock/clock.ts';
import { Aborted, DrillError, type ErrorFacts, errorFacts, NoSession, UnknownOutcome } from '../errors.ts';
import type { RunEvent } from '../journal/events.ts';
import { keepSecretsIn } from '../secrets.ts';
import type { Aws, Service, Transport } from './aws.ts';
import { CallBudget } from './limits.ts';
import type { RunSession } from './session.ts';
import { succeedsSignedAgain } from './skew.ts';
import { type Told, toldBy } from './told.ts';

/** Whose calls these are: the step that the journal files them under, and the signal that ends its waits. */
export interface Caller {
  step: string;
  signal: AbortSignal;
  /** How long this caller's calls are repeated that could succeed later; as the gateway has it by default. */
  patienceMs?: number | undefined;
}

export type Gateway = (caller: Caller) => Aws;

/** A change that was asked for where only reading is allowed. */
const readOnlyRefusal = (operation: string): DrillError =>
  new DrillError('read-only', `${operation} would change something, and this run only reads.`);

type Call = Extract<RunEvent, { type: 'call' }>;

const BACKOFF_MS = 250;
const BACKOFF_MAX_MS = 8_000;
/** A call that keeps failing is shown and journalled after this time. */
const SHOWN_AFTER_MS = 5_000;

/**
 * Builds the one way to AWS.
 * @param regions the regions that the topology names; a call to any other is refused.
 * @param budget shared by all gateways of a process: the limits are the account's.
 * @param readOnly refuses every operation that changes something, before it leaves.
 * @param jitter a number in [0, 1) for a key, so that a dry run's backoff repeats with its seed.
 * @param patienceMs how long a call that could succeed later is repeated: until the caller's signal ends by default.
 * @param mayChange throws where this process may change nothing any more; asked right before each change is sent.
 * @param session what to do when the AWS session ends; absent outside of a run, where that is an error.
 */
export function gateway(options: {
  transport: Transport;
  clock: Clock;
  regions: readonly string[];
  record: (event: RunEvent) => void;
  isChange: (service: Service, operation: string) => boolean;
  jitter: (key: string) => number;
  budget?: CallBudget;
  readOnly?: boolean;
  patienceMs?: number;
  session?: RunSession;
  mayChange?: (() => void) | undefined;
}): Gateway {
  const { transport, clock, regions, record, isChange, jitter, readOnly = false, session, mayChange } = options;
  const budget = options.budget ?? new CallBudget(clock);

  return ({ step, signal, patienceMs = options.patienceMs ?? Number.POSITIVE_INFINITY }) => ({
    aheadMs: () => (transport.awsNowMs?.() ?? clock.nowMs()) - clock.nowMs(),

    async call(service, region, operation, input, callOptions = {}) {
      const { once = false, answerWithinMs, withinMs = patienceMs } = callOptions;
      // A step may ask for many things at once, and all of them end with it: no leak that a user need be told of.
      setMaxListeners(0, signal);
      if (!regions.includes(region)) {
        throw new DrillError(
          'region-not-allowed',
          `${service} ${operation} would go to ${region}, which the topology does not name.`,
        );
      }
      const mutating = isChange(service, operation);
      if (mutating && readOnly) throw readOnlyRefusal(operation);
      let failingSinceMs: number | undefined;
      let isSignedAgain = false;
      for (let attempt = 1, wait = 1; ; attempt += 1) {
        if (signal.aborted) throw new Aborted();
        await budget.take(service, region, operation, signal);
        if (mutating) mayChange?.();
        const startMs = clock.nowMs();
        const note = (outcome: Call['outcome'], answer: unknown, error?: ErrorFacts) => {
          const tookMs = clock.nowMs() - startMs;
          const call: Call = { type: 'call', step, service, operation, region, mutating, attempt, tookMs, outcome };
          const requestId = requestIdOf(answer);
          if (requestId) call.requestId = requestId;
          if (error) call.error = error;
          record(call);
        };
        try {
          const output = await transport.send(service, region, operation, input as object, signal, answerWithinMs);
          if (operation === 'GetSecretValue') keepValue(output as GetSecretValueOutput);
          note('ok', output);
          session?.works(startMs);
          // The transport answers with what the operation's command class declares.
          return output as never;
        } catch (error) {
          // What an emulator lacks, or this tool forbids, will be so the next time.
          if (error instanceof DrillError && !(error instanceof Aborted || error instanceof NoSession)) {
            note('failed', error, errorFacts(error));
            throw error;
          }
          const told = signal.aborted ? 'unanswered' : toldBy(error);
          const isUnknown = mutating && told === 'unanswered';
          note(isUnknown ? 'unknown' : 'failed', error, errorFacts(error));
          if (isUnknown) throw new UnknownOutcome(operation, error);
          if (signal.aborted) throw error;
          if (!isSignedAgain && succeedsSignedAgain(error)) {
            isSignedAgain = true;
            continue;
          }
          if (told === 'session' && session) {
            await session.awaitNew(error, signal);
            continue;
          }
          if (!mayRepeat(told, once)) throw error;
          failingSinceMs ??= startMs;
          const ceilingMs = Math.min(BACKOFF_MAX_MS, BACKOFF_MS * 2 ** wait);
          const waitMs = Math.round(ceilingMs * (0.5 + jitter(`${step}/${operation}/${attempt}`) / 2));
          wait += 1;
          const lastsMs = clock.nowMs() - failingSinceMs;
          if (lastsMs + waitMs > withinMs) throw error;
          if (lastsMs >= SHOWN_AFTER_MS) {
            const what = `${service} ${operation} in ${region}`;
            record({ type: 'look-failing', step, what, reason: reasonOf(error), times: attempt, nextMs: waitMs });
          }
          await clock.sleep(waitMs, signal);
        }
      }
    },
  });
}

interface GetSecretValueOutput {
  SecretString?: string;
  SecretBinary?: Uint8Array;
}

/** From then on, the value of a secret is removed from every text, for all steps. */
function keepValue({ SecretString, SecretBinary = new Uint8Array() }: GetSecretValueOutput): void {
  const bytes = Buffer.from(SecretBinary);
  for (const text of [SecretString, bytes.toString(), bytes.toString('base64')]) keepSecretsIn(text);
}

/** A caller that asks once takes silence for an answer. Throttling is not silence. */
const mayRepeat = (told: Told, once: boolean): boolean =>
  told === 'throttled' || (!once && (told === 'not-sent' || told === 'unanswered'));

const reasonOf = (error: unknown): string => {
  const { name, message } = errorFacts(error);
  return message.includes(name) ? message : `${name}: ${message}`;
};

const requestIdOf = (answer: unknown): string | undefined =>
  (answer as { $metadata?: { requestId?: string } } | undefined)?.$metadata?.requestId;
