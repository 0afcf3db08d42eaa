import * as z from 'zod';
import { componentName } from '../components/described.ts';
import { approvalSchema } from './approval.ts';
import { fields } from './fields-of-every-drill.ts';
import { failureCommands, successSchema } from './live.ts';
import { databaseName } from './names.ts';
import { duration, percentage } from './quantities.ts';
import { announceSchema, windowSchema } from './window.ts';

const text = z.string().min(1);

const probeSchema = z.strictObject({
  every: duration.default(1_000).describe('How often each watched customer sends a request.'),
  timeout: duration.default(2_000).describe('A request that takes longer has failed.'),
  customers: z
    .int()
    .min(1)
    .max(100)
    .default(8)
    .describe(
      'How many customers of each public name are watched. Their resolver caches run out one after another, spread over the TTL; recovery is when the last of them is served again.',
    ),
  success: successSchema.optional(),
});

const failoverSchema = z.strictObject({
  ...fields,
  machine: z.literal('multi-region-failover'),
  failure: z
    .strictObject({
      kind: z
        .enum(['region-outage', 'writer-loss', 'degradation'])
        .default('region-outage')
        .describe('What is caused.'),
      services: z
        .array(text)
        .optional()
        .describe(
          "What is down in a degradation: names of the topology's service checks; all critical ones by default.",
        ),
      commands: failureCommands.optional(),
    })
    .prefault({}),
  probe: probeSchema.prefault({}),
  heartbeat: z
    .strictObject({ every: duration.default(200).describe('How often a heartbeat row is written.') })
    .prefault({}),
  baseline: z
    .strictObject({ lasts: duration.default(30_000).describe('How long the healthy system is watched first.') })
    .prefault({}),
  detection: z
    .strictObject({
      every: duration.default(10_000).describe('How often the system is looked at.'),
      failures: z.int().positive().default(3).describe('Failed checks in a row that make an alarm.'),
      timeout: duration.default(5_000).describe('A look that takes longer has failed.'),
      within: duration
        .default(480_000)
        .describe('When nothing has been found for so long, the drill is given up; 8 min by default.'),
    })
    .prefault({}),
  decision: z
    .strictObject({
      errorRate: percentage.default(0.1).describe('Above this, fail over without asking.'),
      p95: duration
        .default(2_000)
        .describe('When the 95th percentile of the answers is above this for 5 min, people decide; 2 s by default.'),
    })
    .prefault({}),
  limits: z
    .strictObject({
      replicationLag: duration
        .default(60_000)
        .describe('Above this before the failure, people decide whether the drill goes on.'),
    })
    .prefault({}),
  verification: z
    .strictObject({
      lasts: duration.default(60_000).describe('How long success must last to count.'),
      errorRate: percentage.default(0.001).describe('Largest share of failed requests.'),
      p95: duration.default(2_000).describe('Longest 95th percentile of the answers.'),
    })
    .prefault({}),
  protection: z
    .strictObject({
      multiAz: z.boolean().default(true).describe('A standby in another zone is asked for.'),
      replica: z
        .boolean()
        .default(true)
        .describe("The topology's database.nextReplica is ordered behind the new writer, and stays."),
    })
    .optional()
    .describe(
      'What the new writer gets once customers are served: backups, a standby, a replica. Each costs money and stays; nothing is asked for by default.',
    ),
  approval: approvalSchema
    .optional()
    .describe('People who must agree before the failover begins; a rule decides alone by default.'),
  onFailure: z.enum(['roll-back', 'hold']).default('roll-back').describe('What a failed step leads to.'),
});

