import type { Clock } from '../clock/clock.ts';
import { Aborted, DrillError, type ErrorFacts, errorFacts } from '../errors.ts';
import type { RunEvent } from '../journal/events.ts';
import { type Aws, isAwsError, type Service, type Transport } from './aws.ts';
import { CallBudget } from './limits.ts';

/** A change that nobody answered: it may have been carried out, and only a look at AWS will tell. */
export class UnknownOutcome extends DrillError {
  constructor(operation: string, cause: unknown) {
    super('unknown-outcome', `${operation} left, but no answer came: it may have been carried out.`, { cause });
    this.name = 'UnknownOutcome';
  }
}

/** Whose calls these are: the step that the journal files them under, and the signal that ends its waits. */
export interface Caller {
  step: string;
  signal: AbortSignal;
}

export type Gateway = (caller: Caller) => Aws;

/** A change that was asked for where only reading is allowed. */
const readOnlyRefusal = (operation: string): DrillError =>
  new DrillError('read-only', `${operation} would change something, and this run only reads.`);

type Call = Extract<RunEvent, { type: 'call' }>;

const ATTEMPTS = 6;
const BACKOFF_MS = 250;
const BACKOFF_MAX_MS = 8_000;

const throttled = (error: unknown): boolean =>
  isAwsError(
    error,
    'Throttling',
    'Throttled',
    'ThrottlingException',
    'TooManyRequests',
    'RequestLimitExceeded',
    'PriorRequestNotComplete',
    'SlowDown',
  );

/** It never left, so nothing was carried out. */
const unreachable = (error: unknown): boolean => error instanceof Error && error.name === 'Unreachable';

/** Nobody answered, or answered with a fault of its own: whether the call was carried out is not known. */
const unanswered = (error: unknown): boolean =>
  error instanceof Error &&
  (['TimeoutError', 'NetworkingError', 'InternalFailure', 'InternalError', 'ServiceUnavailable'].includes(error.name) ||
    ('$fault' in error && error.$fault === 'server'));

/**
 * Builds the one way to AWS.
 * @param regions the regions that the topology names; a call to any other is refused.
 * @param budget shared by all gateways of a process: the limits are the account's.
 * @param readOnly refuses every operation that changes something, before it leaves.
 * @param jitter a number in [0, 1) for a key, so that a dry run's backoff repeats with its seed.
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
}): Gateway {
  const { transport, clock, regions, record, isChange, jitter, readOnly = false } = options;
  const budget = options.budget ?? new CallBudget(clock);

  return ({ step, signal }) => ({
    async call(service, region, operation, input, { once = false, answerWithinMs } = {}) {
      if (!regions.includes(region)) {
        throw new DrillError(
          'region-not-allowed',
          `${service} ${operation} would go to ${region}, which the topology does not name.`,
        );
      }
      const mutating = isChange(service, operation);
      if (mutating && readOnly) throw readOnlyRefusal(operation);
      for (let attempt = 1; ; attempt += 1) {
        if (signal.aborted) throw new Aborted();
        await budget.take(service, region, operation, signal);
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
          note('ok', output);
          // The transport answers with what the operation's command class declares.
          return output as never;
        } catch (error) {
          // S3 says with a fault of its own that a call came too fast, and carries nothing out.
          const lost = (unanswered(error) && !throttled(error)) || (signal.aborted && error instanceof Aborted);
          const outcome = lost && mutating ? 'unknown' : 'failed';
          note(outcome, error, errorFacts(error));
          if (outcome === 'unknown') throw new UnknownOutcome(operation, error);
          const again = throttled(error) || ((unanswered(error) || unreachable(error)) && attempt < 2 && !once);
          if (!again || attempt === ATTEMPTS) throw error;
          const ceilingMs = Math.min(BACKOFF_MAX_MS, BACKOFF_MS * 2 ** attempt);
          await clock.sleep(ceilingMs * (0.5 + jitter(`${step}/${operation}/${attempt}`) / 2), signal);
        }
      }
    },
  });
}

const requestIdOf = (answer: unknown): string | undefined =>
  (answer as { $metadata?: { requestId?: string } } | undefined)?.$metadata?.requestId;
