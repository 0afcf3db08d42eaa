import * as z from 'zod';
import { inWords } from '../../../duration.ts';
import { globalRegionOf } from '../../../partition.ts';
import { metricNeeds } from '../../../steps/cloudwatch/service.ts';
import { component, given } from '../../../steps/given.ts';
import { defineStep, type StepContext } from '../../../steps/step.ts';
import { verbs } from '../../verbs.ts';
import { things } from '../needs.ts';
import { setIdentifierOf } from '../schema.ts';
import { inSync, recordCalls, recordPermissions } from './change-records.ts';
import { holdWithinLimits } from './hold-within-limits.ts';
import { recordsRisk } from './lever-risk.ts';
import { foundByFirst, inForceSince, shareOf, shareParams, stageInWords } from './share.ts';
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

const KIND = 'route53.share-traffic';

const params = shareParams.extend({
  region: z.string(),
  zone: z.string(),
  name: z.string(),
  /** Weight by set identifier. */
  weights: z.record(z.string(), z.int().min(0).max(255)),
});

/** One stage of a gradual shift: sends a share of the customers to the recovery region, and watches them for a while. */
export const shareTraffic = defineStep<z.output<typeof params>>({
  kind: KIND,
  params,
  given: given(
    verbs['traffic.share'],
    (asked, around) => {
      const { regions } = around.topology;
      const { zone, name, primary, recovery } = component('route53', around);
      const region = globalRegionOf('route53', regions.recovery);
      const share = Math.round(asked.recovery * 100);
      const weights = { [setIdentifierOf(primary)]: 100 - share, [setIdentifierOf(recovery)]: share };
      return { ...shareOf(asked, around), region, zone, name, weights };
    },
    { lastsMs: ({ hold }) => hold },
  ),
  needs: ({ name, limits }) => [
    { need: 'public-name', name },
    ...(limits.metrics ? metricNeeds(limits.metrics, 'detection') : []),
  ],
  alters: ({ name }) => [things.publicName(name)],
  plane: 'control',
  risk: recordsRisk,
  title: (stage) => `Have ${stageInWords(stage)} for ${inWords(stage.holdMs)}`,
  region: ({ region }) => region,
  calls: [...recordCalls, 'cloudwatch:GetMetricData'],
  permissions: (stage) => [...recordPermissions(stage), { action: 'cloudwatch:GetMetricData', resource: '*' }],
  command: (stage) => weightsCommand(stage, stage.weights),
  doneWhen: () => 'The records have these weights, and customers of both regions are served without errors.',
  usuallyMs: ({ holdMs }) => 60_000 + holdMs,

  async observe(stage, context) {
    const now = await weightsNow(stage, context);
    const former = foundByFirst({ kind: KIND, name: stage.name }, context) ?? now;
    return { done: false, underway: haveWeights(now, stage.weights), state: former };
  },

  repeatable: true,
  apply: (stage, context) => setWeights(stage, stage.weights, context),

  async settle(stage, context, _before, receipt) {
    await inSync(stage, (receipt as { change: string | null } | undefined)?.change, context);
    const inForce = stageInWords(stage);
    const sinceMs = inForceSince(inForce, context);
    const standing = (looking: StepContext) => weightsStanding(stage, stage.weights, looking);
    await holdWithinLimits(stage.limits, { stage: inForce, sinceMs, holdMs: stage.holdMs }, standing, context);
    return null;
  },

  returnsBehindNoReturn: true,
  standing: (stage, context) => weightsStanding(stage, stage.weights, context),

  undo: (stage, context, before) => returnWeights(stage, before.state as Weights, context),
  byHand: { finds: (stage, read) => weightsByHand(stage, stage.weights, read) },
  undoCommand: (stage, before) => weightsCommand(stage, before.state as Weights),
});
