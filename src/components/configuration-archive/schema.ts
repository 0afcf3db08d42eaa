import * as z from 'zod';
import { bucketName, componentName, dataStore, side } from '../described.ts';

/** Where the objects of a Kubernetes namespace are archived. */
export const configurationArchiveSchema = z.strictObject({
  kind: z.literal('configuration-archive'),
  ...dataStore,
  bucket: bucketName,
  region: side.default('recovery').describe('The region that the bucket is in.'),
  prefix: z.string().default('').describe('What the keys of the archives begin with; the newest one counts.'),
  of: componentName.optional().describe('The compute whose objects are archived; the only one, unless said.'),
  from: side.default('primary').describe('In which region they are archived.'),
});
