import * as z from 'zod';
import { globalArn } from '../../arn.ts';
import { errorFacts } from '../../errors.ts';
import { cliRegion, globalRegionOf } from '../../partition.ts';
import { goesUnanswered } from '../../steps/account/look.ts';
import type { Permission, StepContext } from '../../steps/step.ts';
import type { Side } from './right.ts';
import type { Witness } from './schema.ts';

/** The checks of the two regions' doors, and the region that Route 53 is called in. */
export const healthChecksParams = z.object({ region: z.string(), primary: z.string(), recovery: z.string() });
export type HealthChecks = z.output<typeof healthChecksParams>;

/** Route 53 is called where its control plane of that partition is. */
export const healthChecksOf = ({ healthChecks }: Witness, recovery: string): HealthChecks => ({
  region: globalRegionOf('route53', recovery),
  ...healthChecks,
});

/** Route 53 itself takes an endpoint for unhealthy when no more of its checkers than this reach it. */
const HEALTHY_ABOVE = 0.18;

/** How the rest of the world sees a region; null where Route 53 does not say. */
export interface View {
  sees: boolean | null;
  detail: string;
}

/**
 * What Route 53's health checkers all over the world saw of both regions' doors when they asked last. AWS means this call for looking
 * into things and not for deciding by it, so it is made seldom, and nothing waits for its answer.
 */
export async function viewOfTheWorld(
  checks: HealthChecks,
  context: Pick<StepContext, 'aws' | 'signal'>,
): Promise<Record<Side, View>> {
  const [primary, recovery] = await Promise.all([
    viewOf(checks, 'primary', context),
    viewOf(checks, 'recovery', context),
  ]);
  return { primary, recovery };
}

async function viewOf(
  checks: HealthChecks,
  side: Side,
  { aws, signal }: Pick<StepContext, 'aws' | 'signal'>,
): Promise<View> {
  try {
    const answer = await aws.call(
      'route53',
      checks.region,
      'GetHealthCheckStatus',
      { HealthCheckId: checks[side] },
      { once: true },
    );
    const reports = (answer.HealthCheckObservations ?? []).map(({ StatusReport }) => StatusReport?.Status ?? '');
    const reached = reports.filter((status) => status.startsWith('Success')).length;
    if (reports.length === 0) return { sees: null, detail: 'no health checker has reported' };
    return {
      sees: reached > reports.length * HEALTHY_ABOVE,
      detail: `${reached} of ${reports.length} health checkers reach it`,
    };
  } catch (error) {
    signal.throwIfAborted();
    if (!goesUnanswered(error)) throw error;
    return { sees: null, detail: `Route 53 does not say: ${errorFacts(error).message}` };
  }
}

/** Journals both views as checks. */
export function recordViews(views: Record<Side, View>, { record }: Pick<StepContext, 'record'>): void {
  for (const side of ['primary', 'recovery'] as const) {
    const { sees, detail } = views[side];
    record({
      type: 'check',
      check: `world-sees-${side}`,
      layer: 'infrastructure',
      critical: false,
      ok: sees === true,
      detail,
    });
  }
}

export const VIEWING = ['route53:GetHealthCheckStatus'];

export const viewPermissions = (checks: HealthChecks): Permission[] =>
  [checks.primary, checks.recovery].map((id) => ({
    action: 'route53:GetHealthCheckStatus',
    resource: globalArn({ service: 'route53', region: checks.region, resource: `healthcheck/${id}` }),
  }));

export const viewCommand = ({ region, primary, recovery }: HealthChecks): string =>
  [primary, recovery]
    .map((id) => `aws route53 get-health-check-status${cliRegion(region)} --health-check-id ${id}`)
    .join(' && ');
