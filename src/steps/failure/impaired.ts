import type { StepContext } from '../step.ts';

export interface Impairment {
  what: string;
  region: string;
}

/** Notes that the failure is there; `since` (ISO) where that is known better than by when this came back. */
export function recordImpaired({ what, region }: Impairment, { record }: StepContext, since?: string): void {
  record({ type: 'impaired', what, region, ...(since !== undefined && { since }) });
}

/** Since when the failure is there, in epoch milliseconds; `undefined` where nobody noted one. */
export function impairedSinceMs({ entries }: Pick<StepContext, 'entries'>): number | undefined {
  const impaired = entries().find((entry) => entry.type === 'impaired');
  return impaired && Date.parse(impaired.since ?? impaired.at);
}

/** A process that ended in between could not say when: the time must not come out shorter than it was. */
export function recordImpairedIfNobodyDid(impairment: Impairment, context: StepContext): void {
  if (context.entries().some(({ type }) => type === 'impaired')) return;
  const asked = context.entries().find((entry) => entry.type === 'step-applying' && entry.step === context.step);
  recordImpaired(impairment, context, asked?.at);
}

/** From when recovery time counts: from the failure, or from the phase that the drill file names. Earlier events say nothing about the recovery. */
export function recoveryCountsFromMs(context: Pick<StepContext, 'entries'>): number | undefined {
  const entries = context.entries();
  const header = entries.find((entry) => entry.type === 'run-started');
  const drill = header?.type === 'run-started' ? header.drill : undefined;
  const from = drill?.machine === 'custom' ? drill.measure.recovery?.from : undefined;
  const entered = entries.find((entry) => entry.type === 'phase-entered' && entry.phase === from);
  return impairedSinceMs(context) ?? (entered && Date.parse(entered.at));
}