const partitionSchema = z.strictObject({
  ...fields,
  machine: z.literal('network-partition'),
  failure: z
    .strictObject({ commands: failureCommands })
    .optional()
    .describe('How a live run cuts the link between the two regions, and fixes it.'),
  probe: failoverSchema.shape.probe,
  heartbeat: failoverSchema.shape.heartbeat,
  baseline: failoverSchema.shape.baseline,
  detection: z
    .strictObject({
      every: duration.default(5_000),
      failures: z.int().positive().default(3).describe('Looks in a row at which neither side sees the other.'),
      timeout: duration.default(2_000).describe('How long a side may take to answer.'),
      silence: duration
        .default(5_000)
        .describe('When one side has heard nothing of the other for so long, it does not see it.'),
      within: duration
        .default(120_000)
        .describe('When nothing has been found for so long, the drill is given up; 2 min by default.'),
    })
    .default({ every: 5_000, failures: 3, timeout: 2_000, silence: 5_000, within: 120_000 }),
  quorum: z
    .strictObject({
      holder: z
        .enum(['primary', 'recovery'])
        .optional()
        .describe(
          'The side that is to have the right to write: primary, and nothing fails over; recovery, and it takes over. A dry run cuts the links so, a live run’s commands have to. A run that went the other way does not count as this drill. Either by default.',
        ),
      within: duration.describe(
        'If neither side has the witness by then, both stop writing, and the drill is rolled back.',
      ),
    })
    .default({ within: 120_000 }),
  limits: failoverSchema.shape.limits,
  verification: failoverSchema.shape.verification,
  onFailure: failoverSchema.shape.onFailure,
});

const restoreSchema = z.strictObject({
  ...fields,
  machine: z.literal('backup-restore'),
  of: componentName
    .optional()
    .describe(
      'The data store that is restored, or a kind, whose first one is meant; the first that can be restored by default.',
    ),
  recoveryPoint: z
    .discriminatedUnion('from', [
      z.strictObject({
        from: z.literal('snapshot'),
        maxAge: duration.default(86_400_000).describe('An older newest snapshot fails the drill.'),
        types: z
          .array(z.enum(['automated', 'awsbackup', 'manual', 'shared']))
          .min(1)
          .optional()
          .describe(
            'Whose snapshots count: automated (of RDS) and awsbackup (of AWS Backup) by default; manual, shared.',
          ),
      }),
      z.strictObject({
        from: z.literal('point-in-time'),
        before: duration.default(0).describe('How long before the latest restorable time.'),
      }),
    ])
    .prefault({ from: 'snapshot' }),
  restored: z
    .strictObject({
      identifier: databaseName
        .default(`\${store}-restore-drill`)
        .describe(
          `The name of the restored instance or cluster; there must be none of that name yet. \`\${store}\` in it stands for what the topology calls the data store.`,
        ),
    })
    .prefault({}),
  heartbeat: z
    .strictObject({
      every: duration.default(1_000).describe('How often a heartbeat row is written.'),
      lasts: duration.default(0).describe('How long rows are written before the restore; none by default.'),
    })
    .prefault({}),
  approval: approvalSchema
    .optional()
    .describe('People who must agree before anything is restored; that time counts. Default: none.'),
  afterwards: z
    .enum(['discard', 'switch-over'])
    .default('discard')
    .describe('discard deletes the restored copy; switch-over makes it the writer once the data checks pass.'),
});

const name = z
  .string()
  .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'expected small letters, digits and hyphens, such as promote-replica');

const stepSchema = z.strictObject({
  step: name.describe("The step's name in this drill; no two are alike."),
  uses: text.describe('The kind of step, such as rds.promote-replica; `dr-drill steps` lists them.'),
  of: text
    .optional()
    .describe('The component of the topology that is asked, by its name or kind; all that can be meant by default.'),
  with: z
    .record(text, z.unknown())
    .default({})
    .describe(
      `What the step is to do. Texts may refer to what the topology calls the data store (\`\${store}\`), to values of the topology and to the results of earlier steps.`,
    ),
  deadline: duration.optional().describe('How long it may take; 10 min by default.'),
});

const row = z.array(stepSchema).min(1);

