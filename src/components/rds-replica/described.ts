import * as z from 'zod';
import { ENGINES } from '../../ports/sql.ts';

/** An instance as the topology describes it. */
export const describedInstance = z.object({
  region: z.string(),
  identifier: z.string(),
  engine: z.enum(ENGINES),
  class: z.string(),
  storageGib: z.number(),
  multiAz: z.boolean(),
  parameterGroup: z.string(),
  subnetGroup: z.string(),
  securityGroups: z.array(z.string()),
  quarantine: z.string(),
  /** Whether the drill logs in to it with a token of IAM. */
  iamLogin: z.boolean().optional(),
});
export type DescribedInstance = z.output<typeof describedInstance>;
