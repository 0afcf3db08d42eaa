import * as z from 'zod';
import { duration, percentage } from './quantities.ts';

/** How the simulated public names move customers, and what goes wrong with that. */
export const simulatedTraffic = {
  healthCheck: z
    .strictObject({
      takes: duration.optional().describe('From an inversion to a changed DNS answer.'),
      stuck: z.boolean().default(false).describe('Inversion is accepted and changes nothing.'),
      balancerNoticed: duration
        .default(60_000)
        .describe(
          'Once the region of a load balancer is lost, until an alias that evaluates its health counts as unhealthy. AWS publishes no figure.',
        ),
    })
    .default({ stuck: false, balancerNoticed: 60_000 }),
  customers: z
    .strictObject({
      ignoreTtl: z
        .strictObject({
          share: percentage
            .refine((share) => share <= 1, 'expected at most 100 %')
            .default(0)
            .describe('Of all customers, the watched ones among them.'),
          keep: duration.optional().describe('How long they keep an answer: for good by default.'),
        })
        .default({ share: 0 })
        .describe(
          'Clients that keep what DNS answered longer than its TTL, such as Java programs that cache it for good.',
        ),
    })
    .default({ ignoreTtl: { share: 0 } }),
  traffic: z
    .strictObject({
      controller: z
        .strictObject({ after: duration.describe('So long after each change of the drill.') })
        .optional()
        .describe(
          'Something else owns the public name too, such as external-dns: it puts back records, health checks, routing controls and dials.',
        ),
      privateZone: z.boolean().default(false).describe('The hosted zone answers inside of VPCs only.'),
      vpcs: z
        .array(z.string())
        .optional()
        .describe('The regions of the VPCs in which a private zone answers: both by default.'),
      outside: z
        .boolean()
        .default(false)
        .describe('The drill runs outside of these VPCs: it cannot resolve the names of a private zone.'),
      only: z.boolean().default(false).describe('Nothing but `records` stands in the zone.'),
      records: z
        .array(
          z.strictObject({
            name: z.string().optional().describe('The public name by default.'),
            type: z.enum(['A', 'AAAA', 'CAA', 'CNAME', 'HTTPS', 'MX', 'NS', 'SVCB', 'TXT']),
            setIdentifier: z.string().optional(),
            weight: z.int().min(0).max(255).optional(),
            failover: z.enum(['PRIMARY', 'SECONDARY']).optional(),
            region: z.string().optional().describe('Of a latency record.'),
            country: z.string().optional().describe('Of a geolocation record.'),
            multivalue: z.boolean().default(false),
            ttl: duration.optional(),
            values: z.array(z.string()).default([]),
            alias: z.string().optional().describe('The DNS name that it is an alias of, instead of values.'),
            targetZone: z.string().optional().describe('The hosted zone id of the alias.'),
            evaluateTargetHealth: z.boolean().default(true),
            healthCheck: z.string().optional(),
          }),
        )
        .default([])
        .describe(
          'Record sets of the zone, beside those that the topology describes; one of the same name, type and set identifier takes their place.',
        ),
    })
    .default({ privateZone: false, outside: false, only: false, records: [] })
    .describe('The public name, as others have it.'),
  dials: z
    .strictObject({
      takes: duration.optional().describe('From a turned dial of an accelerator until every edge goes by it.'),
      stuck: z.boolean().default(false).describe('A turned dial is accepted and never deployed.'),
    })
    .default({ stuck: false }),
  targets: z
    .strictObject({
      unhealthy: z
        .enum(['primary', 'recovery'])
        .optional()
        .describe('The side whose targets fail their health checks.'),
      from: duration.default(0).describe('So long after the world began they begin to fail.'),
      until: duration.optional().describe('So long after the world began they pass them again; never by default.'),
      none: z.enum(['primary', 'recovery']).optional().describe('The side whose target groups have no targets.'),
    })
    .default({ from: 0 })
    .describe('What load balancers send requests to.'),
};
