import { createHash } from 'node:crypto';
import type { AutomationExecution } from '@aws-sdk/client-ssm';
import * as z from 'zod';
import { globalArn, isArn, regionalArn } from '../../arn.ts';
import { nameOrArn } from '../../drill/names.ts';
import { duration } from '../../drill/quantities.ts';
import { DrillError } from '../../errors.ts';
import { given, side } from '../given.ts';
import { until } from '../poll.ts';
import { defineStep, type Permission, type StepContext } from '../step.ts';
import { unlessDone } from '../unless-done.ts';

const automation = z.strictObject({
  document: nameOrArn({
    service: 'ssm',
    types: ['document/', 'automation-definition/'],
    of: 'a document of Systems Manager',
  }).describe('Its name, or the ARN of a shared one.'),
  parameters: z
    .record(z.string(), z.union([z.string(), z.array(z.string())]))
    .default({})
    .describe('Its parameters.'),
});
type Automation = z.output<typeof automation>;

const params = automation.extend({
  region: z.string(),
  account: z.string(),
  /** Of the run: what one step starts is started once, however often it asks. */
  run: z.string(),
  undo: automation.optional(),
});
type Params = z.output<typeof params>;

const MINUTE = 60_000;
/** So much of an output stands on record. */
const KEPT = 2_000;

/**
 * Starts an automation of Systems Manager and waits for its end. Its client token makes it the same one however often it is asked for; its
 * undo stops it where it still runs, and starts what the drill file says takes it back.
 */
export const runAutomation = defineStep<Params, { execution: string; outputs: Record<string, string> }>({
  kind: 'ssm.automation',
  params,
  given: given(
    automation.extend({
      in: side.default('recovery').describe('The region that it runs in.'),
      within: duration.default(10 * MINUTE).describe('How long it usually takes.'),
      undo: z
        .union([z.literal('nothing'), automation])
        .describe("How to undo it: another automation, or 'nothing'. An automation that still runs is stopped first."),
    }),
    ({ document, parameters, in: where, undo }, { topology: { regions, account }, drill, startedAtMs }) => ({
      document,
      parameters,
      region: regions[where],
      account,
      run: `${drill}/${startedAtMs}`,
      ...(undo !== 'nothing' && { undo }),
    }),
    { lastsMs: ({ within }: { within: number }) => within },
  ),
  needs: ({ region, document, parameters, undo }) =>
    [{ document, parameters }, ...(undo ? [undo] : [])].map((one) => ({
      need: 'ssm-document',
      region,
      document: one.document,
      parameters: Object.keys(one.parameters),
      ...roleIn(one),
    })),
  plane: 'control',
  title: ({ document }) => `Run the automation ${document}`,
  region: ({ region }) => region,
  calls: ['ssm:StartAutomationExecution', 'ssm:GetAutomationExecution', 'ssm:StopAutomationExecution'],
  permissions: ({ region, account, undo, ...one }) => [
    ...[one, ...(undo ? [undo] : [])].flatMap((each) => passing(each, { region, account })),
    ...[one.document, ...(undo ? [undo.document] : [])].map((name) => ({
      action: 'ssm:StartAutomationExecution',
      resource: isArn(name)
        ? name
        : regionalArn({ service: 'ssm', region, account, resource: `automation-definition/${name}:*` }),
    })),
    ...['ssm:GetAutomationExecution', 'ssm:StopAutomationExecution'].map((action) => ({
      action,
      resource: regionalArn({ service: 'ssm', region, account, resource: 'automation-execution/*' }),
    })),
  ],
  command: (asked) => startCommand(asked, asked.region),
  doneWhen: () => 'The automation has the status Success.',
  usuallyMs: () => MINUTE,
  observe: async () => ({ done: false, state: null }),

  repeatable: true,
  apply: async (asked, context) => ({ execution: await started(asked, asked, context.step, context) }),

  async settle({ region, document }, context, _, receipt) {
    const { execution } = receipt as { execution: string };
    const { Outputs = {} } = await ended(document, region, execution, context);
    const outputs = Object.entries(Outputs).map(([name, values]) => [name, values.join(', ').slice(0, KEPT)]);
    return { execution, outputs: Object.fromEntries(outputs) };
  },

  async undo({ undo, region, document, ...around }, context) {
    if (wasNeverStarted(context)) return;
    await stop(document, region, context);
    if (!undo) return;
    const execution = await started(undo, { region, ...around }, `${context.step}/undo`, context);
    await ended(undo.document, region, execution, context);
  },
  undoCommand: ({ undo, region, document }) =>
    `aws ssm stop-automation-execution --region ${region} --automation-execution-id "$(aws ssm describe-automation-executions --region ${region} --filters Key=DocumentNamePrefix,Values=${document} --query 'AutomationExecutionMetadataList[0].AutomationExecutionId' --output text)"${undo ? ` && ${startCommand(undo, region)}` : ''}`,
});

