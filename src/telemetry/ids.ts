import { createHash } from 'node:crypto';
import { askedBy } from './asked.ts';

/** A run, as its folder is named, in the account of its topology. */
export interface RunName {
  account: string;
  run: string;
}

/** The same in every process of a run, so that a resumed run continues its trace. */
export const traceIdOf = ({ account, run }: RunName): string => hash(`dr-drill/${account}/${run}`).slice(0, 32);

/** The span of the whole run, or the one that began with this line of the journal. */
export const spanIdOf = (traceId: string, began: 'run' | number): string => hash(`${traceId}/${began}`).slice(0, 16);

/** Gives the header of W3C Trace Context that puts what a service does on a request below a span of the run. */
export type Traceparent = (began: Parameters<typeof spanIdOf>[1]) => string;

/** Nothing where no trace is asked for. */
export function traceparentsOf(
  env: Readonly<Record<string, string | undefined>>,
  run: RunName,
): Traceparent | undefined {
  if (askedBy(env).traces === null) return undefined;
  const traceId = traceIdOf(run);
  return (began) => `00-${traceId}-${spanIdOf(traceId, began)}-01`;
}

const hash = (text: string): string => createHash('sha256').update(text).digest('hex');
