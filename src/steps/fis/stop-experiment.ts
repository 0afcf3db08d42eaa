import * as z from 'zod';
import { regionalArn } from '../../arn.ts';
import type { Json } from '../../journal/events.ts';
import { earlierStep, given, type side } from '../given.ts';
import { defineStep, type StepContext } from '../step.ts';
import { beganMs, experimentOf, goesOn, startedBy, stopAll, whyItEnded } from './started.ts';

const params = z.object({
  /** The step that started it. */
  started: z.string(),
  template: z.string(),
  region: z.string(),
  account: z.string(),
});
type Params = z.output<typeof params>;

type Found = { id: string; status: string; ended: string };

/**
 * Stops an experiment that continued beside the steps before, and says whether it did until then: one that its own stop condition ended
 * let the system recover by itself.
 */
export const stopExperiment = defineStep<Params>({
  kind: 'fis.stop-experiment',
  params,
  given: given(
    z.strictObject({ experiment: earlierStep.describe('The step that started it.') }),
    ({ experiment }, { topology: { regions, account }, asked }) => {
      const { template = '', in: where = 'primary' } = asked<{ template?: string; in?: z.output<typeof side> }>(
        experiment,
      );
      return { started: experiment, template, region: regions[where], account };
    },
  ),
  needs: () => [],
  plane: 'control',
  title: ({ template }) => `Stop the experiment ${template}`,
  region: ({ region }) => region,
  calls: ['fis:GetExperiment', 'fis:ListExperiments', 'fis:StopExperiment'],
  permissions: ({ region, account }) => [
    ...['fis:GetExperiment', 'fis:StopExperiment'].map((action) => ({
      action,
      resource: regionalArn({ service: 'fis', region, account, resource: 'experiment/*' }),
    })),
    { action: 'fis:ListExperiments', resource: '*' },
  ],
  command: ({ region, template }) =>
    `aws fis list-experiments --region ${region} --experiment-template-id ${template} --query 'experiments[?state.status==\`running\`].id' --output text | xargs -r -n 1 aws fis stop-experiment --region ${region} --id`,
  doneWhen: () => 'The experiment is stopped.',
  usuallyMs: () => 15_000,

  async observe(asked, context) {
    const found = await startedBy(asked, asked.started, context);
    const state: Found[] = found.map((one) => ({
      id: one.id ?? '',
      status: one.state?.status ?? 'pending',
      ended: whyItEnded(one),
    }));
    return { done: !found.some(({ state: now }) => goesOn(now?.status)), state: state as Json };
  },

  repeatable: true,
  async apply(asked, context) {
    await stopAll(asked, asked.started, context);
    return undefined;
  },

  async settle({ region }, context, { state }) {
    const lasted: Json[] = [];
    for (const { id, status, ended } of state as Found[]) {
      const wentOn = ['pending', 'initiating', 'running'].includes(status);
      const ok = wentOn || status === 'completed';
      const detail = wentOn ? 'it went on until it was stopped here' : `the experiment ${ended}`;
      context.record({ type: 'check', check: context.step, layer: 'verification', critical: true, ok, detail });
      lasted.push({ experiment: id, ...(await timesOf(id, region, context)) });
    }
    return { stopped: lasted };
  },
});

async function timesOf(id: string, region: string, context: StepContext) {
  const now = await experimentOf(region, id, context);
  const [from, to] = [beganMs(now), now?.endTime?.getTime()];
  return { lastedMs: from === undefined || to === undefined ? null : to - from };
}
