import * as z from 'zod';
import { duration, percentage } from './quantities.ts';

/** How the simulated public names move customers, and what goes wrong with that. */
export const simulatedTraffic = {
  healthCheck: z
    .strictObject({
      takes: duration.optional().describe('Time from an inversion to a changed DNS answer.'),
      stuck: z.boolean().default(false).describe('The inversion is accepted but has no effect.'),
      balancerNoticed: duration
        .default(60_000)
        .describe(
          'Time from the loss of the region of a load balancer until an alias that evaluates its health is unhealthy. AWS publishes no figure.',
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
            .describe('Share of all customers, including watched ones.'),
          keep: duration.optional().describe('How long they keep an answer. Default: for ever.'),
        })
        .default({ share: 0 })
        .describe('Clients that keep a DNS answer longer than its TTL, such as Java programs that cache it for ever.'),
    })
    .default({ ignoreTtl: { share: 0 } }),
  traffic: z
    .strictObject({
      controller: z
        .strictObject({ after: duration.describe('How long after each change of the drill.') })
        .optional()
        .describe(
          'Another tool, such as external-dns, also manages the public name: it restores records, health checks, routing controls and dials.',
        ),
      privateZone: z.boolean().default(false).describe('The hosted zone answers only inside VPCs.'),
      vpcs: z.array(z.string()).optional().describe('The regions whose VPCs a private zone answers in. Default: both.'),
      outside: z
        .boolean()
        .default(false)
        .describe('The drill runs outside of these VPCs: it cannot resolve the names of a private zone.'),
      only: z.boolean().default(false).describe('The zone has only the records listed in `records`.'),
      records: z
        .array(
          z.strictObject({
            name: z.string().optional().describe('The public name by default.'),
            type: z.enum(['A', 'AAAA', 'CAA', 'CNAME', 'HTTPS', 'MX', 'NS', 'SVCB', 'TXT']),
            setIdentifier: z.string().optional(),
            weight: z.int().min(0).max(255).optional(),
            failover: z.enum(['PRIMARY', 'SECONDARY']).optional(),
            region: z.string().optional().describe('The region of a latency record.'),
            country: z.string().optional().describe('The location of a geolocation record.'),
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
          'More record sets of the zone. One with the same name, type and set identifier as a record set of the topology replaces it.',
        ),
    })
    .default({ privateZone: false, outside: false, only: false, records: [] })
    .describe('What others have changed at the public name.'),
  dials: z
    .strictObject({
      takes: duration
        .optional()
        .describe('Time from a changed dial of an accelerator until all edge locations use it.'),
      stuck: z.boolean().default(false).describe('A changed dial is accepted but never deployed.'),
    })
    .default({ stuck: false }),
  targets: z
    .strictObject({
      unhealthy: z
        .enum(['primary', 'recovery'])
        .optional()
        .describe('The side whose targets fail their health checks.'),
      from: duration.default(0).describe('How long after the start they begin to fail.'),
      until: duration.optional().describe('How long after the start they pass again. Default: never.'),
      none: z.enum(['primary', 'recovery']).optional().describe('The side whose target groups have no targets.'),
    })
    .default({ from: 0 })
    .describe('What load balancers send requests to.'),
};
