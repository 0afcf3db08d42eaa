import type { HealthCheckConfig } from '@aws-sdk/client-route-53';
import { isAwsError } from '../../../aws/aws.ts';
import { cliRegion } from '../../../partition.ts';
import { blocker, type Finding, note, warning } from '../../../steps/account/findings.ts';
import { type Look, type LookContext, type Row, rootOf, UNSAID } from '../../../steps/account/look.ts';
import type { DescribedTraffic } from '../described.ts';

const FAST_SECONDS = 10;
const FAILURES = 3;

/** Looks at the health checks that the topology names: the primary record's and the recovery record's. */
export async function healthChecksLook(
  { region, primary, recovery, customersIn }: DescribedTraffic,
  context: LookContext,
): Promise<Look[]> {
  const ids = new Set([primary.healthCheck, recovery.healthCheck].filter((id) => id !== undefined));
  return Promise.all([...ids].map((id) => healthCheckLook(region, id, context, customersIn === 'primary')));
}

async function healthCheckLook(region: string, id: string, { aws }: LookContext, atHome: boolean): Promise<Look> {
  try {
    const answer = await aws.call('route53', region, 'GetHealthCheck', { HealthCheckId: id });
    const config = answer.HealthCheck?.HealthCheckConfig;
    return { rows: rowsOf(id, config), findings: config ? findingsOf({ region, id }, config, atHome) : [] };
  } catch (error) {
    if (!isAwsError(rootOf(error), 'NoSuchHealthCheck')) throw error;
    const why = 'Nothing could be inverted, and nothing gates the record.';
    const mend = `Correct the topology: aws route53 list-health-checks${cliRegion(region)} --query 'HealthChecks[].Id'`;
    return { rows: [], findings: [blocker(id, `there is no health check ${id}`, why, mend)] };
  }
}

function rowsOf(id: string, config: HealthCheckConfig | undefined): Row[] {
  const { Type, Inverted, Disabled, RequestInterval, FailureThreshold } = config ?? {};
  const row = (what: string, topology: string, account: string): Row => ({ what: `${id} ${what}`, topology, account });
  return [
    row('kind', UNSAID, Type ?? UNSAID),
    row('enabled', 'yes', Disabled ? 'no' : 'yes'),
    row('inverted', 'no', Inverted ? 'yes' : 'no'),
    ...(RequestInterval === undefined
      ? []
      : [row('asks', UNSAID, `every ${RequestInterval} s, ${FailureThreshold ?? FAILURES} failures`)]),
  ];
}

function findingsOf(
  { region, id }: { region: string; id: string },
  { Inverted, Disabled, RequestInterval, FailureThreshold }: HealthCheckConfig,
  atHome: boolean,
): Finding[] {
  const update = (options: string) =>
    `aws route53 update-health-check${cliRegion(region)} --health-check-id ${id} ${options}`;
  const findings: Finding[] = [];
  // Behind a failover the inversion is what keeps customers where they are.
  if (Inverted && atHome) {
    const what = 'the health check is inverted already';
    const why = 'Somebody shifted traffic before, and to invert it again would shift it back.';
    const mend = `Take the inversion of an earlier failover back: ${update('--no-inverted --no-disabled')}`;
    findings.push(blocker(id, what, why, mend));
  }
  if (Disabled && atHome) {
    const why = 'Route 53 takes it for healthy whatever happens: nobody is sent away from a dead region.';
    findings.push(warning(id, 'the health check is disabled', why, update('--no-disabled')));
  }
  return [...findings, ...paceFindings(id, RequestInterval, FailureThreshold ?? FAILURES, update)];
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
  const mend =
    intervalSeconds > FAST_SECONDS
      ? 'The interval is fixed when a check is made: make a new one with RequestInterval=10, and give it to the record.'
      : update(`--failure-threshold ${FAILURES}`);
  return [note(id, what, why, mend)];
}
