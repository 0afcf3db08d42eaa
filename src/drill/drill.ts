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
  timeout: duration.default(2_000).describe('A request that takes longer counts as failed.'),
  customers: z
    .int()
    .min(1)
    .max(100)
    .default(8)
    .describe(
      'How many customers of each public name to watch. Their resolver caches expire one after another, spread over the TTL. Recovery is when the last customer is served again.',
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
        .describe('The kind of failure.'),
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
    .strictObject({ lasts: duration.default(30_000).describe('How long to watch the healthy system first.') })
    .prefault({}),
  detection: z
    .strictObject({
      every: duration.default(10_000).describe('How often the system is checked.'),
      failures: z.int().positive().default(3).describe('Failed checks in a row that make an alarm.'),
      timeout: duration.default(5_000).describe('A check that takes longer counts as failed.'),
      within: duration
        .default(480_000)
        .describe('If no failure is detected within this time, the drill stops. Default: 8 min.'),
    })
    .prefault({}),
  decision: z
    .strictObject({
      errorRate: percentage.default(0.1).describe('If more requests fail, the drill fails over without asking.'),
      p95: duration
        .default(2_000)
        .describe('If the 95th percentile of response times is above this for 5 min, people decide. Default: 2 s.'),
    })
    .prefault({}),
  limits: z
    .strictObject({
      replicationLag: duration
        .default(60_000)
        .describe('If the lag before the failure is higher, people decide whether the drill continues.'),
    })
    .prefault({}),
  verification: z
    .strictObject({
      lasts: duration.default(60_000).describe('How long success must last to count.'),
      errorRate: percentage.default(0.001).describe('The highest share of failed requests.'),
      p95: duration.default(2_000).describe('The highest 95th percentile of response times.'),
    })
    .prefault({}),
  protection: z
    .strictObject({
      multiAz: z.boolean().default(true).describe('true: request a standby in another zone.'),
      replica: z
        .boolean()
        .default(true)
        .describe('true: request the replica that nextReplica describes for the new writer. It stays after the drill.'),
    })
    .optional()
    .describe(
      'What the new writer gets after customers are served: backups, a standby, a replica. Each costs money and stays. Default: nothing.',
    ),
  approval: approvalSchema
    .optional()
    .describe('People who must approve before the failover begins. Default: nobody, a rule decides.'),
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
      failures: z.int().positive().default(3).describe('Checks in a row in which neither side sees the other.'),
      timeout: duration.default(2_000).describe('How long a side may take to answer.'),
      silence: duration
        .default(5_000)
        .describe('If a side has heard nothing from the other for this long, it does not see it.'),
      within: duration
        .default(120_000)
        .describe('If no failure is detected within this time, the drill stops. Default: 2 min.'),
    })
    .default({ every: 5_000, failures: 3, timeout: 2_000, silence: 5_000, within: 120_000 }),
  quorum: z
    .strictObject({
      holder: z
        .enum(['primary', 'recovery'])
        .optional()
        .describe(
          'The side that should have the right to write. primary: nothing fails over. recovery: it takes over. A dry run cuts the links accordingly, and the commands of a live run must. A run with the other outcome does not count as this drill. Default: either.',
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
      'The data store to restore, or a kind for the first of that kind. Default: the first that can be restored.',
    ),
  recoveryPoint: z
    .discriminatedUnion('from', [
      z.strictObject({
        from: z.literal('snapshot'),
        maxAge: duration.default(86_400_000).describe('If the newest snapshot is older than this, the drill fails.'),
        types: z
          .array(z.enum(['automated', 'awsbackup', 'manual', 'shared']))
          .min(1)
          .optional()
          .describe(
            'Which snapshots to consider: automated (by RDS), awsbackup (by AWS Backup), manual, shared. Default: automated and awsbackup.',
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
          `The name of the restored instance or cluster. Nothing may have it yet. \`\${store}\` in it stands for what the topology calls the data store.`,
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
    .describe('People who must approve before anything is restored. That time counts. Default: none.'),
  afterwards: z
    .enum(['discard', 'switch-over'])
    .default('discard')
    .describe('discard deletes the restored copy; switch-over makes it the writer once the data checks pass.'),
});

const name = z
  .string()
  .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'expected small letters, digits and hyphens, such as promote-replica');

const stepSchema = z.strictObject({
  step: name.describe('The name of the step, unique in this drill.'),
  uses: text.describe('The kind of step, such as rds.promote-replica; `dr-drill steps` lists them.'),
  of: text.optional().describe('The component of the topology, by its name or kind. Default: all that fit.'),
  with: z
    .record(text, z.unknown())
    .default({})
    .describe(
      `What the step is to do. Texts may refer to what the topology calls the data store (\`\${store}\`), to values of the topology and to the results of earlier steps.`,
    ),
  deadline: duration.optional().describe('How long it may take. Default: 10 min.'),
});

const row = z.array(stepSchema).min(1);

const customSchema = z.strictObject({
  ...fields,
  machine: z.literal('custom'),
  of: text
    .optional()
    .describe(
      "The component that the drill is about, by its name or kind, or 'first' for the first database. Lines for data stores that do not name one are about this one only.",
    ),
  targets: z
    .strictObject({
      rto: z.union([duration, z.null()]).describe('Longest acceptable recovery time. null if it is not measured.'),
      rpo: z
        .union([duration, z.null()])
        .describe('Longest acceptable period of lost data. null if it is not measured.'),
    })
    .describe('The targets of this drill.'),
  steps: z
    .array(text)
    .default([])
    .describe('Modules with steps of your own, relative to this file: what `defineStep` made, exported.'),
  begins: z
    .enum(['at-home', 'after-failover'])
    .default('at-home')
    .describe('Which region serves at the start: the primary region, or, as after a failover, the recovery region.'),
  measure: z
    .strictObject({
      recovery: z
        .strictObject({
          from: text.describe(
            "The phase whose start begins the recovery time, or 'failure': the moment of the failure.",
          ),
          until: text.describe(
            "The phase whose end ends the recovery time, or 'served': the first lasting success of the last watched customer.",
          ),
        })
        .optional()
        .describe('The start and end of the measured recovery time. Default: not measured.'),
      loss: z
        .enum(['heartbeats', 'markers', 'recovery-point'])
        .optional()
        .describe(
          'How data loss is measured: by rows or records that are written and counted, or by the age of the recovery point.',
        ),
    })
    .default({}),
  failure: z
    .strictObject({ commands: failureCommands })
    .optional()
    .describe('Commands that cause the failure in a live run, for the step failure.bring-about.'),
  probe: probeSchema.optional().describe('The customers to watch during the whole drill. Default: none.'),
  heartbeat: z
    .strictObject({
      every: duration,
      on: z
        .enum(['writer', 'replica'])
        .default('writer')
        .describe('Which instance of the topology to write the rows to.'),
    })
    .optional()
    .describe('Rows to write during the whole drill. Default: none.'),
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
    .describe('What is done, in order.'),
  cleanUp: z
    .array(stepSchema)
    .default([])
    .describe('Steps that always run at the end, if the drill may have made anything.'),
  onFailure: z.enum(['roll-back', 'hold']).default('roll-back').describe('What a failed step leads to.'),
});

/** A drill that is drawn from others, and begins when nobody expects it. */
export const surpriseSchema = z.strictObject({
  drill: fields.drill,
  title: fields.title,
  machine: z.literal('surprise'),
  topology: fields.topology,
  of: z.array(text).min(1).describe('The drill files to draw one from, relative to this file.'),
  window: windowSchema,
  announce: announceSchema.default(() => announceSchema.parse({})),
  simulation: fields.simulation,
});

/** A drill file: which machine, on which topology, compared with which targets. */
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
/** The drills that a surprise may be. The header of the journal has every candidate in full. */
export interface Surprise {
  of: Drill[];
  window: z.output<typeof windowSchema>;
  announce: z.output<typeof announceSchema>;
}
export type CustomStep = z.output<typeof stepSchema>;
