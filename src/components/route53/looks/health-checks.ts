import type { HealthCheckConfig } from '@aws-sdk/client-route-53';
import { isAwsError } from '../../../aws/aws.ts';
import { cliRegion } from '../../../partition.ts';
import { blocker, type Finding, note, warning } from '../../../steps/account/findings.ts';
import { fact, type Look, type LookContext, type Row, rootOf, together, UNSAID } from '../../../steps/account/look.ts';
import type { DescribedTraffic } from '../described.ts';

const FAST_SECONDS = 10;
const FAILURES = 3;

/** Looks at the health checks that the topology names: the primary record's and the recovery record's. */
export async function healthChecksLook(
  { region, primary, recovery, customersIn }: DescribedTraffic,
  context: LookContext,
): Promise<Look[]> {
  const sides = Object.entries({ primary, recovery }).flatMap(([side, { healthCheck: id, endpointCheck }]) =>
    id === undefined ? [] : [{ region, id, side, endpointCheck, atHome: customersIn === 'primary' }],
  );
  const each = sides.filter(({ id }, index) => sides.findIndex((one) => one.id === id) === index);
  return Promise.all(each.map((one) => healthCheckLook(one, context)));
}

/** A health check, as the topology has it. */
interface Described {
  region: string;
  id: string;
  side: string;
  endpointCheck: DescribedTraffic['primary']['endpointCheck'];
  atHome: boolean;
}

async function healthCheckLook(described: Described, { aws }: LookContext): Promise<Look> {
  const { region, id } = described;
  try {
    const answer = await aws.call('route53', region, 'GetHealthCheck', { HealthCheckId: id });
    const config = answer.HealthCheck?.HealthCheckConfig;
    return lookOf(described, config);
  } catch (error) {
    if (!isAwsError(rootOf(error), 'NoSuchHealthCheck')) throw error;
    const why = 'Nothing could be inverted, and nothing gates the record.';
    const fix = `Correct the topology: aws route53 list-health-checks${cliRegion(region)} --query 'HealthChecks[].Id'`;
    return { rows: [], findings: [blocker(id, `there is no health check ${id}`, why, fix)] };
  }
}

function lookOf(described: Described, config: HealthCheckConfig | undefined): Look {
  const { region, id, endpointCheck, atHome } = described;
  const { Type, Inverted, Disabled, RequestInterval, FailureThreshold } = config ?? {};
  const row = (what: string, topology: string, account: string): Row => ({ what: `${id} ${what}`, topology, account });
  const update = (options: string) =>
    `aws route53 update-health-check${cliRegion(region)} --health-check-id ${id} ${options}`;
  const slow = paceFindings(id, RequestInterval, FailureThreshold ?? FAILURES, update);
  return together([
    fact(row('kind', UNSAID, Type ?? UNSAID)),
    fact(row('enabled', 'yes', Disabled ? 'no' : 'yes'), Disabled && atHome ? [disabled(id, update)] : []),
    // Behind a failover the inversion is what keeps customers where they are.
    fact(row('inverted', 'no', Inverted ? 'yes' : 'no'), Inverted && atHome ? [inverted(id, update)] : []),
    ...(RequestInterval === undefined
      ? []
      : [fact(row('asks', endpointCheck ? pace(paceOf(endpointCheck)) : UNSAID, pace(paceIn(config))), slow)]),
    fact(
      row('moves customers by itself', endpointCheck ? 'yes' : 'no', movesByItself(config) ? 'yes' : 'no'),
      config ? kindFindings(described, config) : [],
    ),
  ]);
}

function inverted(id: string, update: (options: string) => string): Finding {
  const why = 'Somebody shifted traffic before, and to invert it again would shift it back.';
  const fix = `Take the inversion of an earlier failover back: ${update('--no-inverted --no-disabled')}`;
  return blocker(id, 'the health check is inverted already', why, fix);
}

function disabled(id: string, update: (options: string) => string): Finding {
  const why = 'Route 53 always counts it as healthy: no customer leaves a failed region.';
  return warning(id, 'the health check is disabled', why, update('--no-disabled'));
}

interface Pace {
  every: number;
  failures: number;
}

const paceOf = ({ every, failures }: Pace): Pace => ({ every: every / 1_000, failures });
const paceIn = ({ RequestInterval = 30, FailureThreshold = FAILURES }: Partial<HealthCheckConfig> = {}): Pace => ({
  every: RequestInterval,
  failures: FailureThreshold,
});
const pace = ({ every, failures }: Pace): string => `every ${every} s, ${failures} failures`;

const isOfEndpoint = (config?: HealthCheckConfig): boolean => /^(HTTPS?|TCP)/.test(config?.Type ?? '');

/** One that follows an alarm or other checks turns by itself, too; a calculated one of none, and a routing control's, do not. */
const movesByItself = (config?: HealthCheckConfig): boolean =>
  isOfEndpoint(config) || config?.Type === 'CLOUDWATCH_METRIC' || (config?.ChildHealthChecks ?? []).length > 0;

/** Whether Route 53 moves customers by itself, and how soon, is part of what is rehearsed. */
function kindFindings(
  { id, side, endpointCheck }: Pick<Described, 'id' | 'side' | 'endpointCheck'>,
  config: HealthCheckConfig,
): Finding[] {
  const key = `'${side}.endpointCheck'`;
  const now = paceIn(config);
  const set = `Set ${key} in the topology: { every: ${now.every} s, failures: ${now.failures} }`;
  const soon = isOfEndpoint(config) ? ` about ${now.every * now.failures} s after its region is lost` : '';
  if (!movesByItself(config)) {
    if (!endpointCheck) return [];
    const what = `the health check asks no endpoint: it is ${config.Type}, and the topology has an endpointCheck`;
    const why = 'It moves no customer by itself, unlike in a dry run.';
    return [warning(id, what, why, `Delete ${key} from the topology, or give the record a check of its endpoint.`)];
  }
  if (!endpointCheck) {
    const what = `the health check (${config.Type}) moves customers by itself${soon}`;
    const why = 'The topology does not say so: a dry run rehearses a name that stays until the drill moves it.';
    return [warning(id, what, why, set)];
  }
  const said = paceOf(endpointCheck);
  if (!isOfEndpoint(config) || pace(said) === pace(now)) return [];
  const what = `the health check asks ${pace(now)}, and the topology says ${pace(said)}`;
  const why = `Route 53 moves customers by itself${soon}, not ${said.every * said.failures} s.`;
  return [warning(id, what, why, set)];
}

/** How long an endpoint must have been down before its check says so. */
function paceFindings(
  id: string,
  intervalSeconds: number | undefined,
  failures: number,
  update: (options: string) => string,
): Finding[] {
  if (intervalSeconds === undefined) return [];
  const longerSeconds = intervalSeconds * failures - FAST_SECONDS * FAILURES;
  if (longerSeconds <= 0) return [];
  const what = `the health check asks every ${intervalSeconds} s and wants ${failures} failures`;
  const why = `It notices a dead region about ${longerSeconds} s later than one that asks every ${FAST_SECONDS} s and wants ${FAILURES}.`;
  const fix =
    intervalSeconds > FAST_SECONDS
      ? 'The interval is fixed when a check is made: make a new one with RequestInterval=10, and give it to the record.'
      : update(`--failure-threshold ${FAILURES}`);
  return [note(id, what, why, fix)];
}
