import * as z from 'zod';
import { globalArn } from '../../../arn.ts';
import { globalRegionOf } from '../../../partition.ts';
import { component, given, shiftGiven } from '../../../steps/given.ts';
import { defineStep } from '../../../steps/step.ts';
import { answerStanding, answersAs, destinationParams, untilAnswersAs } from '../../public-name/answer.ts';
import { destinationOf } from '../../public-name/destination.ts';
import { things } from '../needs.ts';
import { checkInALine, inversionCommand, type Setting, settingOf, updateCheck } from './inversion.ts';
import { inversionRisk } from './lever-risk.ts';
import { unlessMoved } from './moved-by-itself.ts';

const params = z.object({
  region: z.string(),
  healthCheck: z.string(),
  /** Whether it is to be inverted, or an inversion to be taken back. */
  inverted: z.boolean(),
  name: z.string(),
  to: destinationParams,
});
type Params = z.output<typeof params>;

/**
 * Shifts traffic by inverting the health check of the primary record, so that it counts as failed; where the endpoint's own failure has
 * moved it already, this holds it there. No record is edited, and the effect travels with health checking; the call itself goes to
 * Route 53's control plane in us-east-1 all the same.
 */
export const invertHealthCheck = defineStep<Params>({
  kind: 'route53.invert-health-check',
  params,
  given: given(shiftGiven, ({ to }, around) => {
    const { regions } = around.topology;
    const traffic = component('route53', around);
    return {
      region: globalRegionOf('route53', regions.recovery),
      healthCheck: traffic.primary.healthCheck ?? '',
      inverted: to === 'recovery',
      name: traffic.name,
      to: destinationOf(traffic[to]),
    };
  }),
  needs: ({ name }) => [{ need: 'public-name', name }],
  alters: ({ name }) => [things.publicName(name)],
  plane: 'control',
  risk: inversionRisk,
  title: ({ name, inverted }) =>
    inverted
      ? `Shift ${name} by inverting the primary's health check`
      : `Shift ${name} back by no longer inverting the primary's health check`,
  region: ({ region }) => region,
  calls: ['route53:GetHealthCheck', 'route53:UpdateHealthCheck'],
  permissions: ({ region, healthCheck }) =>
    ['route53:GetHealthCheck', 'route53:UpdateHealthCheck'].map((action) => ({
      action,
      resource: globalArn({ service: 'route53', region, resource: `healthcheck/${healthCheck}` }),
    })),
  // A disabled check of any kind counts as healthy, and as failed when it is inverted.
  command: ({ inverted, ...check }) => inversionCommand(check, { inverted, disabled: inverted }),
  doneWhen: ({ name }) => `${name} leads to the other region, and customers are served.`,
  usuallyMs: () => 15_000,

  async observe({ name, to, inverted: wanted, ...check }, context) {
    const command = inversionCommand(check, { inverted: wanted, disabled: wanted });
    const asked = { region: check.region, names: [{ name, to }], command };
    const setting = await unlessMoved(asked, (hasty) => settingOf(check, hasty), context);
    if (!setting) return { done: true, state: {} };
    const { inverted, disabled } = setting;
    return {
      done: inverted === wanted && (await answersAs({ name, to }, context)),
      underway: inverted === wanted,
      state: { inverted, disabled },
    };
  },

  async apply({ inverted, ...check }, context) {
    const { type } = await settingOf(check, context);
    // A failing endpoint's check would turn healthy when inverted; a disabled one counts as healthy, so inverts to failed.
    await updateCheck(check, { inverted, disabled: inverted && type !== 'CALCULATED' }, context);
    return undefined;
  },

  async settle({ name, to }, context) {
    await untilAnswersAs({ name, to }, context);
    return null;
  },

  async standing(target, context, settled) {
    const setting = await settingOf(target, context);
    const answer = await answerStanding(target, context, settled);
    return {
      asAsked: setting.inverted === target.inverted && answer.asAsked,
      facts: [checkInALine(target.healthCheck, setting), ...answer.facts],
    };
  },

  undo: (check, context, before) => updateCheck(check, before.state as Setting, context),
  // The one who shifts customers by an inversion finds the other setting.
  byHand: { finds: ({ inverted }) => ({ inverted: !inverted, disabled: !inverted }) },
  undoCommand: (check, before) => inversionCommand(check, before.state as Setting),
});
