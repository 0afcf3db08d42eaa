import type { ServiceQuota } from '@aws-sdk/client-service-quotas';
import { regionalArn } from '../../arn.ts';
import { isAwsError } from '../../aws/aws.ts';
import { newestValue } from '../cloudwatch/metric.ts';
import type { NeedOf } from '../needs.ts';
import type { Permission } from '../step.ts';
import { blocker, type Finding, note } from './findings.ts';
import { goesUnanswered, type Look, type LookContext, rootOf } from './look.ts';

/** As `aws service-quotas list-service-quotas --service-code <service>` lists it; the codes are the same in every region. */
export interface Quota {
  service: string;
  code: string;
  name: string;
}

/** What a drill makes, and how many of it a region may have. */
export interface Counted {
  /** Such as `db-instances`. */
  of: string;
  quota: Quota;
  /** The operation that lists them all, and the resources on which it must be allowed. */
  call: string;
  resources: readonly string[];
  used(region: string, context: LookContext): Promise<number>;
}

export const quotaCalls = ['servicequotas:GetServiceQuota', 'servicequotas:GetAWSDefaultServiceQuota'];

export const quotaPermissions = quotaCalls.map((action) => ({ action, resource: '*' }));

export const countedPermissions = (
  { quota: { service }, call, resources }: Counted,
  region: string,
  account: string,
): Permission[] => [
  ...resources.map((resource) => ({ action: call, resource: regionalArn({ service, region, account, resource }) })),
  ...quotaPermissions,
];

/** Whether a region has room for what a drill makes. */
export const roomFor = (
  { quota, used: usedNow }: Counted,
  { region, made }: NeedOf<'quota'>,
  context: LookContext,
): Promise<Look> =>
  withQuota(region, quota, context, async ({ Value = 0 }) => {
    const used = await usedNow(region, context);
    const more = made.length;
    const row = { what: `${region} ${quota.name}`, topology: `${more} more`, account: `${used} of ${Value}` };
    if (used + more <= Value) return { rows: [row], findings: [] };
    const what = `${region} has ${used} of ${Value} ${quota.name}; the drill makes ${more} more`;
    return { rows: [row], findings: [tooFew(blocker, region, quota, what, used + more)] };
  });

/** A quota that a drill would exceed, and how it is raised. */
export const tooFew = (
  severity: typeof blocker,
  region: string,
  { service, code }: Quota,
  what: string,
  wanted: number,
) =>
  severity(
    region,
    what,
    'A quota is raised in hours or days, and on the day everybody asks for it.',
    `aws service-quotas request-service-quota-increase --region ${region} --service-code ${service} --quota-code ${code} --desired-value ${wanted}`,
  );

/** Looks with a quota in hand; one that may not be asked for, or is not kept, is a note. */
export async function withQuota(
  region: string,
  quota: Quota,
  context: LookContext,
  look: (quota: ServiceQuota) => Promise<Look>,
): Promise<Look> {
  try {
    return await look(await applied(region, quota, context));
  } catch (error) {
    if (!goesUnanswered(error) && !isMissing(error)) throw error;
    return { rows: [], findings: [unknown(region, quota, error as Error)] };
  }
}

const unknown = (region: string, { service, code, name }: Quota, { message }: Error): Finding =>
  note(
    region,
    `the quota of ${name} in ${region} is not known: ${message}`,
    'A quota that is too low stops a recovery half way.',
    `Allow servicequotas:GetServiceQuota, or look yourself: aws service-quotas get-service-quota --region ${region} --service-code ${service} --quota-code ${code}`,
  );

/** The account's own value; AWS's default, where nobody ever asked for another. */
async function applied(region: string, { service, code }: Quota, { aws }: LookContext): Promise<ServiceQuota> {
  const asked = { ServiceCode: service, QuotaCode: code };
  const own = aws.call('servicequotas', region, 'GetServiceQuota', asked).catch((error: unknown) => {
    if (!isMissing(error)) throw error;
    return aws.call('servicequotas', region, 'GetAWSDefaultServiceQuota', asked);
  });
  return (await own).Quota ?? {};
}

const isMissing = (error: unknown): boolean => isAwsError(rootOf(error), 'NoSuchResource');

/** What is in use, by the metric that the quota names; `undefined` where nobody publishes it. */
export async function usageOf(
  region: string,
  { UsageMetric }: ServiceQuota,
  context: LookContext,
): Promise<number | undefined> {
  const { MetricNamespace: namespace, MetricName: name, MetricDimensions: dimensions } = UsageMetric ?? {};
  if (!namespace || !name) return undefined;
  const metric = { region, namespace, name, stat: 'Maximum' as const, periodMs: 5 * 60_000 };
  return newestValue({ ...metric, ...(dimensions && { dimensions }) }, context.clock.nowMs() - 60 * 60_000, context);
}
