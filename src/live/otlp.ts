import type { HrTime } from '@opentelemetry/api';
import type { PushMetricExporter } from '@opentelemetry/sdk-metrics';
import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace';
import description from '../../package.json' with { type: 'json' };
import type { Asked, Protocol } from '../telemetry/asked.ts';
import type { Metric } from '../telemetry/metrics.ts';
import type { Span } from '../telemetry/spans.ts';

/** Takes what a run tells a collector. Nothing here waits for the collector, but for `close`. */
export interface Otlp {
  spans: (spans: readonly Span[]) => void;
  metrics: (metrics: readonly Metric[]) => void;
  /** Sends what is left. */
  close: () => Promise<void>;
}

/**
 * Sends OTLP to where OpenTelemetry's variables say; the libraries read endpoints, headers, certificates and limits there themselves.
 * @param told why something did not arrive, each time
 */
export async function otlp({ traces, metrics }: Asked, told: (why: string) => void): Promise<Otlp> {
  const sdk = await import('./otlp-sdk-library.ts');
  const resource = sdk
    .defaultResource()
    .merge(sdk.resourceFromAttributes({ 'service.name': 'dr-drill', 'service.version': description.version }))
    .merge(sdk.detectResources({ detectors: [sdk.envDetector] }));
  const scope = { name: 'dr-drill', version: description.version };
  const heard = <T extends SpanExporter | PushMetricExporter>(exporter: T): T => toldOf(exporter, told);

  const batches = traces && new sdk.BatchSpanProcessor({ exporter: heard((await exporters(traces)).traces()) });
  const reader =
    metrics &&
    new sdk.PeriodicExportingMetricReader({
      exporter: heard((await exporters(metrics)).metrics()),
      exportIntervalMillis: A_DAY_MS,
    });
  const meters = reader && new sdk.MeterProvider({ resource, readers: [reader] });
  return {
    spans: (spans) => {
      for (const span of spans) batches?.onEnd(readable(span, resource, scope));
    },
    metrics: (all) => {
      const meter = meters?.getMeter(scope.name, scope.version);
      for (const { name, unit, value, attributes } of all) meter?.createGauge(name, { unit }).record(value, attributes);
    },
    close: async () => {
      await Promise.all([batches?.shutdown(), meters?.shutdown()]);
    },
  };
}

/** Metrics are sent once, at the end. */
const A_DAY_MS = 86_400_000;

async function exporters(
  protocol: Protocol,
): Promise<{ traces: () => SpanExporter; metrics: () => PushMetricExporter }> {
  if (protocol === 'grpc') {
    const grpc = await import('./otlp-grpc-library.ts');
    return { traces: () => new grpc.OTLPTraceExporter(), metrics: () => new grpc.OTLPMetricExporter() };
  }
  const http = await import('./otlp-http-library.ts');
  return protocol === 'http/json'
    ? { traces: () => new http.JsonTraceExporter(), metrics: () => new http.JsonMetricExporter() }
    : { traces: () => new http.OTLPTraceExporter(), metrics: () => new http.OTLPMetricExporter() };
}

/** The SDK keeps failures to itself. */
function toldOf<T extends SpanExporter | PushMetricExporter>(exporter: T, told: (why: string) => void): T {
  const send = exporter.export.bind(exporter) as (
    items: never,
    done: (result: { code: number; error?: Error }) => void,
  ) => void;
  exporter.export = (items: unknown, done: (result: { code: number; error?: Error }) => void) =>
    send(items as never, (result) => {
      if (result.code !== 0) told(result.error?.message ?? 'it refused');
      done(result);
    });
  return exporter;
}

const INTERNAL = 0;
const CLIENT = 2;
const OK = 1;
const ERROR = 2;
const SAMPLED = 1;

/** As the SDK has spans that have ended. */
function readable(
  span: Span,
  resource: ReadableSpan['resource'],
  instrumentationScope: ReadableSpan['instrumentationScope'],
): ReadableSpan {
  const { traceId, spanId, parentId, name, isCall, fromMs, toMs, attributes, failed, events } = span;
  const context = (id: string) => ({ traceId, spanId: id, traceFlags: SAMPLED });
  return {
    name,
    kind: isCall ? CLIENT : INTERNAL,
    spanContext: () => context(spanId),
    ...(parentId !== undefined && { parentSpanContext: context(parentId) }),
    startTime: hrTime(fromMs),
    endTime: hrTime(toMs),
    duration: hrTime(toMs - fromMs),
    status: failed === undefined ? { code: OK } : { code: ERROR, message: failed },
    attributes,
    links: [],
    events: events.map((one) => ({ name: one.name, time: hrTime(one.atMs), attributes: one.attributes })),
    ended: true,
    resource,
    instrumentationScope,
    droppedAttributesCount: 0,
    droppedEventsCount: 0,
    droppedLinksCount: 0,
  };
}

const hrTime = (ms: number): HrTime => [Math.trunc(ms / 1_000), Math.round((ms % 1_000) * 1_000_000)];
