import * as z from 'zod';
import { isArn, regionalArn } from '../../arn.ts';
import { nameOrArn } from '../../drill/names.ts';
import { duration } from '../../drill/quantities.ts';
import { DrillError, UnknownOutcome } from '../../errors.ts';
import { mustNotRepeat } from '../asked-before.ts';
import { given, side } from '../given.ts';
import { defineStep, type StepContext } from '../step.ts';

const invocation = z.strictObject({
  function: nameOrArn({ service: 'lambda', types: ['function:'], of: 'a Lambda function' }).describe(
    'Its name, its ARN, or either with a version or alias behind a colon.',
  ),
  payload: z.json().optional().describe('Its input.'),
});
type Invocation = z.output<typeof invocation>;

const params = invocation.extend({
  region: z.string(),
  account: z.string(),
  contains: z.string().optional(),
  changes: z.boolean(),
  withinMs: z.number(),
  repeatable: z.boolean(),
  undo: invocation.optional(),
});
type Params = z.output<typeof params>;

/** What a function gave, as text; so much of it as stands on record. */
type Invoked = { payload: string; version: string };

const KEPT = 2_000;
const MINUTE = 60_000;
/** Lambda lets no function run longer. */
const LONGEST_MS = 15 * MINUTE;

/**
 * Calls a Lambda function and waits for what it gives. One that only looks (`changes: false`) decides the verdict by it; of any other the
 * drill file says what takes it back.
 */
export const invokeFunction = defineStep<Params, Invoked>({
  kind: 'lambda.invoke',
  params,
  given: given(
    invocation
      .extend({
        in: side.default('recovery').describe('The region to call it in.'),
        expect: z
          .strictObject({ payload: z.string().min(1).describe('What the answer must contain.') })
          .optional()
          .describe('What it must return. An error always fails the step.'),
        changes: z.boolean().default(true).describe('false: it only reads, and its result decides the verdict.'),
        within: duration
          .refine((ms) => ms <= LONGEST_MS, 'expected 15 min at most: no function runs longer')
          .default(MINUTE)
          .describe('How long it may take.'),
        repeatable: z.boolean().default(false).describe('true: it can safely be called twice.'),
        undo: z
          .union([z.literal('nothing'), invocation])
          .optional()
          .describe("How to undo it: another call, or 'nothing'. Required unless it only reads."),
      })
      .refine(({ changes, undo }) => !changes || undo !== undefined, {
        path: ['undo'],
        message: "expected what takes it back: a function, or 'nothing'",
      }),
    ({ in: where, expect, within, undo, ...asked }, { topology: { regions, account } }) => ({
      ...asked,
      region: regions[where],
      account,
      withinMs: within,
      ...(expect && { contains: expect.payload }),
      ...(undo !== undefined && undo !== 'nothing' && { undo }),
    }),
    { lastsMs: ({ within }: { within: number }) => within },
  ),
  needs: ({ region, undo, ...asked }) =>
    [asked, ...(undo ? [undo] : [])].map((one) => ({ need: 'lambda-function', region, function: one.function })),
  plane: 'data',
  title: ({ function: name }) => `Call the function ${name}`,
  region: ({ region }) => region,
  calls: ['lambda:Invoke'],
  permissions: ({ region, account, undo, ...asked }) =>
    [asked.function, ...(undo ? [undo.function] : [])].map((name) => ({
      action: 'lambda:InvokeFunction',
      resource: isArn(name) ? name : regionalArn({ service: 'lambda', region, account, resource: `function:${name}` }),
    })),
  command: (asked) => invokeCommand(asked, asked.region),
  doneWhen: () => 'The answer has no FunctionError.',
  usuallyMs: () => 1_000,
  // What only looks needs no asking for: it is the look itself.
  observe: async ({ changes }) => ({ done: !changes, state: null }),

  async apply(asked, context) {
    if (!asked.repeatable) mustNotRepeat(`The function ${asked.function}`, context);
    const { payload, version } = await invoked(asked, asked, context);
    const wrong = whyUnexpected(payload, asked);
    if (wrong !== undefined) throw new DrillError('answered-otherwise', `${asked.function}: ${wrong}.`);
    return { payload, version };
  },

  async settle(asked, context, _, receipt) {
    if (asked.changes) return receipt as unknown as Invoked;
    const note = (ok: boolean, detail: string) =>
      context.record({ type: 'check', check: context.step, layer: 'verification', critical: true, ok, detail });
    try {
      const answer = await looked(asked, context);
      const wrong = whyUnexpected(answer.payload, asked);
      note(wrong === undefined, `${asked.function}: ${wrong ?? 'as expected'}`);
      return answer;
    } catch (error) {
      context.signal.throwIfAborted();
      note(false, (error as Error).message);
      return { payload: '', version: '' };
    }
  },

  async undo({ undo, ...around }, context) {
    if (undo) await invoked(undo, around, context);
  },
  undoCommand: ({ undo, region }) => (undo ? invokeCommand(undo, region) : '# nothing to undo'),
});

const TRIES = 3;

/** A function that only looks is called again where nobody answered. */
async function looked(asked: Params, context: StepContext): Promise<Invoked> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await invoked(asked, asked, context);
    } catch (error) {
      context.signal.throwIfAborted();
      if (!(error instanceof UnknownOutcome) || tries === TRIES) throw error;
      await context.clock.sleep(AGAIN_AFTER_MS, context.signal);
    }
  }
}

const AGAIN_AFTER_MS = 2_000;

async function invoked(
  { function: name, payload }: Invocation,
  { region, withinMs }: Pick<Params, 'region' | 'withinMs'>,
  { aws }: StepContext,
): Promise<Invoked> {
  const answer = await aws.call(
    'lambda',
    region,
    'Invoke',
    { FunctionName: name, ...(payload !== undefined && { Payload: Buffer.from(JSON.stringify(payload)) }) },
    { answerWithinMs: withinMs },
  );
  const said = Buffer.from(answer.Payload ?? []).toString();
  if (answer.FunctionError !== undefined)
    throw new DrillError('function-failed', `${name} failed: ${said.slice(0, KEPT)}`, {
      hint: `Its log tells more: aws logs tail /aws/lambda/${name} --region ${region}`,
    });
  return { payload: said.slice(0, KEPT), version: answer.ExecutedVersion ?? '' };
}

const whyUnexpected = (payload: string, { contains }: Params): string | undefined =>
  contains === undefined || payload.includes(contains) ? undefined : `it gave ${payload.slice(0, 200)}`;

/** Both versions of the AWS CLI take bytes from a file as they are. */
function invokeCommand({ function: name, payload }: Invocation, region: string): string {
  const call = `aws lambda invoke --region ${region} --function-name ${name}`;
  if (payload === undefined) return `${call} /dev/stdout`;
  const text = JSON.stringify(payload).replaceAll("'", "'\\''");
  return `printf %s '${text}' | ${call} --payload fileb:///dev/stdin /dev/stdout`;
}
