import * as z from 'zod';

/** An instance as the topology describes it. */
export const describedInstance = z.object({
  region: z.string(),
  identifier: z.string(),
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

const endpointGroup = z.object({ arn: z.string(), region: z.string() });

/** The accelerator that a public name leads to, and its endpoint group in each region. */
export const describedAccelerator = z.object({ arn: z.string(), primary: endpointGroup, recovery: endpointGroup });
export type DescribedAccelerator = z.output<typeof describedAccelerator>;
