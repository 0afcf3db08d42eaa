/** The parts of OpenTelemetry's SDK that batch and aggregate. The build makes a script of its own of it. */
export { defaultResource, detectResources, envDetector, resourceFromAttributes } from '@opentelemetry/resources';
export { MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics';
export { BatchSpanProcessor } from '@opentelemetry/sdk-trace';