/** The parameter by which documents take the role that they act with. */
const roleIn = ({ parameters: { AutomationAssumeRole: role } }: Automation): { role?: string } => {
  const [name] = [role ?? []].flat();
  return name ? { role: name } : {};
};

/** Who starts an automation that acts with a role gives the role to Systems Manager. */
function passing(one: Automation, { region, account }: { region: string; account: string }): Permission[] {
  const { role } = roleIn(one);
  if (role === undefined) return [];
  const resource = isArn(role)
    ? role
    : globalArn({ service: 'iam', region, account, resource: /^[\w+=,.@/-]+$/.test(role) ? `role/${role}` : 'role/*' });
  return [{ action: 'iam:PassRole', resource, passedTo: 'ssm.amazonaws.com' }];
}

/** Asked a second time with the same token, Systems Manager gives the execution of the first. */
async function started(
  { document, parameters }: Automation,
  { region, run }: Pick<Params, 'region' | 'run'>,
  asked: string,
  { aws }: Pick<StepContext, 'aws'>,
): Promise<string> {
  const lists = Object.entries(parameters).map(([name, value]) => [name, [value].flat()]);
  const answer = await aws.call('ssm', region, 'StartAutomationExecution', {
    DocumentName: document,
    ...(lists.length > 0 && { Parameters: Object.fromEntries(lists) }),
    ClientToken: tokenOf(`${run}/${asked}`),
  });
  return answer.AutomationExecutionId ?? '';
}

/** A token has the form of a UUID. */
const tokenOf = (text: string): string =>
  createHash('sha256')
    .update(text)
    .digest('hex')
    .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, '$1-$2-$3-$4-$5');

/** As far as anything still happens by itself; an approval inside a document is waited for, too. */
const RUNNING = [
  'Pending',
  'InProgress',
  'Waiting',
  'Cancelling',
  'PendingApproval',
  'Approved',
  'Scheduled',
  'RunbookInProgress',
  'PendingChangeCalendarOverride',
  'ChangeCalendarOverrideApproved',
];
const WELL = ['Success', 'CompletedWithSuccess'];

const executionOf = async (region: string, execution: string, { aws }: Pick<StepContext, 'aws'>) =>
  (await aws.call('ssm', region, 'GetAutomationExecution', { AutomationExecutionId: execution })).AutomationExecution;

async function ended(
  document: string,
  region: string,
  execution: string,
  context: StepContext,
): Promise<AutomationExecution> {
  const found = await until(context, async () => {
    const now = await executionOf(region, execution, context);
    return now && !RUNNING.includes(now.AutomationExecutionStatus ?? 'Pending') ? now : undefined;
  });
  const { AutomationExecutionStatus: status = '', FailureMessage } = found;
  if (WELL.includes(status)) return found;
  throw new DrillError(
    'automation-failed',
    `${document} ended as ${status}${FailureMessage ? `: ${FailureMessage.slice(0, KEPT)}` : ''}.`,
    {
      hint: `See its steps: aws ssm get-automation-execution --region ${region} --automation-execution-id ${execution}`,
    },
  );
}

/** AWS refused each time it was asked. */
const wasNeverStarted = ({ entries, step }: StepContext): boolean =>
  entries().every(
    (entry) =>
      entry.type !== 'call' ||
      entry.step !== step ||
      entry.operation !== 'StartAutomationExecution' ||
      entry.outcome === 'failed',
  );

async function stop(document: string, region: string, context: StepContext): Promise<void> {
  const applied = context.entries().findLast((entry) => entry.type === 'step-applied' && entry.step === context.step);
  const { execution } = ((applied?.type === 'step-applied' && applied.receipt) || {}) as { execution?: string };
  if (execution === undefined)
    throw new DrillError('execution-unknown', `Whether ${document} was started is not known.`, {
      hint: `See which run: aws ssm describe-automation-executions --region ${region} --filters Key=DocumentNamePrefix,Values=${document}`,
    });
  const isRunning = async () => {
    const now = await executionOf(region, execution, context);
    return RUNNING.includes(now?.AutomationExecutionStatus ?? '');
  };
  if (!(await isRunning())) return;
  await unlessDone(
    context,
    () =>
      context.aws.call('ssm', region, 'StopAutomationExecution', { AutomationExecutionId: execution, Type: 'Cancel' }),
    async () => !(await isRunning()),
  );
  await until(context, async () => ((await isRunning()) ? undefined : true));
}

function startCommand({ document, parameters }: Automation, region: string): string {
  const lists = Object.entries(parameters).map(([name, value]) => [name, [value].flat()]);
  const given =
    lists.length === 0 ? '' : ` --parameters '${JSON.stringify(Object.fromEntries(lists)).replaceAll("'", "'\\''")}'`;
  return `aws ssm start-automation-execution --region ${region} --document-name ${document}${given}`;
}
