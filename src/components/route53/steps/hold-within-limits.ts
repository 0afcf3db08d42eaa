import * as z from 'zod';
import { inWords } from '../../../duration.ts';
import { DrillError } from '../../../errors.ts';
import { errorShare, latency95, serviceMetrics } from '../../../steps/cloudwatch/service.ts';
import type { Standing, StepContext } from '../../../steps/step.ts';
import { leverMustHold, leverMustHoldNow } from '../../public-name/lever-holds.ts';

/** What must hold while customers are moved by shares, for the watched customers together and in CloudWatch. */
export const limitsParams = z.object({
  /** The name's component, whose customers are watched. */
  of: z.string(),
  errorRateMax: z.number(),
  p95MaxMs: z.number(),
  /** The watched customers' last requests that count. */
  overMs: z.number(),
  /** How often one of these customers sends a request; null where nobody is watched. */
  everyMs: z.number().nullable(),
  metrics: serviceMetrics,
});
type Limits = z.output<typeof limitsParams>;

const LOOK_EVERY_MS = 5_000;
/** Fewer answers say nothing about one in twenty. */
const ENOUGH = 20;

/** What was seen last, where anything was. */
interface Seen {
  errorRate?: number | undefined;
  p95Ms?: number | undefined;
}

/**
 * Looks until `holdMs` after `sinceMs`, and fails as soon as more requests fail, or answers are slower, than the drill allows, or
 * someone else moves customers.
 * @param stage what holds, in words, such as `25 % in Tokyo`
 * @param standing how the lever stands
 */
export async function holdWithinLimits(
  limits: Limits,
  { stage, sinceMs, holdMs }: { stage: string; sinceMs: number; holdMs: number },
  standing: (context: StepContext) => Promise<Standing>,
  context: StepContext,
): Promise<void> {
  const { clock, signal } = context;
  const endMs = sinceMs + holdMs;
  const { metrics: published } = limits;
  const period = published?.period ?? Number.POSITIVE_INFINITY;
  // A period that began before says something of the stage before.
  const wholeMs = published ? Math.ceil(sinceMs / period) * period : sinceMs;
  let metrics: Seen = {};
  let publishedMs = wholeMs + period;
  for (;;) {
    leverMustHold(context);
    const customers = customersSince(limits, sinceMs, context);
    judge(limits, 'the watched customers', customers, stage, context);
    if (clock.nowMs() >= publishedMs) {
      metrics = published ? await metricsSince(published, wholeMs, context) : {};
      judge(limits, 'CloudWatch', metrics, stage, context);
      publishedMs = clock.nowMs() + period;
    }
    if (clock.nowMs() >= endMs) {
      await leverMustHoldNow(standing, context);
      return note(stage, customers, metrics, context);
    }
    await clock.sleep(Math.min(LOOK_EVERY_MS, Math.max(0, endMs - clock.nowMs())), signal);
  }
}

/** Of as many requests as fit into the time that counts: the first that fails is not all of them. */
function customersSince({ of, overMs, everyMs }: Limits, sinceMs: number, { clock, probed }: StepContext): Seen {
  if (everyMs === null) return {};
  const fromMs = Math.max(sinceMs, clock.nowMs() - overMs);
  const lately = probed(of).filter(({ at }) => at >= fromMs);
  if (lately.length === 0) return {};
  const failed = lately.filter(({ ok }) => !ok).length;
  const answered = lately.flatMap(({ ok, latencyMs }) => (ok ? latencyMs : [])).sort((a, b) => a - b);
  return {
    errorRate: failed / Math.max(lately.length, Math.floor(overMs / everyMs)),
    p95Ms: answered.length < ENOUGH ? undefined : answered[Math.ceil(answered.length * 0.95) - 1],
  };
}

async function metricsSince(
  metrics: NonNullable<Limits['metrics']>,
  sinceMs: number,
  context: StepContext,
): Promise<Seen> {
  const [errorRate, p95] = await Promise.all([
    errorShare(metrics, sinceMs, context),
    latency95(metrics, sinceMs, context),
  ]);
  return { errorRate, p95Ms: p95 === undefined ? undefined : p95 * 1000 };
}

function judge(limits: Limits, who: string, { errorRate, p95Ms }: Seen, stage: string, context: StepContext): void {
  const { errorRateMax, p95MaxMs } = limits;
  const over =
    errorRate !== undefined && errorRate > errorRateMax
      ? `${percent(errorRate)} of requests failed, where ${percent(errorRateMax)} are allowed`
      : p95Ms !== undefined && p95Ms > p95MaxMs
        ? `the 95th percentile took ${inWords(Math.round(p95Ms))}, where ${inWords(p95MaxMs)} are allowed`
        : undefined;
  if (over === undefined) return;
  const detail = `${over} (${who})`;
  context.record({ type: 'check', check: context.step, layer: 'business', critical: true, ok: false, detail });
  throw new DrillError('over-limit', `With ${stage}, ${detail}.`, {
    hint: 'Find out why before customers are moved again: capacity, cold caches, or the way to the database.',
  });
}

function note(stage: string, customers: Seen, metrics: Seen, { step, record }: StepContext): void {
  const of = (who: string, { errorRate, p95Ms }: Seen) =>
    `${who}: ${errorRate === undefined ? 'no error rate' : `${percent(errorRate)} failed`}, ${
      p95Ms === undefined ? 'no p95' : `p95 ${Math.round(p95Ms)} ms`
    }`;
  const detail = `${stage}; ${of('customers', customers)}; ${of('CloudWatch', metrics)}`;
  record({ type: 'check', check: step, layer: 'business', critical: true, ok: true, detail });
}

const percent = (share: number): string => `${Math.round(share * 10_000) / 100} %`;
