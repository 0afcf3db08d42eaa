import { isAwsError } from '../../../aws/aws.ts';
import { DrillError } from '../../../errors.ts';
import { cliRegion } from '../../../partition.ts';
import { until } from '../../../steps/poll.ts';
import type { StepContext } from '../../../steps/step.ts';
import { pauseOthers } from '../../public-name/pause-others.ts';

/** A health check, and the region that Route 53 is called in. */
export interface Check {
  region: string;
  healthCheck: string;
}

/** The settings that override the result of a health check. */
export type Setting = {
  inverted: boolean;
  disabled: boolean;
};

export const inversionCommand = ({ region, healthCheck }: Check, { inverted, disabled }: Setting): string =>
  `aws route53 update-health-check${cliRegion(region)} --health-check-id ${healthCheck} ${inverted ? '--inverted' : '--no-inverted'} ${disabled ? '--disabled' : '--no-disabled'}`;

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

/** Changes it, unless it is so already. A change by someone else in between is overwritten only where it leaves these settings alone. */
export async function updateCheck(check: Check, to: Setting, context: StepContext): Promise<void> {
  let first: Setting | undefined;
  await until(context, async () => {
    const { version, inverted, disabled } = await settingOf(check, context);
    if (inverted === to.inverted && disabled === to.disabled) return true;
    if (first && (inverted !== first.inverted || disabled !== first.disabled))
      throw changedMeanwhile(check, first, { inverted, disabled });
    first = { inverted, disabled };
    try {
      await context.aws.call('route53', check.region, 'UpdateHealthCheck', {
        HealthCheckId: check.healthCheck,
        HealthCheckVersion: version,
        Inverted: to.inverted,
        Disabled: to.disabled,
      });
      return true;
    } catch (error) {
      if (isAwsError(error, 'HealthCheckVersionMismatch')) return undefined;
      throw error;
    }
  });
}

const settingInWords = ({ inverted, disabled }: Setting): string =>
  `${inverted ? 'inverted' : 'not inverted'}, ${disabled ? 'disabled' : 'enabled'}`;

export const checkInALine = (healthCheck: string, setting: Setting): string =>
  `health check ${healthCheck}: ${settingInWords(setting)}`;

const changedMeanwhile = ({ region, healthCheck }: Check, before: Setting, now: Setting): DrillError =>
  new DrillError(
    'changed-by-others',
    `The health check ${healthCheck} was changed by someone else while this step was changing it: it was ${settingInWords(before)}, and is now ${settingInWords(now)}.`,
    { hint: pauseOthers(region) },
  );
