import * as z from 'zod';
import { bucketName, componentName, side, text } from '../components/described.ts';
import { computeSchema, dataSchema, trafficSchema } from '../components/schemas.ts';
import { witnessSchema } from '../components/witness/schema.ts';
import { region } from './names.ts';
import { noticesSchema } from './notices.ts';
import { peopleSchema } from './people.ts';
import { duration } from './quantities.ts';

const evidence = z.strictObject({
  bucket: bucketName,
  region: side.default('recovery').describe('The region of the bucket.'),
  objectLock: z
    .boolean()
    .default(true)
    .describe('Whether Object Lock is enabled, so that a retention can be set on what is written.'),
});

const objective = z.strictObject({
  rto: duration.optional().describe('Longest time without service that the platform promises.'),
  rpo: duration.optional().describe('Longest period of lost data that the platform promises.'),
});

/** What a company has in its two regions, by AWS's own names: data stores, what runs on them, and the public names. */
export const topologySchema = z.strictObject({
  topology: text.describe("The topology's name."),
  description: text.optional(),
  account: z
    .string({ error: 'expected the 12 digits of an AWS account, in quotes' })
    .regex(/^\d{12}$/, 'expected the 12 digits of an AWS account, in quotes')
    .describe('The only account that a drill on this topology may touch.'),
  objective: objective
    .optional()
    .describe(
      'What the platform promises. Reports show it beside the target of each drill. It does not affect the verdict.',
    ),
  regions: z.strictObject({ primary: region, recovery: region }),
  data: z.record(componentName, dataSchema).default({}).describe('Data stores, by name.'),
  compute: z.record(componentName, computeSchema).default({}).describe('Compute, by name.'),
  traffic: z.record(componentName, trafficSchema).default({}).describe('Public names, by a short name.'),
  people: peopleSchema
    .optional()
    .describe(
      'The people who decide. If set, every answer to a live run must prove who gave it. If not, names are accepted without proof.',
    ),
  notices: noticesSchema
    .optional()
    .describe(
      'Channels that a drill reports its progress to, and the topic that tells the incident commander about a surprise.',
    ),
  evidence: evidence.optional().describe('A versioned bucket for sealed evidence.'),
  witness: witnessSchema
    .optional()
    .describe('The third vantage point, which decides who may write when the two regions do not see each other.'),
});

export type Topology = z.output<typeof topologySchema>;
