import * as z from 'zod';
import { duration } from './quantities.ts';

/** What the steps for parts that only the user's own system has meet in a dry run: requests, functions, automations, experiments. */
export const simulatedAnswers = {
  urls: z
    .array(
      z.strictObject({
        url: z.string(),
        status: z.int().min(100).max(599).default(200),
        body: z.string().default(''),
        takes: duration.optional(),
      }),
    )
    .default([])
    .describe('What other URLs answer to http.call.'),
  functions: z
    .array(
      z.strictObject({
        function: z.string(),
        takes: duration.default(200),
        answers: z.json().default(null).describe('What it returns.'),
        error: z.string().optional().describe('It fails with this message.'),
      }),
    )
    .default([])
    .describe('Lambda functions in the account.'),
  automations: z
    .array(
      z.strictObject({
        document: z.string(),
        takes: duration.default(60_000),
        fails: z.string().optional().describe('It fails with this message.'),
        parameters: z.array(z.string()).optional().describe('Its parameters. Default: any.'),
        outputs: z.record(z.string(), z.array(z.string())).default({}),
      }),
    )
    .default([])
    .describe('Systems Manager automations in the account.'),
  experiments: z
    .array(
      z.strictObject({
        template: z.string().describe("The experiment template's id."),
        does: z
          .enum(['nothing', 'writer-loss', 'region-outage', 'zone-failure', 'degradation'])
          .default('nothing')
          .describe('What it causes in its region.'),
        services: z
          .array(z.string())
          .optional()
          .describe('The services that a degradation affects. Default: all critical ones.'),
        startsAfter: duration
          .optional()
          .describe('A fixed duration instead of a random one, from the request to the effect.'),
        lasts: duration.default(600_000),
        fails: z.string().optional().describe('It fails with this reason before it has any effect.'),
        stoppedByAlarm: z
          .strictObject({ name: z.string(), after: duration })
          .optional()
          .describe('How long after its start a stop condition ends it.'),
      }),
    )
    .default([])
    .describe('FIS experiment templates in the account.'),
};
