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
    .describe('What URLs beside the public door answer to http.call.'),
  functions: z
    .array(
      z.strictObject({
        function: z.string(),
        takes: duration.default(200),
        answers: z.json().default(null).describe('What it gives.'),
        error: z.string().optional().describe('It fails with this message.'),
      }),
    )
    .default([])
    .describe('The Lambda functions that there are.'),
  automations: z
    .array(
      z.strictObject({
        document: z.string(),
        takes: duration.default(60_000),
        fails: z.string().optional().describe('It fails with this message.'),
        parameters: z.array(z.string()).optional().describe('The parameters that it takes; any by default.'),
        outputs: z.record(z.string(), z.array(z.string())).default({}),
      }),
    )
    .default([])
    .describe('The automations of Systems Manager that there are.'),
  experiments: z
    .array(
      z.strictObject({
        template: z.string().describe("The experiment template's id."),
        does: z
          .enum(['nothing', 'writer-loss', 'region-outage', 'zone-failure', 'degradation'])
          .default('nothing')
          .describe('What it causes in its region.'),
        services: z.array(z.string()).optional().describe('What a degradation takes; all critical ones by default.'),
        startsAfter: duration.optional().describe('Instead of a drawn duration: from the request until it does it.'),
        lasts: duration.default(600_000),
        fails: z.string().optional().describe('It fails with this reason before it does anything.'),
        stoppedByAlarm: z
          .strictObject({ name: z.string(), after: duration })
          .optional()
          .describe('A stop condition that ends it so long after its start.'),
      }),
    )
    .default([])
    .describe('The experiment templates of FIS that there are.'),
};
