import * as z from 'zod';
import { DrillError } from '../errors.ts';
import { nameServer } from './live.ts';
import { duration } from './quantities.ts';

const text = z.string().min(1);

const record = z.strictObject({
  setIdentifier: text,
  address: z.ipv4().describe("The address of the region's load balancer."),
  healthCheck: text.optional().describe('The health check that gates this record.'),
});

/** The public name, its two records, and how customers are moved from one region to the other. */
export const trafficSchema = z.strictObject({
  zone: text.describe('The hosted zone id.'),
  name: text.describe('The public name that customers use.'),
  ttl: duration.describe('How long resolvers may keep an answer.'),
  lever: z
    .enum(['health-check-inversion', 'weighted-records', 'failover-records', 'arc-routing-controls'])
    .describe(
      'arc-routing-controls calls no control plane at all: ARC answers in five regions. Each of the others is a call to the Route 53 control plane in us-east-1. The effect of health-check-inversion travels with health checking, on the data plane; weighted-records and failover-records (which exchanges their roles) edit the records, and the change has to reach every name server.',
    ),
  records: z
    .enum(['failover', 'weighted'])
    .optional()
    .describe(
      'The routing policy of the two records. Only weighted ones let traffic move by shares; they are, where the lever is weighted-records, and failover records otherwise, unless said.',
    ),
  routingControls: z
    .strictObject({
      primary: text.describe('The ARN of the control whose health check gates the primary record.'),
      recovery: text.describe('That of the recovery record.'),
      endpoints: z.record(text, z.url()).describe("The cluster's regional endpoints, by region: there are five."),
    })
    .optional()
    .describe('Routing controls of Application Recovery Controller, for the lever arc-routing-controls.'),
  primary: record,
  recovery: record,
  resolvers: z
    .array(nameServer)
    .min(1)
    .optional()
    .describe("DNS servers that a live drill asks; the machine's own, unless said."),
  nameServers: z
    .array(nameServer)
    .min(1)
    .optional()
    .describe("The zone's own name servers; those that DNS names for it, unless said."),
});

export type Traffic = z.output<typeof trafficSchema>;

/** What the lever arc-routing-controls cannot do without; the loader tells sooner. */
export function routingControlsOf({ routingControls }: Traffic): NonNullable<Traffic['routingControls']> {
  if (routingControls) return routingControls;
  throw new DrillError('topology-lacks', 'The topology has no traffic.routingControls, which its lever needs.');
}

/** The regions that are called beside those of the topology itself. */
export const endpointRegions = ({ routingControls }: Traffic): string[] =>
  Object.keys(routingControls?.endpoints ?? {});

/** The routing policy of the two records. */
export const recordPolicyOf = ({ records, lever }: Pick<Traffic, 'records' | 'lever'>): 'failover' | 'weighted' =>
  records ?? (lever === 'weighted-records' ? 'weighted' : 'failover');
