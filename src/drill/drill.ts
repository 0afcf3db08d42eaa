import * as z from 'zod';
import { failureCommands, successSchema } from './live.ts';
import { duration, percentage } from './quantities.ts';
import { simulationSchema } from './simulation.ts';

const text = z.string().min(1);

const fields = {
  drill: z
    .string()
    .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'expected small letters, digits and hyphens, such as multi-region-failover')
    .describe("The drill's name; runs are filed under it."),
  title: text,
  topology: text.describe('The topology file, relative to this one.'),
  targets: z
    .strictObject({
      rto: duration.describe('Longest acceptable time without service.'),
      rpo: duration.describe('Longest acceptable stretch of lost data.'),
    })
    .describe('What this drill is held against. The platform objective is shown beside it.'),
  objective: z
    .strictObject({ rto: duration, rpo: duration })
    .default({ rto: 300_000, rpo: 60_000 })
    .describe("The platform's own promise, shown beside the target: 5 min and 1 min unless said."),
  deadlines: z
    .record(text, duration)
    .default({})
    .describe('How long each step may take, by its name; `dr-drill plan` lists the names.'),
  dataChecks: z
    .strictObject({
      rowCountTolerance: percentage.default(0.02).describe('How far row counts may lie from those expected.'),
    })
    .default({ rowCountTolerance: 0.02 }),
  consent: z
    .array(text)
    .default([])
    .describe('Steps of no return, by name, that this drill may take in a live run. A dry run needs none.'),
  stop: z
    .strictObject({
      maximumDuration: duration.optional().describe('The drill is aborted when it has lasted that long.'),
      alarms: z
        .array(z.strictObject({ region: text, name: text.describe("The alarm's name in CloudWatch.") }))
        .default([])
        .describe('The drill is aborted when one of them is in alarm.'),
      served: z
        .strictObject({ atLeast: percentage, over: duration })
        .optional()
        .describe(
          'The drill is aborted when fewer of the customer’s requests are served. Not for drills that take service away.',
        ),
    })
    .optional()
    .describe('What ends the drill early: it then undoes what it changed, or holds.'),
  runbook: z.array(text).default([]).describe('Links to what a person would follow by hand.'),
  controls: z.array(text).default([]).describe('Control clauses that this drill gives evidence for.'),
  simulation: simulationSchema
    .default(() => simulationSchema.parse({}))
    .describe('How the world of a dry run behaves.'),
};

const failoverSchema = z.strictObject({
  ...fields,
  machine: z.literal('multi-region-failover'),
  failure: z.strictObject({
    kind: z.enum(['region-outage', 'writer-loss']).describe('What is brought about.'),
    commands: failureCommands.optional(),
  }),
  probe: z.strictObject({
    every: duration.describe("The customer probe's interval: the error bar of the recovery time."),
    timeout: duration,
    success: successSchema.optional(),
  }),
  heartbeat: z.strictObject({ every: duration.describe('How often a heartbeat row is written.') }),
  baseline: z.strictObject({ lasts: duration.describe('How long the healthy system is watched first.') }),
  detection: z.strictObject({
    every: duration,
    failures: z.int().positive().describe('Failed checks in a row that make an alarm.'),
    timeout: duration,
  }),
  decision: z.strictObject({
    errorRate: percentage.describe('Above this, fail over without asking.'),
  }),
  limits: z.strictObject({
    replicationLag: duration.describe('Above this before the failure, the drill stops.'),
  }),
  verification: z.strictObject({
    lasts: duration.describe('How long success must last to count.'),
    errorRate: percentage,
    p95: duration,
  }),
  approval: z
    .strictObject({
      people: z.int().min(1).max(5).default(1).describe('How many different people must approve.'),
      roles: z.array(text).min(1).describe('Who is asked, one after another where nobody answers.'),
      each: duration.describe('How long each is waited for.'),
      otherwise: z.enum(['stop', 'go-on']).default('stop').describe('What happens when nobody answers.'),
    })
    .optional()
    .describe('People who must agree before the failover begins; a rule decides alone, unless given.'),
  onFailure: z.enum(['roll-back', 'hold']).default('roll-back').describe('What a failed step leads to.'),
});

const restoreSchema = z.strictObject({
  ...fields,
  machine: z.literal('backup-restore'),
  recoveryPoint: z.discriminatedUnion('from', [
    z.strictObject({
      from: z.literal('snapshot'),
      maxAge: duration.default(86_400_000).describe('An older newest snapshot fails the drill.'),
    }),
    z.strictObject({
      from: z.literal('point-in-time'),
      before: duration.default(0).describe('How long before the latest restorable time.'),
    }),
  ]),
  restored: z.strictObject({
    identifier: text.describe('The name of the test instance; it must not exist yet.'),
  }),
  heartbeat: z.strictObject({
    every: duration,
    lasts: duration.default(0).describe('How long rows are written before the restore; none, unless said.'),
  }),
  afterwards: z
    .enum(['discard', 'switch-over'])
    .describe('discard deletes the test instance; switch-over makes it the writer once the data checks pass.'),
});

/** A drill file: which machine, on which topology, held against which targets. */
export const drillSchema = z.discriminatedUnion('machine', [failoverSchema, restoreSchema]);

export type Drill = z.output<typeof drillSchema>;
export type FailoverDrill = z.output<typeof failoverSchema>;
export type RestoreDrill = z.output<typeof restoreSchema>;
