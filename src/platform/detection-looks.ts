import * as z from 'zod';
import { isAwsError } from '../aws/aws.ts';
import { isKind, kindOf } from '../components/index.ts';
import { addressToAsk, destinationParams } from '../components/public-name/answer.ts';
import { Customer, doorParams } from '../components/public-name/customer.ts';
import type { Destination } from '../components/public-name/destination.ts';
import type { TroubleOf } from '../components/verbs.ts';
import { inWords } from '../duration.ts';
import { isPassing } from '../errors.ts';
import { ENGINES, isAsked } from '../ports/sql.ts';
import { errorShare, latency95, serviceMetrics } from '../steps/cloudwatch/service.ts';
import { isStandby } from '../steps/data/heartbeat.ts';
import type { Need } from '../steps/needs.ts';
import type { StepContext } from '../steps/step.ts';

/** A public name as it is looked at: through itself, and in the region that may be lost. */
export const publicName = z.object({
  door: doorParams,
  primary: destinationParams,
  services: z.array(
    z.object({ name: z.string(), url: z.string(), everyMs: z.number(), failures: z.int(), critical: z.boolean() }),
  ),
  metric: serviceMetrics,
});
export type Name = z.output<typeof publicName>;

export const writer = z.object({
  store: z.string(),
  region: z.string(),
  instance: z.string(),
  database: z.string(),
  kind: z.string(),
  /** Whether the topology has what a session takes: an engine that is asked in SQL, and a login. */
  hasLogin: z.boolean(),
  engine: z.enum(ENGINES),
  /** What the look at its status in AWS must find, where nobody can log in. */
  needs: z.array(z.custom<Need>()),
});
export type Writer = z.output<typeof writer>;

/** How long each look may take. */
interface Timed {
  timeoutMs: number;
}

const NOT_ASKED = 'could not be asked';
/** Errors of the set-up, by name. They say nothing about the service that was checked. */
export const SET_UP = ['LoginFailed', 'LoginRefused', 'TlsFailed', 'DrillError', NOT_ASKED];

/** What a look at a writer is called in the journal. */
export const writerCheck = (store: string): string => `database-writer/${store}`;
export const doorCheck = (name: string): string => `public-door/${name}`;
export const errorRateCheck = ({ door }: Name): string => `error-rate/${door.of}`;
export const responseTimeCheck = ({ door }: Name): string => `response-time/${door.of}`;

/** A look gives nothing when all is well, and otherwise what is wrong. */
export const writerLook = (
  { store, region, instance, database }: Writer,
  { timeoutMs }: Timed,
  { sql, signal }: StepContext,
) => ({
  check: writerCheck(store),
  layer: 'infrastructure' as const,
  critical: true,
  look: () =>
    wrong(signal, async () => {
      await sql.query({ region, instance, name: database }, isStandby, { timeoutMs, signal });
      return undefined;
    }),
});

export const troubleOf = ({ kind }: Pick<Writer, 'kind'>): TroubleOf | undefined =>
  isKind(kind) ? kindOf(kind).trouble : undefined;

/** What AWS says of a writer that nobody can ask, within the time of a look. No answer counts; a refusal says nothing about the writer. */
export function troubleLook(one: Writer, { timeoutMs }: Timed, context: StepContext) {
  const trouble = troubleOf(one);
  if (!trouble) return [];
  const look = () =>
    trouble.look(one, context, { once: true, withinMs: timeoutMs }).catch((error: unknown) => {
      context.signal.throwIfAborted();
      return isAwsError(error, 'TimeoutError', 'NetworkingError', 'Unreachable') ? 'does not answer' : NOT_ASKED;
    });
  return [{ check: `database-status/${one.store}`, layer: 'infrastructure' as const, critical: true, look }];
}

export const noteNotMeasured = ({ store, instance, engine }: Writer, { record }: StepContext): void =>
  record({
    type: 'finding',
    severity: 'warning',
    subject: instance,
    what: `whether ${instance} takes writes is not measured: ${isAsked(engine) ? 'there is no login' : `a drill speaks no SQL with ${engine}`}`,
    why: `The loss of ${store} is detected by its status in AWS where that tells, by customers who are not served, and by metrics.`,
    fix: isAsked(engine)
      ? "Give the data store a 'login' in the topology."
      : 'No setting: watch it with its own service check.',
  });

export function nameLooks({ door, primary }: Name, { timeoutMs }: Timed, context: StepContext) {
  const customer = new Customer({ ...door, timeoutMs }, context);
  return [
    {
      check: `primary-region/${door.of}`,
      layer: 'infrastructure' as const,
      critical: true,
      look: () => answering(door.url, primary, timeoutMs, context),
    },
    {
      check: doorCheck(door.of),
      layer: 'service' as const,
      critical: true,
      look: async () => {
        const visit = await customer.visit();
        return visit.ok ? undefined : visit.reason;
      },
    },
  ];
}

/** One of the services behind a name, asked in the primary region itself. */
export const serviceLook = (
  { name: service, url, critical, primary }: Name['services'][number] & Pick<Name, 'primary'>,
  { timeoutMs }: Timed,
  context: StepContext,
) => ({
  check: service,
  layer: 'service' as const,
  critical,
  look: () => answering(url, primary, timeoutMs, context),
});

const answering = (url: string, door: Destination, timeoutMs: number, { http, dns, signal }: StepContext) =>
  wrong(signal, async () => {
    const address = await addressToAsk(door, { dns, signal });
    const { status } = await http.request({ method: 'GET', url, address, timeoutMs }, signal);
    return status < 500 ? undefined : `status ${status}`;
  });

async function wrong(signal: AbortSignal, look: () => Promise<string | undefined>): Promise<string | undefined> {
  try {
    return await look();
  } catch (error) {
    signal.throwIfAborted();
    return error instanceof Error ? error.name : String(error);
  }
}

/** What the business metrics of a name say of its newest period, each against the most that it may be; nothing where there is no value. */
export async function lookAtErrorRate(
  of: Name,
  metric: NonNullable<Name['metric']>,
  errorRateMax: number,
  context: StepContext,
) {
  const share = await newest(errorShare, metric, context);
  if (share === undefined) return undefined;
  const ok = share <= errorRateMax;
  noteBusiness(errorRateCheck(of), ok, `${(share * 100).toFixed(2)} % of requests fail`, context);
  return { share, ok };
}

export async function lookAtResponseTime(
  of: Name,
  metric: NonNullable<Name['metric']>,
  p95MaxMs: number,
  context: StepContext,
) {
  const seconds = await newest(latency95, metric, context);
  if (seconds === undefined) return undefined;
  const ok = seconds * 1_000 <= p95MaxMs;
  noteBusiness(responseTimeCheck(of), ok, `p95 ${inWords(Math.round(seconds * 1_000))}`, context);
  return { ok };
}

/** A metric that cannot be read now is one look of several, and the others continue. */
function newest(read: typeof errorShare, metric: NonNullable<Name['metric']>, context: StepContext) {
  const sinceMs = context.clock.nowMs() - 2 * metric.period;
  return read(metric, sinceMs, context).catch((error: unknown) => {
    context.signal.throwIfAborted();
    if (isPassing(error)) return undefined;
    throw error;
  });
}

const noteBusiness = (check: string, ok: boolean, detail: string, { record }: StepContext): void =>
  record({ type: 'check', check, layer: 'business', critical: false, ok, detail });
