import * as z from 'zod';
import { arnForm, parseArn } from '../../arn.ts';
import { plainTarget } from '../../drill/dns-name.ts';
import { nameServer } from '../../drill/live.ts';
import { alarmName, domainName, healthCheckId, hostedZone, nameOrArn } from '../../drill/names.ts';
import { duration } from '../../drill/quantities.ts';
import { DrillError } from '../../errors.ts';
import { type Description, text } from '../described.ts';
import { type Destination, destinationOf, fixedAddresses } from '../public-name/destination.ts';
import { nameLeaves } from './left.ts';
import { LEVERS, POLICIES } from './levers.ts';
import { publicName, routingControls, targetGroups } from './needs.ts';

/** Global Accelerator has one API for the world, in Oregon. */
export const ACCELERATOR_REGION = 'us-west-2';

const targetGroup = z
  .string()
  .regex(
    new RegExp(
      `^([A-Za-z0-9](?:[A-Za-z0-9-]{0,30}[A-Za-z0-9])?|${arnForm('elasticloadbalancing', 'targetgroup/[^/]+/[^/]+')})$`,
    ),
    'expected the name or the ARN of a target group',
  );

const LOAD_BALANCER = '(app|net)/[^/]+/[^/]+';

/** As CloudWatch calls a load balancer: with what its ARN ends. */
export const loadBalancerName = (arn: string): string =>
  (parseArn(arn)?.resource ?? arn).replace(/^loadbalancer\//, '');

const loadBalancer = z
  .string()
  .regex(
    new RegExp(`^(${LOAD_BALANCER}|${arnForm('elasticloadbalancing', `loadbalancer/${LOAD_BALANCER}`)})$`),
    'expected the ARN of a load balancer, or what it ends with, such as app/shop/50dc6c495c0c9188',
  )
  .overwrite(loadBalancerName);

/** How a health check asks an endpoint. */
const endpointCheck = z.strictObject({
  every: duration
    .default(30_000)
    .refine((ms) => [10_000, 30_000].includes(ms), 'expected 10 s or 30 s')
    .describe('The request interval: 30 s, or 10 s for a fast one.'),
  failures: z.int().min(1).max(10).default(3).describe('Failed checks in a row until it is unhealthy.'),
  path: text
    .optional()
    .describe("What it asks for. If it is the service's `path`, the check also fails while nothing can be written."),
});

const record = z.strictObject({
  setIdentifier: text
    .optional()
    .describe('The set identifier of the record. A simple record for both regions has none.'),
  address: z
    .ipv4()
    .optional()
    .describe("The fixed IPv4 address of the region's load balancer; with `target`, where the region itself is asked."),
  ipv6: z.ipv6().optional().describe('Its fixed IPv6 address, where the name has AAAA records as well.'),
  addresses: z
    .array(z.union([z.ipv4(), z.ipv6()]))
    .min(1)
    .optional()
    .describe('All fixed addresses, if a record has several values. Replaces `address` and `ipv6`.'),
  target: text
    .overwrite(plainTarget)
    .optional()
    .describe(
      'The DNS name that the record leads to, where it is an alias or a CNAME: the name of a load balancer, an API Gateway domain or a CloudFront distribution. Its addresses may change. Traffic is shifted when the public name resolves to the same addresses as this name.',
    ),
  targetZone: hostedZone
    .optional()
    .describe(
      'The hosted zone id of the target of an alias, which AWS gives (CanonicalHostedZoneId of a load balancer). Needed where a drill writes the alias: simple-record and latency-records.',
    ),
  evaluateTargetHealth: z
    .boolean()
    .optional()
    .describe('EvaluateTargetHealth of the alias. By default, an alias without it is a finding.'),
  healthCheck: healthCheckId.optional().describe('The health check that gates this record.'),
  loadBalancer: loadBalancer
    .optional()
    .describe(
      "The region's Application Load Balancer, by its ARN or by what that ends with (app/shop/50dc6c495c0c9188): for `service.metrics: { from: load-balancer }`.",
    ),
  endpointCheck: endpointCheck
    .optional()
    .describe(
      'Set if the health check requests the region itself: Route 53 then moves customers away by itself after `every` × `failures`. If not set, the check is a calculated one, which only a drill or a person changes.',
    ),
  targetGroups: z
    .array(targetGroup)
    .min(1)
    .optional()
    .describe(
      "The target groups of the region's load balancer, by name or ARN. Before customers are shifted there, each must have a healthy target. By default, no drill looks at them.",
    ),
});

const routingControl = nameOrArn({
  service: 'route53-recovery-control',
  types: ['controlpanel/'],
  of: 'a routing control',
});

const endpointGroup = z
  .string()
  .regex(
    new RegExp(`^${arnForm('globalaccelerator', 'accelerator/[^/]+/listener/[^/]+/endpoint-group/[^/]+')}$`),
    'expected the ARN of an endpoint group, which names its accelerator and listener, too',
  );

/** Metrics that a service publishes itself. */
const ownMetrics = z.strictObject({
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
});

/** Those that Elastic Load Balancing publishes each minute. */
const balancerMetrics = z.strictObject({
  from: z.literal('load-balancer').describe("The metrics of each side's `loadBalancer`, in AWS/ApplicationELB."),
});

/** The requests to a name, and how the health of the service behind it is checked. */
const service = z.strictObject({
  scheme: z.enum(['https', 'http']).default('https'),
  port: z.int().min(1).max(65_535).optional().describe("The scheme's own by default."),
  path: text.describe('A path that reads and writes through every part of the system.'),
  checks: z
    .array(
      z.strictObject({
        name: text,
        path: text.describe('A path that answers with a status below 500 while the service is healthy.'),
        every: duration.default(30_000),
        failures: z.int().positive().default(2).describe('Failed checks in a row that count as down.'),
        critical: z.boolean().default(true),
      }),
    )
    .default([])
    .describe(
      'Services behind the public name. Each is checked, and the results decide what the drill does after a failure.',
    ),
  alarms: z
    .array(alarmName)
    .default([])
    .describe('Names of CloudWatch alarms in the serving region. They must be OK after the recovery.'),
  metrics: z
    .union([ownMetrics, balancerMetrics])
    .optional()
    .describe(
      "The service's own metrics in CloudWatch, or `from: load-balancer`. Without them, error rate and latency are those of the watched customers alone.",
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
  private: z
    .boolean()
    .default(false)
    .describe(
      'Whether the zone is a private hosted zone, which answers inside its VPCs only. A live drill then runs in one of them, or asks `resolvers` that it can reach.',
    ),
  types: z
    .array(z.enum(['A', 'AAAA', 'CNAME']))
    .min(1)
    .optional()
    .describe(
      'The types of the records. A drill moves all of them together. By default: A where a record is an alias, and A or AAAA as the addresses are.',
    ),
  ttl: duration
    .default(60_000)
    .describe('How long resolvers may keep an answer; 60 s by default, as for the alias of a load balancer.'),
  lever: z
    .enum(LEVERS)
    .describe(
      'arc-routing-controls calls no control plane at all: ARC answers in five regions. global-accelerator-dials is a call to that of Global Accelerator in us-west-2; no record changes, and no resolver keeps an old answer. Each of the others is a call to the Route 53 control plane, which is in one region: us-east-1, or another one in another partition of AWS. The effect of health-check-inversion travels with health checking, on the data plane. The others edit the records, and the change has to reach every name server: weighted-records changes weights, failover-records exchanges roles, latency-records deletes the records of the lost region and creates them again later, simple-record points the one record of each type at the other region.',
    ),
  records: z
    .enum(POLICIES)
    .optional()
    .describe(
      'The routing policy of the records. Only weighted ones let traffic move by shares. By default, it is the one that the lever edits: weighted, latency or simple; failover with any other lever. With an accelerator there is one record for both regions, whatever stands here.',
    ),
  routingControls: z
    .strictObject({
      primary: routingControl.describe('The ARN of the control whose health check gates the primary record.'),
      recovery: routingControl.describe('The ARN of the control whose health check gates the recovery record.'),
      endpoints: z.record(text, z.url()).describe('The five regional endpoints of the cluster, by region.'),
    })
    .optional()
    .describe('Routing controls of Application Recovery Controller, for the lever arc-routing-controls.'),
  accelerator: z
    .strictObject({
      primary: endpointGroup.describe("The ARN of the primary region's endpoint group."),
      recovery: endpointGroup.describe('The ARN of the endpoint group of the recovery region, of the same listener.'),
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
    .describe('DNS servers that a live drill queries. Default: those of the machine.'),
  nameServers: z
    .array(nameServer)
    .min(1)
    .optional()
    .describe(
      "The zone's own name servers; those that DNS names for it by default. A live drill's watched customers ask them, so that no shared cache decides when they move. Where they do not answer, and in a private zone, `resolvers` are asked, and the recovery time has an error bar of a TTL.",
    ),
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

/** Where a name leads once customers were sent to a region: with latency records the other one still serves anyone who is nearer to it. */
export function shiftedTo(traffic: Traffic, to: 'primary' | 'recovery'): Destination {
  if (recordPolicyOf(traffic) !== 'latency' || to === 'recovery') return destinationOf(traffic[to]);
  const both = [destinationOf(traffic.primary), destinationOf(traffic.recovery)];
  return {
    addresses: both.flatMap(({ addresses }) => addresses),
    targets: both.flatMap(({ targets }) => targets ?? []),
  };
}

export type RecordType = NonNullable<Traffic['types']>[number];

/** The types of a name's records; a drill moves all of them together. */
export const typesOf = ({ types, primary, recovery }: Pick<Traffic, 'types' | 'primary' | 'recovery'>): RecordType[] =>
  types ??
  (['A', 'AAAA'] as const).filter((type) =>
    [primary, recovery].some((side) =>
      side.target === undefined ? fixedAddresses(side, type).length > 0 : type === 'A',
    ),
  );

/** What tells one of two records from the other. */
export const setIdentifierOf = ({ setIdentifier }: Traffic['primary']): string => setIdentifier ?? '';

/** The regions that are called beside those of the topology itself. */
export const endpointRegions = ({ routingControls, accelerator }: Traffic): string[] => [
  ...Object.keys(routingControls?.endpoints ?? {}),
  ...(accelerator ? [ACCELERATOR_REGION] : []),
];

/** Whether the lever edits records, and does not turn something on which they depend. */
export const editsRecords = ({ lever }: Pick<Traffic, 'lever'>): boolean =>
  lever === 'failover-records' || lever in EDITED;

/** The policy that a lever edits. */
const EDITED = { 'weighted-records': 'weighted', 'latency-records': 'latency', 'simple-record': 'simple' } as const;

/** The routing policy of the records; `simple` where there is but one for both regions. */
export const recordPolicyOf = ({
  records,
  lever,
}: Pick<Traffic, 'records' | 'lever'>): NonNullable<Traffic['records']> => {
  if (lever === 'global-accelerator-dials') return 'simple';
  return records ?? (lever in EDITED ? EDITED[lever as keyof typeof EDITED] : 'failover');
};

/** What a topology, a preflight and a report know of the kind. */
export const route53 = {
  schema: route53Schema,
  needs: [publicName, routingControls, targetGroups],
  port: 'dns',
  moves: [
    'arc.set-routing-controls',
    'globalaccelerator.set-dials',
    'globalaccelerator.share-traffic',
    'route53.hold-by-weights',
    'route53.invert-health-check',
    'route53.move-records',
    'route53.share-traffic',
  ],
  leaves: nameLeaves,
} as const satisfies Description;
