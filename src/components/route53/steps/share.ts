import * as z from 'zod';
import type { EventOf, Json } from '../../../journal/events.ts';
import { metricsIn } from '../../../steps/cloudwatch/service.ts';
import { type Around, component } from '../../../steps/given.ts';
import type { StepContext } from '../../../steps/step.ts';
import type { Given } from '../../verbs.ts';
import { limitsParams } from './hold-within-limits.ts';

export const shareParams = z.object({
  /** Between 0 and 1. */
  recovery: z.number(),
  regions: z.object({ primary: z.string(), recovery: z.string() }),
  holdMs: z.number(),
  limits: limitsParams,
});
type Share = z.output<typeof shareParams>;

export const shareOf = ({ recovery, hold, errorRate, p95, over }: Given<'traffic.share'>, around: Around): Share => ({
  recovery,
  regions: around.topology.regions,
  holdMs: hold,
  limits: {
    of: component('route53', around).id,
    errorRateMax: errorRate,
    p95MaxMs: p95,
    overMs: over,
    everyMs: around.probe ? around.probe.every / around.probe.customers : null,
    metrics: metricsIn('recovery', component('route53', around), around.topology.regions),
  },
});

/** The stage in words, such as `75 % in ap-east-2, 25 % in ap-northeast-1`. */
export const stageInWords = ({ recovery, regions }: Share): string =>
  `${Math.round((1 - recovery) * 100)} % in ${regions.primary}, ${Math.round(recovery * 100)} % in ${regions.recovery}`;

/** What the first stage of this name found: every stage goes back to that at once, and not to the stage before. */
export function foundByFirst(
  { kind, name }: { kind: string; name: string },
  { entries }: StepContext,
): Json | undefined {
  const isOfName = ({ params }: EventOf<'step-started'>) => (params as { name?: Json }).name === name;
  const first = entries().find(
    (entry): entry is EventOf<'step-started'> =>
      entry.type === 'step-started' && entry.kind === kind && isOfName(entry),
  );
  const observed = entries().find(
    (entry): entry is EventOf<'step-observed'> => entry.type === 'step-observed' && entry.step === first?.step,
  );
  return observed?.state;
}

/** Since when the stage is in force: noted once, so that a run which was taken up again holds to the same end. */
export function inForceSince(stage: string, { step, entries, record, clock }: StepContext): number {
  const check = `${step} in force`;
  const known = entries().find((entry) => entry.type === 'check' && entry.check === check);
  if (known) return Date.parse(known.at);
  record({ type: 'check', check, layer: 'service', critical: false, ok: true, detail: stage });
  return clock.nowMs();
}
