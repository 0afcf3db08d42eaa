/** How OTLP is spoken. */
export type Protocol = 'grpc' | 'http/protobuf' | 'http/json';

const PROTOCOLS: readonly string[] = ['grpc', 'http/protobuf', 'http/json'] satisfies Protocol[];

/** Which signals the environment asks for, each with its protocol. */
export interface Asked {
  traces: Protocol | null;
  metrics: Protocol | null;
  /** What it asks for and is not there, in words. */
  wrong: string[];
}

type Env = Readonly<Record<string, string | undefined>>;

/** Whether the environment asks for telemetry at all: most do not, and nothing of it is loaded then. */
export const isAsked = (env: Env): boolean => {
  const { traces, metrics, wrong } = askedBy(env);
  return traces !== null || metrics !== null || wrong.length > 0;
};

/** What OpenTelemetry's standard variables ask for: an endpoint, or an exporter by its name. */
export function askedBy(env: Env): Asked {
  const wrong: string[] = [];
  const signal = (name: 'TRACES' | 'METRICS'): Protocol | null => {
    if (env.OTEL_SDK_DISABLED?.toLowerCase() === 'true') return null;
    const endpoint = env[`OTEL_EXPORTER_OTLP_${name}_ENDPOINT`] || env.OTEL_EXPORTER_OTLP_ENDPOINT;
    const exporter = env[`OTEL_${name}_EXPORTER`] || (endpoint ? 'otlp' : 'none');
    if (exporter === 'none') return null;
    if (exporter !== 'otlp') {
      wrong.push(`OTEL_${name}_EXPORTER is ${exporter}: expected otlp or none`);
      return null;
    }
    const protocol = env[`OTEL_EXPORTER_OTLP_${name}_PROTOCOL`] || env.OTEL_EXPORTER_OTLP_PROTOCOL || 'http/protobuf';
    if (PROTOCOLS.includes(protocol)) return protocol as Protocol;
    wrong.push(`the OTLP protocol ${protocol} is not known: expected ${PROTOCOLS.join(', ')}`);
    return null;
  };
  return { traces: signal('TRACES'), metrics: signal('METRICS'), wrong: [...new Set(wrong)] };
}
