import * as z from 'zod';
import { globalArn } from '../../../arn.ts';
import { globalRegionOf } from '../../../partition.ts';
import { component, given } from '../../../steps/given.ts';
import { defineStep } from '../../../steps/step.ts';
import { answersAs, destinationParams, untilAnswersAs } from '../../public-name/answer.ts';
import { destinationOf } from '../../public-name/destination.ts';
import { things } from '../needs.ts';
import { setIdentifierOf } from '../schema.ts';
import { inSync, recordCalls, recordPermissions } from './change-records.ts';
import { checkInALine, inversionCommand, type Setting, settingOf, updateCheck } from './inversion.ts';
import { recordsRisk } from './lever-risk.ts';
import {
  haveWeights,
  returnWeights,
  setWeights,
  type Weights,
  weightsByHand,
  weightsCommand,
  weightsNow,
  weightsStanding,
} from './weights.ts';

const params = z.object({
  region: z.string(),
  zone: z.string(),
  name: z.string(),
  weights: z.record(z.string(), z.int().min(0).max(255)),
  healthCheck: z.string(),
  to: destinationParams,
});
/** An inversion is in the answers after a checking interval or two. */
const INVERSION_SHOWS_MS = 20_000;

interface Found {
  weights: Weights;
  check: Setting;
}

/**
 * Takes the inversion of a failover back without moving anyone: the weights keep customers where they are, so that they can return by
 * shares. The weights come first, and go last.
 */
export const holdByWeights = defineStep<z.output<typeof params>>({
  kind: 'route53.hold-by-weights',
  params,
  given: given(z.strictObject({}), (_, around) => {
    const { regions } = around.topology;
    const traffic = component('route53', around);
    return {
      region: globalRegionOf('route53', regions.recovery),
      zone: traffic.zone,
      name: traffic.name,
      weights: { [setIdentifierOf(traffic.primary)]: 0, [setIdentifierOf(traffic.recovery)]: 100 },
      healthCheck: traffic.primary.healthCheck ?? '',
      to: destinationOf(traffic.recovery),
    };
  }),
  needs: ({ name }) => [{ need: 'public-name', name }],
  alters: ({ name }) => [things.publicName(name)],
  plane: 'control',
  risk: recordsRisk,
  title: ({ name }) => `Keep ${name} in place by weights, and remove the inversion`,
  region: ({ region }) => region,
  calls: [...recordCalls, 'route53:GetHealthCheck', 'route53:UpdateHealthCheck'],
  permissions: ({ healthCheck, ...records }) => [
    ...recordPermissions(records),
    ...['route53:GetHealthCheck', 'route53:UpdateHealthCheck'].map((action) => ({
      action,
      resource: globalArn({ service: 'route53', region: records.region, resource: `healthcheck/${healthCheck}` }),
    })),
  ],
  command: (target) =>
    `${weightsCommand(target, target.weights)} && ${inversionCommand(target, { inverted: false, disabled: false })}`,
  doneWhen: () => 'The records have these weights, and the health check says what it sees.',
  usuallyMs: () => 60_000,

  async observe(target, context) {
    const weights = await weightsNow(target, context);
    const { inverted, disabled } = await settingOf(target, context);
    const check = { inverted, disabled };
    const done = haveWeights(weights, target.weights) && !check.inverted && (await answersAs(target, context));
    return { done, state: { weights, check } };
  },

  repeatable: true,
  async apply(target, context, { state }) {
    const { weights: found } = state as unknown as Found;
    if (!haveWeights(await weightsNow(target, context), target.weights)) {
      const { change } = await setWeights(target, target.weights, context, found);
      await inSync(target, change, context, () => answersAs(target, context));
    }
    await updateCheck(target, { inverted: false, disabled: false }, context);
    return undefined;
  },

  async settle(target, context) {
    await untilAnswersAs(target, context);
    return null;
  },

  async standing(target, context) {
    const { asAsked, facts } = await weightsStanding(target, target.weights, context);
    const setting = await settingOf(target, context);
    return { asAsked: asAsked && !setting.inverted, facts: [...facts, checkInALine(target.healthCheck, setting)] };
  },

  async undo(target, context, before) {
    const { weights, check } = before.state as unknown as Found;
    await updateCheck(target, check, context);
    // The weights would send customers away before the inversion does its work.
    await context.clock.sleep(INVERSION_SHOWS_MS, context.signal);
    await returnWeights(target, weights, context);
  },
  byHand: {
    finds: (target, read) => ({
      weights: weightsByHand(target, target.weights, read),
      check: { inverted: true, disabled: true },
    }),
  },
  undoCommand(target, before) {
    const { weights, check } = before.state as unknown as Found;
    return `${inversionCommand(target, check)} && ${weightsCommand(target, weights)}`;
  },
});
