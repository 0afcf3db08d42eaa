import * as z from 'zod';
import { regionalArn } from '../../arn.ts';
import { isoTime } from '../../clock/clock.ts';
import { duration } from '../../drill/quantities.ts';
import { DrillError } from '../../errors.ts';
import { warning } from '../account/findings.ts';
import { hasNoLogin } from '../data/target.ts';
import { recordImpaired } from '../failure/impaired.ts';
import { takesWritesAgain } from '../failure/serves-again.ts';
import { databaseOf, given, side } from '../given.ts';
import { until } from '../poll.ts';
import { defineStep, type StepContext } from '../step.ts';
import { beganMs, experimentOf, goesOn, startedBy, stopAll, stopCommand, whyItEnded } from './started.ts';

const params = z.object({
  template: z.string(),
  region: z.string(),
  account: z.string(),
  /** Of the run: what one step starts is started once, however often it asks. */
  run: z.string(),
  until: z.enum(['running', 'completed']),
  /** What it causes, where it is the failure of the drill, and whose writer it takes. */
  failure: z.string().optional(),
  writer: z.object({ region: z.string(), instance: z.string(), database: z.string() }).optional(),
});
type Params = z.output<typeof params>;

const MINUTE = 60_000;

/**
 * Starts an experiment of FIS. Where it is to be seen to its end, one that a stop condition ended has failed; where it continues beside the
 * steps that follow, `fis.stop-experiment` stops it. Its undo stops it wherever it still goes on.
 */
export const runExperiment = defineStep<Params, { experiment: string; status: string; startedAt: string | null }>({
  kind: 'fis.experiment',
  params,
  given: given(
    z.strictObject({
      template: z
        .string()
        .regex(/^EXT[A-Za-z0-9]+$/, "expected an experiment template's id, such as EXT123AbCdEf45678")
        .describe('The ID of the experiment template. FIS acts with the role of the template.'),
      in: side.default('primary').describe('The region that the template is in.'),
      until: z
        .enum(['running', 'completed'])
        .default('completed')
        .describe('When the step is done: when the experiment has taken effect, or when it has ended.'),
      within: duration.default(10 * MINUTE).describe('How long that usually takes.'),
      failure: z
        .string()
        .min(1)
        .optional()
        .describe('What it causes, in words, if it is the failure that the drill recovers from.'),
    }),
    ({ template, in: where, until: wanted, failure }, around) => {
      const { topology, drill, startedAtMs } = around;
      return {
        template,
        region: topology.regions[where],
        account: topology.account,
        run: `${drill}/${startedAtMs}`,
        until: wanted,
        ...(failure !== undefined && { failure }),
        ...(failure !== undefined && where === 'primary' && { writer: databaseOf({ on: 'writer' }, around) }),
      };
    },
    { lastsMs: ({ within }: { within: number }) => within },
  ),
  needs: ({ region, template }) => [{ need: 'fis-template', region, template }],
  plane: 'control',
  title: ({ template, failure }) =>
    failure === undefined
      ? `Run the experiment ${template}`
      : `Cause the failure, by the experiment ${template}: ${failure}`,
  region: ({ region }) => region,
  calls: ['fis:StartExperiment', 'fis:GetExperiment', 'fis:ListExperiments', 'fis:StopExperiment'],
  permissions: ({ region, account, template }) => [
    {
      action: 'fis:StartExperiment',
      resource: regionalArn({ service: 'fis', region, account, resource: `experiment-template/${template}` }),
    },
    ...['fis:StartExperiment', 'fis:GetExperiment', 'fis:StopExperiment'].map((action) => ({
      action,
      resource: regionalArn({ service: 'fis', region, account, resource: 'experiment/*' }),
    })),
    { action: 'fis:ListExperiments', resource: '*' },
  ],
  command: ({ region, template }) => `aws fis start-experiment --region ${region} --experiment-template-id ${template}`,
  doneWhen: () => 'The experiment is running or completed.',
  usuallyMs: () => MINUTE,
  observe: async () => ({ done: false, state: null }),

  repeatable: true,
  async apply({ region, template, run }, { aws, step }) {
    const { experiment } = await aws.call('fis', region, 'StartExperiment', {
      experimentTemplateId: template,
      clientToken: `${run}/${step}`,
    });
    return { experiment: experiment?.id ?? '' };
  },

  async settle(asked, context, _, receipt) {
    const { region, template } = asked;
    const { experiment: id } = receipt as { experiment: string };
    const seen = await until(context, async () => {
      const now = await experimentOf(region, id, context);
      const startedMs = beganMs(now);
      if (startedMs !== undefined) tellFailure(asked, startedMs, context);
      const status = now?.state?.status;
      if (!goesOn(status)) return now;
      return asked.until === 'running' && status === 'running' ? now : undefined;
    });
    const status = seen?.state?.status ?? '';
    if (status !== 'running' && status !== 'completed') {
      throw new DrillError('experiment-ended', `The experiment ${id} of ${template} ${whyItEnded(seen)}.`, {
        hint: `See its actions: aws fis get-experiment --region ${region} --id ${id}`,
      });
    }
    const startedMs = beganMs(seen);
    return { experiment: id, status, startedAt: startedMs === undefined ? null : isoTime(startedMs) };
  },

  async undo(asked, context) {
    await stopAll(asked, context.step, context);
    if (asked.writer && !hasNoLogin(asked.writer, context)) await takesWritesAgain(asked.writer, context);
  },
  undoCommand: ({ region, template }) =>
    stopCommand(
      region,
      `"$(aws fis list-experiments --region ${region} --query "sort_by(experiments[?experimentTemplateId=='${template}'], &creationTime)[-1].id" --output text)"`,
    ),

  async whenHeld(asked, context) {
    for (const { id = '' } of (await startedBy(asked, context.step, context)).filter((one) =>
      goesOn(one.state?.status),
    ))
      context.record({
        type: 'finding',
        ...warning(
          asked.template,
          `the experiment ${id} is still running`,
          'It ends by itself when its actions have lasted as long as its template says.',
          stopCommand(asked.region, id),
        ),
      });
  },
});

/** Time counts from when FIS says that it began, however late that was seen. */
function tellFailure({ failure, region }: Params, startedMs: number, context: StepContext): void {
  if (failure === undefined || context.entries().some(({ type }) => type === 'impaired')) return;
  recordImpaired({ what: failure, region }, context, isoTime(steadyMs(startedMs, context)));
}

/** AWS's answers tell its time to the second. */
const WHOLE_SECOND_MS = 1_000;

/** FIS tells by AWS's clock. It began between the request and now, and as early as the clocks allow: no recovery comes out too short. */
function steadyMs(startedMs: number, { aws, clock, entries, step }: StepContext): number {
  const aheadMs = aws.aheadMs?.() ?? 0;
  if (Math.abs(aheadMs) <= 2 * WHOLE_SECOND_MS) return startedMs;
  const asked = entries().find((entry) => entry.type === 'step-applying' && entry.step === step);
  const earliestMs = startedMs - aheadMs - WHOLE_SECOND_MS;
  return Math.min(clock.nowMs(), Math.max(asked ? Date.parse(asked.at) : earliestMs, earliestMs));
}
