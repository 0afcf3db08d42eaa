import * as z from 'zod';

const endpointGroup = z.object({ arn: z.string(), region: z.string() });

/** The accelerator that a public name leads to, and its endpoint group in each region. */
export const describedAccelerator = z.object({ arn: z.string(), primary: endpointGroup, recovery: endpointGroup });
export type DescribedAccelerator = z.output<typeof describedAccelerator>;

/** One of the two records of the public name. */
const record = z.object({
  setIdentifier: z.string().optional(),
  address: z.string().optional(),
  ipv6: z.string().optional(),
  target: z.string().optional(),
  healthCheck: z.string().optional(),
});

/** The records of the public name, and the lever that shifts traffic between them. */
export const describedTraffic = z.object({
  /** That Route 53 is called in. */
  region: z.string(),
  zone: z.string(),
  name: z.string(),
  ttlMs: z.number(),
  lever: z.enum([
    'health-check-inversion',
    'weighted-records',
    'failover-records',
    'arc-routing-controls',
    'global-accelerator-dials',
  ]),
  records: z.enum(['failover', 'weighted', 'simple']),
  /** Where customers are before the drill. */
  customersIn: z.enum(['primary', 'recovery']),
  /** What one record for both regions leads to. */
  accelerator: describedAccelerator.nullable(),
  primary: record,
  recovery: record,
});
export type DescribedTraffic = z.output<typeof describedTraffic>;
export type DescribedRecord = z.output<typeof record>;
