import * as z from 'zod';
import { GLOBAL_REGION, isAwsError } from '../../aws/aws.ts';
import { given } from '../given.ts';
import { until } from '../poll.ts';
import { defineStep, type StepContext } from '../step.ts';
import { answersOnly } from './answer.ts';

const params = z.object({ healthCheck: z.string(), name: z.string(), address: z.string() });
type Params = z.output<typeof params>;

/**
 * Shifts traffic by declaring the primary record's health check failed, whatever the endpoint says. No record is edited, and the
 * effect travels with health checking; the call itself goes to Route 53's control plane in us-east-1 all the same.
 */
export const invertHealthCheck = defineStep<Params>({
  kind: 'route53.invert-health-check',
  params,
  given: given(z.strictObject({}), (_, { topology: { traffic } }) => ({
    healthCheck: traffic.primary.healthCheck ?? '',
    name: traffic.name,
    address: traffic.recovery.address,
  })),
  plane: 'control',
  title: ({ name }) => `Shift ${name} by inverting the primary's health check`,
  region: () => GLOBAL_REGION,
  calls: ['route53:GetHealthCheck', 'route53:UpdateHealthCheck'],
  permissions: ({ healthCheck }) =>
    ['route53:GetHealthCheck', 'route53:UpdateHealthCheck'].map((action) => ({
      action,
      resource: `arn:aws:route53:::healthcheck/${healthCheck}`,
    })),
  // Disabled it counts as healthy, whatever kind of check it is: inverted, that is failed.
  command: ({ healthCheck }) => updateCommand(healthCheck, { inverted: true, disabled: true }),
  usuallyMs: () => 15_000,

  async observe({ healthCheck, name, address }, context) {
    const { inverted, disabled } = await checkOf(healthCheck, context);
    return {
      done: inverted && (await answersOnly({ name, address }, context)),
      underway: inverted,
      state: { inverted, disabled },
    };
  },

  async apply({ healthCheck }, context) {
    const { type } = await checkOf(healthCheck, context);
    // A failing endpoint's check would turn healthy when inverted; a disabled one counts as healthy, so inverts to failed.
    await update(healthCheck, { inverted: true, disabled: type !== 'CALCULATED' }, context);
    return undefined;
  },

  async settle({ name, address }, context) {
    await until(context, async () => ((await answersOnly({ name, address }, context)) ? true : undefined), {
      maxMs: 2_000,
    });
    return null;
  },

  undo: ({ healthCheck }, context, before) => update(healthCheck, before.state as Setting, context),
  undoCommand: ({ healthCheck }, before) => updateCommand(healthCheck, before.state as Setting),
});

type Setting = { inverted: boolean; disabled: boolean };

const updateCommand = (healthCheck: string, { inverted, disabled }: Setting): string =>
  `aws route53 update-health-check --health-check-id ${healthCheck} ${inverted ? '--inverted' : '--no-inverted'} ${disabled ? '--disabled' : '--no-disabled'}`;

async function checkOf(healthCheck: string, { aws }: StepContext) {
  const answer = await aws.call('route53', GLOBAL_REGION, 'GetHealthCheck', { HealthCheckId: healthCheck });
  const { HealthCheckVersion: version, HealthCheckConfig: config } = answer.HealthCheck ?? {};
  return {
    version: version ?? 0,
    type: config?.Type,
    inverted: config?.Inverted ?? false,
    disabled: config?.Disabled ?? false,
  };
}

async function update(healthCheck: string, to: Setting, context: StepContext): Promise<void> {
  await until(context, async () => {
    const { version, inverted, disabled } = await checkOf(healthCheck, context);
    if (inverted === to.inverted && disabled === to.disabled) return true;
    try {
      await context.aws.call('route53', GLOBAL_REGION, 'UpdateHealthCheck', {
        HealthCheckId: healthCheck,
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
