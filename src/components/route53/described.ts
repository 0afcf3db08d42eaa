import * as z from 'zod';
import { LEVERS, POLICIES } from './levers.ts';

const endpointGroup = z.object({ arn: z.string(), region: z.string() });

/** The accelerator that a public name leads to, and its endpoint group in each region. */
export const describedAccelerator = z.object({ arn: z.string(), primary: endpointGroup, recovery: endpointGroup });
export type DescribedAccelerator = z.output<typeof describedAccelerator>;

/** The records of a public name in one region, or what its one record leads to there. */
const record = z.object({
  region: z.string(),
  setIdentifier: z.string().optional(),
  address: z.string().optional(),
  ipv6: z.string().optional(),
  addresses: z.array(z.string()).optional(),
  target: z.string().optional(),
  targetZone: z.string().optional(),
  evaluateTargetHealth: z.boolean().optional(),
  healthCheck: z.string().optional(),
  /** How that check asks the endpoint, where it does. */
  endpointCheck: z.object({ every: z.number(), failures: z.number(), path: z.string().optional() }).optional(),
});

/** The records of the public name, and the lever that shifts traffic between them. */
export const describedTraffic = z.object({
  /** That Route 53 is called in. */
  region: z.string(),
  zone: z.string(),
  name: z.string(),
  ttlMs: z.number(),
  lever: z.enum(LEVERS),
  records: z.enum(POLICIES),
  private: z.boolean(),
  /** The types of its records. Default: the types that exist. */
  types: z.array(z.string()).optional(),
  /** Where customers are before the drill. */
  customersIn: z.enum(['primary', 'recovery']),
  /** What one record for both regions leads to. */
  accelerator: describedAccelerator.nullable(),
  primary: record,
  recovery: record,
});
export type DescribedTraffic = z.output<typeof describedTraffic>;
export type DescribedRecord = z.output<typeof record>;
