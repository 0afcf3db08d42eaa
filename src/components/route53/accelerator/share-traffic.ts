import * as z from 'zod';
import { inWords } from '../../../duration.ts';
import { metricNeeds } from '../../../steps/cloudwatch/service.ts';
import { component, given } from '../../../steps/given.ts';
import { defineStep, type StepContext } from '../../../steps/step.ts';
import { verbs } from '../../verbs.ts';
import { things } from '../needs.ts';
import { ACCELERATOR_REGION, endpointGroupsOf } from '../schema.ts';
import { holdWithinLimits } from '../steps/hold-within-limits.ts';
import { dialsRisk } from '../steps/lever-risk.ts';
import { foundByFirst, inForceSince, shareOf, shareParams, stageInWords } from '../steps/share.ts';
import {
  type Dials,
  deployed,
  dialCalls,
  dialPermissions,
  dialsByHand,
  dialsCommand,
  dialsNow,
  dialsStanding,
  haveDials,
  returnDials,
  turnDials,
} from './dials.ts';

const KIND = 'globalaccelerator.share-traffic';

const params = shareParams.extend({
  name: z.string(),
  dials: z.record(z.string(), z.number().min(0).max(100)),
});

/**
 * One stage of a gradual shift by traffic dials. A dial is of the traffic that would come to its group anyway, and what it turns away goes
 * to the other: with two dials that add up to 100, the same share of customers is in each region wherever they are.
 */
export const shareByDials = defineStep<z.output<typeof params>>({
  kind: KIND,
  params,
  given: given(
    verbs['traffic.share'],
    (asked, around) => {
      const traffic = component('route53', around);
      const groups = endpointGroupsOf(traffic);
      const share = Math.round(asked.recovery * 100);
      return {
        ...shareOf(asked, around),
        name: traffic.name,
        dials: { [groups.primary]: 100 - share, [groups.recovery]: share },
      };
    },
    { lastsMs: ({ hold }) => hold },
  ),
  needs: ({ name, limits }) => [
    { need: 'public-name', name },
    ...(limits.metrics ? metricNeeds(limits.metrics, 'detection') : []),
  ],
  alters: ({ name }) => [things.publicName(name)],
  plane: 'control',
  risk: dialsRisk,
  title: (stage) => `Have ${stageInWords(stage)} for ${inWords(stage.holdMs)}, by traffic dials`,
  region: () => ACCELERATOR_REGION,
  calls: [...dialCalls, 'cloudwatch:GetMetricData'],
  permissions: ({ dials }) => [...dialPermissions(dials), { action: 'cloudwatch:GetMetricData', resource: '*' }],
  command: ({ dials }) => dialsCommand(dials),
  doneWhen: () => 'The accelerator is DEPLOYED, and customers of both regions are served without errors.',
  usuallyMs: ({ holdMs }) => 25_000 + holdMs,

  async observe({ name, dials }, context) {
    const now = await dialsNow(dials, context);
    const former = foundByFirst({ kind: KIND, name }, context) ?? now;
    return { done: false, underway: haveDials(now, dials), state: former };
  },

  repeatable: true,
  async apply({ dials }, context) {
    await turnDials(dials, context);
    return undefined;
  },

  async settle(stage, context) {
    await deployed(stage.dials, context);
    const inForce = stageInWords(stage);
    const sinceMs = inForceSince(inForce, context);
    const standing = (looking: StepContext) => dialsStanding(stage.dials, looking);
    await holdWithinLimits(stage.limits, { stage: inForce, sinceMs, holdMs: stage.holdMs }, standing, context);
    return null;
  },

  returnsBehindNoReturn: true,
  standing: ({ dials }, context) => dialsStanding(dials, context),

  undo: (_, context, before) => returnDials(before.state as Dials, context),
  byHand: { finds: ({ dials }, read) => dialsByHand(dials, read) },
  undoCommand: (_, before) => dialsCommand(before.state as Dials),
});
