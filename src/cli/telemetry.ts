import { realClock } from '../clock/real-clock.ts';
import type { Entry } from '../journal/events.ts';
import { otlp } from '../live/otlp.ts';
import { askedBy } from '../telemetry/asked.ts';
import type { Metric } from '../telemetry/metrics.ts';
import { type Span, Spans } from '../telemetry/spans.ts';
import { abandonConnections } from './abandoned.ts';

/** So long the end of a command waits for a collector. */
const PATIENCE_MS = 5_000;

/** What a command tells a collector, beside its work and never in its way. */
export interface Telemetry {
  entry: (entry: Entry) => void;
  /** Sends what is left, with these metrics, and gives up after a while. */
  close: (metrics: readonly Metric[]) => Promise<void>;
}

/**
 * Tells a collector of a run, or of a schedule alone.
 * @param run the name of the run's folder
 * @param before what the journal of a run that is taken up again holds: its spans are sent again, under the same IDs
 */
export async function openTelemetry({
  run = '',
  before = [],
  tell,
}: {
  run?: string;
  before?: readonly Entry[];
  tell: (why: string) => void;
}): Promise<Telemetry> {
  const clock = realClock();
  let isTold = false;
  const told = (why: string) => {
    if (isTold) return;
    isTold = true;
    tell(`Telemetry was not sent: ${why}. Nothing waits for it; the journal has everything.`);
  };
  const asked = askedBy(process.env);
  for (const one of asked.wrong) told(one);
  const collector = await otlp(asked, told);
  const spans = new Spans(run);
  const rehearsed: Span[] = [];
  let isRehearsal = false;
  const entry = (one: Entry) => {
    if (one.type === 'run-started') isRehearsal = one.mode === 'dry-run';
    const ended = spans.hear(one);
    if (isRehearsal) rehearsed.push(...ended);
    else collector.spans(ended);
  };
  for (const one of before) entry(one);
  return {
    entry,
    async close(metrics) {
      collector.spans(untilNow(rehearsed, clock.wallMs()));
      collector.metrics(metrics);
      const limit = new AbortController();
      const gaveUp = clock.sleep(PATIENCE_MS, limit.signal).then(
        () => 'gave up' as const,
        () => 'closed' as const,
      );
      const end = await Promise.race([
        collector.close().then(
          () => 'closed' as const,
          (error: Error) => told(error.message),
        ),
        gaveUp,
      ]);
      limit.abort();
      if (end !== 'gave up') return;
      told(`the collector did not answer within ${PATIENCE_MS / 1_000} s`);
      abandonConnections();
    },
  };
}

/** Spans of simulated time, moved so that they end now: a trace backend takes none of another year. */
function untilNow(spans: readonly Span[], nowMs: number): Span[] {
  const byMs = nowMs - Math.max(...spans.map(({ toMs }) => toMs));
  return spans.map((span) => ({
    ...span,
    fromMs: span.fromMs + byMs,
    toMs: span.toMs + byMs,
    events: span.events.map((one) => ({ ...one, atMs: one.atMs + byMs })),
  }));
}
