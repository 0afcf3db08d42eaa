import * as z from 'zod';
import { isThrottling } from '../errors.ts';
import type { EventOf } from '../journal/events.ts';
import { entriesOf, instantMs, readOnce } from './reading.ts';

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

/** The calls of each step and watch, in the journal's order; under `''` those of nobody. */
export const callsByCaller = readOnce((entries): ReadonlyMap<string, readonly EventOf<'call'>[]> => {
  const calls = new Map<string, EventOf<'call'>[]>();
  for (const entry of entriesOf(entries, 'call')) {
    const caller = entry.step ?? '';
    const own = calls.get(caller);
    if (own) own.push(entry);
    else calls.set(caller, [entry]);
  }
  return calls;
});

export function callFacts(entry: EventOf<'call'>): Call {
  const { service, operation, region, mutating, attempt, tookMs, outcome, requestId, error } = entry;
  return {
    atMs: instantMs(entry),
    service,
    operation,
    region,
    mutating,
    attempt,
    tookMs,
    outcome,
    requestId: requestId ?? null,
    error: error ? `${error.name}: ${error.message}` : null,
    throttled: isThrottled(entry),
  };
}

export const isThrottled = ({ error }: EventOf<'call'>): boolean => error !== undefined && isThrottling(error);
