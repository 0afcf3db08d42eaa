import { isAwsError } from '../../aws/aws.ts';
import { until } from '../poll.ts';
import type { StepContext } from '../step.ts';

/** A health check, and the region that Route 53 is called in. */
export interface Check {
  region: string;
  healthCheck: string;
}

/** What decides what a health check says, whatever it sees. */
export type Setting = {
  inverted: boolean;
  disabled: boolean;
};

export const inversionCommand = (healthCheck: string, { inverted, disabled }: Setting): string =>
  `aws route53 update-health-check --health-check-id ${healthCheck} ${inverted ? '--inverted' : '--no-inverted'} ${disabled ? '--disabled' : '--no-disabled'}`;

export async function settingOf({ region, healthCheck }: Check, { aws }: StepContext) {
  const answer = await aws.call('route53', region, 'GetHealthCheck', { HealthCheckId: healthCheck });
  const { HealthCheckVersion: version, HealthCheckConfig: config } = answer.HealthCheck ?? {};
  return {
    version: version ?? 0,
    type: config?.Type,
    inverted: config?.Inverted ?? false,
    disabled: config?.Disabled ?? false,
  };
}

/** Changes it, unless it is so already. */
export async function updateCheck(check: Check, to: Setting, context: StepContext): Promise<void> {
  await until(context, async () => {
    const { version, inverted, disabled } = await settingOf(check, context);
    if (inverted === to.inverted && disabled === to.disabled) return true;
    try {
      await context.aws.call('route53', check.region, 'UpdateHealthCheck', {
        HealthCheckId: check.healthCheck,
        HealthCheckVersion: version,
        Inverted: to.inverted,
        Disabled: to.disabled,
      });
      return true;
    } catch (error) {
      // Somebody changed the check in between: look again.
      if (isAwsError(error, 'HealthCheckVersionMismatch')) return undefined;
      throw error;
    }
  });
}
