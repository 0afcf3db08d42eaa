import { listOf } from '../../aws/pages.ts';
import type { FisExperiment, FisExperimentSummary, FisStatus } from '../../aws/services/fis-shapes.ts';
import { until } from '../poll.ts';
import type { StepContext } from '../step.ts';
import { unlessDone } from '../unless-done.ts';

export interface Template {
  template: string;
  region: string;
}

/** As far as anything still happens, or may. */
export const goesOn = (status: FisStatus | undefined): boolean =>
  ['pending', 'initiating', 'running', 'stopping', undefined].includes(status);

export const experimentOf = async (
  region: string,
  id: string,
  { aws }: Pick<StepContext, 'aws'>,
): Promise<FisExperiment | undefined> => (await aws.call('fis', region, 'GetExperiment', { id })).experiment;

/** Waiting is an action, too, which does nothing to anyone. */
const WAITS = 'aws:fis:wait';

/** When it first did something, in epoch milliseconds. */
export function beganMs(experiment: FisExperiment | undefined): number | undefined {
  const acting = Object.values(experiment?.actions ?? {}).filter(({ actionId }) => actionId !== WAITS);
  const began = acting.flatMap(({ startTime }) => (startTime ? [startTime.getTime()] : []));
  if (began.length > 0) return Math.min(...began);
  return acting.length === 0 ? experiment?.startTime?.getTime() : undefined;
}

/** How one ended that nobody here ended, as the end of a sentence. */
export function whyItEnded(experiment: FisExperiment | undefined): string {
  const { status = 'unknown', reason, error } = experiment?.state ?? {};
  const alarms = (experiment?.stopConditions ?? []).flatMap(({ source, value }) =>
    source === 'aws:cloudwatch:alarm' && value ? [value.split(':alarm:')[1] ?? value] : [],
  );
  const why = [reason?.replace(/\.$/, ''), error?.code].filter(Boolean).join(', ');
  const stops = status === 'stopped' && alarms.length > 0 ? `; its stop conditions: ${alarms.join(', ')}` : '';
  return `ended as ${status}${why === '' ? '' : `: ${why}`}${stops}`;
}

/** AWS's clock may be behind ours by so much. */
const CLOCKS_DIFFER_MS = 10_000;

/**
 * What a step started, as the account has it. Where the answer was lost, every experiment of the template that is newer than the
 * request: the topology is leased to this run.
 */
export async function startedBy(
  { template, region }: Template,
  step: string,
  context: Pick<StepContext, 'aws' | 'entries'>,
): Promise<(FisExperiment | FisExperimentSummary)[]> {
  const own = context.entries().filter((entry) => 'step' in entry && entry.step === step);
  const applied = own.findLast((entry) => entry.type === 'step-applied');
  const { experiment: id } = ((applied?.type === 'step-applied' && applied.receipt) || {}) as { experiment?: string };
  if (id !== undefined) {
    const found = await experimentOf(region, id, context);
    return found ? [found] : [];
  }
  const asked = own.find((entry) => entry.type === 'step-applying');
  const mayHaveBegun = own.some(
    (entry) => entry.type === 'call' && entry.operation === 'StartExperiment' && entry.outcome !== 'failed',
  );
  if (!asked || !mayHaveBegun) return [];
  const ofTemplate = { experimentTemplateId: template, maxResults: 100 };
  const experiments = await listOf(context.aws, 'fis', region, 'ListExperiments', 'experiments', ofTemplate);
  const sinceMs = Date.parse(asked.at) - CLOCKS_DIFFER_MS;
  return experiments.filter(({ creationTime }) => (creationTime?.getTime() ?? 0) >= sinceMs);
}

/** Stops what a step started, and waits until nothing of it continues. */
export async function stopAll(asked: Template, step: string, context: StepContext): Promise<void> {
  const { region } = asked;
  for (const { id = '', state } of await startedBy(asked, step, context)) {
    if (!goesOn(state?.status)) continue;
    const statusNow = async () => (await experimentOf(region, id, context))?.state?.status;
    if (state?.status !== 'stopping')
      await unlessDone(
        context,
        () => context.aws.call('fis', region, 'StopExperiment', { id }),
        async () => {
          const status = await statusNow();
          return status === 'stopping' || !goesOn(status);
        },
      );
    await until(context, async () => (goesOn(await statusNow()) ? undefined : true));
  }
}

export const stopCommand = (region: string, id: string): string =>
  `aws fis stop-experiment --region ${region} --id ${id}`;
