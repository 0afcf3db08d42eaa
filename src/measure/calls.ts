import * as z from 'zod';
import type { Entry, EventOf } from '../journal/events.ts';
import { entriesOf, wallMs } from './reading.ts';

/** One call to AWS. Source: a `call` event, which is written when the answer is there; `tookMs` in milliseconds. */
export const callSchema = z.strictObject({
  atMs: z.number().describe('When its answer came, in epoch milliseconds.'),
  service: z.string(),
  operation: z.string(),
  region: z.string(),
  mutating: z.boolean(),
  attempt: z.int(),
  tookMs: z.number(),
  outcome: z.enum(['ok', 'failed', 'unknown']),
  requestId: z.string().nullable(),
  error: z.string().nullable(),
  throttled: z.boolean(),
});

export type Call = z.output<typeof callSchema>;

/** Names that AWS services give a refusal for calling too often. */
const throttles = /Throttl|TooManyRequests|RequestLimitExceeded|PriorRequestNotComplete|SlowDown/;

/** The calls filed under one step or watch, in the journal's order. */
export const callsOf = (entries: readonly Entry[], step: string): Call[] =>
  entriesOf(entries, 'call')
    .filter((entry) => entry.step === step)
    .map(callFacts);

/** Who made calls: steps, watches, and `''` for calls filed under nobody. */
export const callers = (entries: readonly Entry[]): string[] => [
  ...new Set(entriesOf(entries, 'call').map(({ step }) => step ?? '')),
];

export function callFacts(entry: EventOf<'call'>): Call {
  const { service, operation, region, mutating, attempt, tookMs, outcome, requestId, error } = entry;
  return {
    atMs: wallMs(entry),
    service,
    operation,
    region,
    mutating,
    attempt,
    tookMs,
    outcome,
    requestId: requestId ?? null,
    error: error ? `${error.name}: ${error.message}` : null,
    throttled: throttles.test(error?.name ?? ''),
  };
}