const customSchema = z.strictObject({
  ...fields,
  machine: z.literal('custom'),
  of: text
    .optional()
    .describe(
      "The component that the drill is about, by its name or kind, or 'first' for the first database: lines that ask data stores, and do not say which, ask it alone.",
    ),
  targets: z
    .strictObject({
      rto: z.union([duration, z.null()]).describe('Longest acceptable time to recovery; null where none is measured.'),
      rpo: z
        .union([duration, z.null()])
        .describe('Longest acceptable stretch of lost data; null where none is measured.'),
    })
    .describe('What this drill is held against.'),
  steps: z
    .array(text)
    .default([])
    .describe('Modules with steps of your own, relative to this file: what `defineStep` made, exported.'),
  begins: z
    .enum(['at-home', 'after-failover'])
    .default('at-home')
    .describe('Where the platform stands: with the primary region serving, or as a failover has left it.'),
  measure: z
    .strictObject({
      recovery: z
        .strictObject({
          from: text.describe(
            "A phase, from whose beginning time counts; or 'failure': the moment when it was caused.",
          ),
          until: text.describe(
            "A phase, whose end counts; or 'served': the last watched customer's first success that lasted.",
          ),
        })
        .optional()
        .describe('Between which moments recovery time is measured; it is not by default.'),
      loss: z
        .enum(['heartbeats', 'markers', 'recovery-point'])
        .optional()
        .describe(
          'What data loss is read from: rows of a database or records of a topic, written and counted again, or how old the recovery point was.',
        ),
    })
    .default({}),
  failure: z
    .strictObject({ commands: failureCommands })
    .optional()
    .describe('How a live run brings the failure about that the step failure.bring-about asks for.'),
  probe: probeSchema.optional().describe('The customers to watch during the whole drill. Default: none.'),
  heartbeat: z
    .strictObject({
      every: duration,
      on: z.enum(['writer', 'replica']).default('writer').describe('Which instance of the topology takes the rows.'),
    })
    .optional()
    .describe('Rows that are written all the while; none by default.'),
  verification: z
    .strictObject({ lasts: duration.describe('How long success must last to count.') })
    .default({ lasts: 60_000 }),
  phases: z
    .array(
      z.strictObject({
        phase: name,
        steps: row.optional().describe('Steps one after another.'),
        parallel: z.record(name, row).optional().describe('Rows of steps to run in parallel, by name.'),
      }),
    )
    .min(1)
    .describe('What is done, in this order.'),
  cleanUp: z
    .array(stepSchema)
    .default([])
    .describe('What is always done at the end, once anything may have been made.'),
  onFailure: z.enum(['roll-back', 'hold']).default('roll-back').describe('What a failed step leads to.'),
});

/** A drill that is drawn from others, and begins when nobody expects it. */
export const surpriseSchema = z.strictObject({
  drill: fields.drill,
  title: fields.title,
  machine: z.literal('surprise'),
  topology: fields.topology,
  of: z.array(text).min(1).describe('The drill files that one is drawn from, relative to this one.'),
  window: windowSchema,
  announce: announceSchema.default(() => announceSchema.parse({})),
  simulation: fields.simulation,
});

/** A drill file: which machine, on which topology, held against which targets. */
export const drillSchema = z.discriminatedUnion('machine', [
  failoverSchema,
  partitionSchema,
  restoreSchema,
  customSchema,
  surpriseSchema,
]);

export type SurpriseFile = z.output<typeof surpriseSchema>;
export type Drill = FailoverDrill | PartitionDrill | RestoreDrill | CustomDrill;
export type FailoverDrill = z.output<typeof failoverSchema>;
export type PartitionDrill = z.output<typeof partitionSchema>;
export type RestoreDrill = z.output<typeof restoreSchema>;
/** A surprise is a drill without a course of its own until it has been drawn. */
export type CustomDrill = z.output<typeof customSchema> & { surprise?: Surprise };
/** What a drill that nobody knows of may turn out to be. The journal's header holds every candidate whole. */
export interface Surprise {
  of: Drill[];
  window: z.output<typeof windowSchema>;
  announce: z.output<typeof announceSchema>;
}
export type CustomStep = z.output<typeof stepSchema>;
