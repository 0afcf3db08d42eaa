import * as z from 'zod';
import { arnForm } from '../../arn.ts';
import { plainTarget } from '../../drill/dns-name.ts';
import { nameServer } from '../../drill/live.ts';
import { domainName, hostedZone, resourceName } from '../../drill/names.ts';
import { duration } from '../../drill/quantities.ts';
import { DrillError } from '../../errors.ts';
import { type Description, text } from '../described.ts';
import { publicName, routingControls } from './needs.ts';

/** Global Accelerator has one API for the world, in Oregon. */
export const ACCELERATOR_REGION = 'us-west-2';

const record = z.strictObject({
  setIdentifier: text
    .optional()
    .describe('What tells the record from the other; an accelerator has one record for both regions, and needs none.'),
  address: z
    .ipv4()
    .optional()
    .describe("The fixed IPv4 address of the region's load balancer; with `target`, where the region itself is asked."),
  ipv6: z.ipv6().optional().describe('Its fixed IPv6 address, where the name has AAAA records as well.'),
  target: text
    .overwrite(plainTarget)
    .optional()
    .describe(
      'The DNS name that the record leads to, where it is an alias or a CNAME: the name of the load balancer. Its addresses may change: traffic is shifted when the public name answers as this name does.',
    ),
  healthCheck: resourceName.optional().describe('The health check that gates this record.'),
});

const endpointGroup = z
  .string()
  .regex(
    new RegExp(`^${arnForm('globalaccelerator', 'accelerator/[^/]+/listener/[^/]+/endpoint-group/[^/]+')}$`),
    'expected the ARN of an endpoint group, which names its accelerator and listener, too',
  );

/** What is asked of a name, and how the service behind it is seen to be well. */
const service = z.strictObject({
  scheme: z.enum(['https', 'http']).default('https'),
  port: z.int().min(1).max(65_535).optional().describe("The scheme's own, unless said."),
  path: text.describe('A path that reads and writes through the whole system.'),
  checks: z
    .array(
      z.strictObject({
        name: text,
        path: text.describe('Answers with less than 500 while the service is well.'),
        every: duration.default(30_000),
        failures: z.int().positive().default(2).describe('Failed checks in a row that count as down.'),
        critical: z.boolean().default(true),
      }),
    )
    .default([])
    .describe('Services behind the public name, which are looked at one by one to decide what a failure calls for.'),
  alarms: z
    .array(resourceName)
    .default([])
    .describe('CloudWatch alarms of the region that serves, by name: quiet, once it has recovered.'),
  metrics: z
    .strictObject({
      namespace: text,
      errorRate: text,
      latency: text,
      period: duration
        .default(60_000)
        .refine(
          (ms) => [1, 5, 10, 30].includes(ms / 1_000) || ms % 60_000 === 0,
          'expected 1 s, 5 s, 10 s, 30 s or whole minutes',
        )
        .describe('How often the metrics are published: 60 s, unless they are of high resolution.'),
    })
    .optional()
    .describe(
      "The service's own metrics in CloudWatch. Without them, error rate and latency are those of the watched customer alone.",
    ),
});

/** A public name in Route 53, its two records, and how customers are moved from one region to the other. */
export const route53Schema = z.strictObject({
  kind: z.literal('route53'),
  service,
  zone: hostedZone.describe('The hosted zone id.'),
  name: domainName
    .refine((name) => !name.startsWith('*'), 'expected a name that a customer can visit, not a wildcard')
    .describe('The public name that customers use.'),
  ttl: duration.describe('How long resolvers may keep an answer.'),
  lever: z
    .enum([
      'health-check-inversion',
      'weighted-records',
      'failover-records',
      'arc-routing-controls',
      'global-accelerator-dials',
    ])
    .describe(
      'arc-routing-controls calls no control plane at all: ARC answers in five regions. global-accelerator-dials is a call to that of Global Accelerator in us-west-2; no record changes, and no resolver keeps an old answer. Each of the others is a call to the Route 53 control plane, which is in one region: us-east-1, or another one in another partition of AWS. The effect of health-check-inversion travels with health checking, on the data plane; weighted-records and failover-records (which exchanges their roles) edit the records, and the change has to reach every name server.',
    ),
  records: z
    .enum(['failover', 'weighted'])
    .optional()
    .describe(
      'The routing policy of the two records. Only weighted ones let traffic move by shares; they are, where the lever is weighted-records, and failover records otherwise, unless said. With an accelerator there is one record for both regions, whatever stands here.',
    ),
  routingControls: z
    .strictObject({
      primary: text.describe('The ARN of the control whose health check gates the primary record.'),
      recovery: text.describe('That of the recovery record.'),
      endpoints: z.record(text, z.url()).describe("The cluster's regional endpoints, by region: there are five."),
    })
    .optional()
    .describe('Routing controls of Application Recovery Controller, for the lever arc-routing-controls.'),
  accelerator: z
    .strictObject({
      primary: endpointGroup.describe("The ARN of the primary region's endpoint group."),
      recovery: endpointGroup.describe('That of the recovery region, of the same listener.'),
    })
    .optional()
    .describe(
      'The endpoint groups of the accelerator that the public name leads to, for the lever global-accelerator-dials.',
    ),
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

export type Traffic = z.output<typeof route53Schema>;

/** What the lever arc-routing-controls cannot do without; the loader tells sooner. */
export function routingControlsOf({ routingControls }: Traffic): NonNullable<Traffic['routingControls']> {
  if (routingControls) return routingControls;
  throw new DrillError(
    'topology-lacks',
    "The public name has no 'routingControls' in the topology, which its lever needs.",
  );
}

/** What the lever global-accelerator-dials cannot do without; the loader tells sooner. */
export function endpointGroupsOf({ accelerator }: Traffic): NonNullable<Traffic['accelerator']> {
  if (accelerator) return accelerator;
  throw new DrillError(
    'topology-lacks',
    "The public name has no 'accelerator' in the topology, which its lever needs.",
  );
}

/** Where a record leads: to fixed addresses, or to whatever another name answers. */
export interface Destination {
  addresses: string[];
  target?: string | undefined;
}

export const destinationOf = ({ address, ipv6, target }: Traffic['primary']): Destination =>
  target === undefined ? { addresses: [address, ipv6].filter((one) => one !== undefined) } : { addresses: [], target };

/** Where the load balancer of one region is asked directly, whatever the public name answers. */
export const regionDoorOf = ({ address, target }: Traffic['primary']): Destination =>
  address === undefined ? { addresses: [], target } : { addresses: [address] };

/** What tells one of two records from the other. */
export const setIdentifierOf = ({ setIdentifier }: Traffic['primary']): string => setIdentifier ?? '';

/** The regions that are called beside those of the topology itself. */
export const endpointRegions = ({ routingControls, accelerator }: Traffic): string[] => [
  ...Object.keys(routingControls?.endpoints ?? {}),
  ...(accelerator ? [ACCELERATOR_REGION] : []),
];

/** The routing policy of the records; `simple` where there is but one, which leads to an accelerator. */
export const recordPolicyOf = ({
  records,
  lever,
}: Pick<Traffic, 'records' | 'lever'>): 'failover' | 'weighted' | 'simple' => {
  if (lever === 'global-accelerator-dials') return 'simple';
  return records ?? (lever === 'weighted-records' ? 'weighted' : 'failover');
};

/** What a topology, a preflight and a report know of the kind. */
export const route53 = {
  schema: route53Schema,
  needs: [publicName, routingControls],
} as const satisfies Description;
