import * as z from 'zod';
import { bucketName, componentName, type Description, dataStore, side, text } from '../described.ts';
import { archive } from './needs.ts';

/** Where the objects of a Kubernetes namespace are archived. */
export const configurationArchiveSchema = z.strictObject({
  kind: z.literal('configuration-archive'),
  ...dataStore,
  bucket: bucketName,
  region: side.default('recovery').describe('The region that the bucket is in.'),
  prefix: z.string().default('').describe('The prefix of the keys of the archives. The newest archive is used.'),
  of: componentName.optional().describe('The compute whose objects are archived; the only one by default.'),
  namespace: text.optional().describe('The namespace that is archived; the usual one of the compute by default.'),
  from: side.default('primary').describe('The region that they are archived in.'),
});

/** What a topology, a preflight and a report know of the kind. */
export const configurationArchive = {
  schema: configurationArchiveSchema,
  needs: [archive],
  counts: { not: 'archives are compared, and have no rows that could be counted' },
} as const satisfies Description;
