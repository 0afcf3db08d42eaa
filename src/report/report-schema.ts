import * as z from 'zod';
import { aftermathSchema } from '../measure/aftermath.ts';
import { approvalSchema } from '../measure/approvals.ts';
import { checkSchema, dataCheckSchema } from '../measure/checks.ts';
import { pathStepSchema } from '../measure/critical-path.ts';
import { outageSchema } from '../measure/customer.ts';
import { dataLossSchema } from '../measure/data-loss.ts';
import { deviationSchema, findingSchema } from '../measure/deviations.ts';
import { figureSchema } from '../measure/figure.ts';
import { givenUpSchema } from '../measure/given-up.ts';
import { leftSchema } from '../measure/left-by.ts';
import { recoveryTimeSchema } from '../measure/recovery-split.ts';
import { servedAgainSchema } from '../measure/served.ts';
import { takenOverSchema } from '../measure/taken-over.ts';
import { phaseSchema, stepSchema, watchSchema } from '../measure/timeline.ts';
import { heldSchema } from '../measure/verdict.ts';
import { beforeSchema } from './before.ts';
import { controlSchema } from './control-schema.ts';
import { noticeSchema } from './notices.ts';
import { quorumSchema } from './quorum.ts';
import { surpriseSchema } from './surprise.ts';

const instant = z.string().describe('ISO 8601, UTC.');
/** Null where the drill holds nothing against it. */
const target = heldSchema.nullable().describe('Null if it has no target.');
/** Reports of before several customers were watched have none. */
const served = servedAgainSchema
  .nullable()
  .default(null)
  .describe('When the watched customers were served again, one after another; null if no customer was watched.');
const pair = z.strictObject({ rto: heldSchema.nullable(), rpo: heldSchema.nullable() });

/** Everything that a report says, in one plain object: every format is written from it and from nothing else. */
export const reportSchema = z.strictObject({
  format: z.literal(1),
  tool: z.string(),
  mode: z.enum(['dry-run', 'live']),
  rehearsal: z
    .boolean()
    .describe('It proves nothing about the real account: a dry run, or a live run that did not go to AWS.'),
  caveat: z.string().nullable().describe('The note for every reader that this was a rehearsal.'),
  seed: z.number(),
  overrides: z.array(z.string()),
  simulationChanges: z.array(z.string()).describe('Simulated failures of a dry run, from the drill file or --set.'),
  drill: z.strictObject({
    name: z.string(),
    title: z.string(),
    machine: z.string(),
    measures: z.strictObject({
      recovery: z.strictObject({ from: z.string(), until: z.string() }).nullable(),
      loss: z.enum(['heartbeats', 'markers', 'recovery-point']).nullable(),
    }),
    hash: z.string(),
    runbook: z.array(z.string()),
    assessmentPlan: z.string().nullable().describe('Location of the OSCAL assessment plan, if the drill names one.'),
  }),
  surprise: surpriseSchema,
  environment: z.strictObject({
    topology: z.string(),
    account: z.string(),
    regions: z.strictObject({ primary: z.string(), recovery: z.string() }),
  }),
  startedAt: instant.describe('By the clock of the run. In a dry run, that is the simulated clock.'),
  rehearsedAt: instant.nullable().describe('The real time of a dry run. Null if only its journal exists.'),
  endedAt: instant.describe('The last entry of the journal.'),
  outcome: z.enum(['passed', 'target-missed', 'failed', 'rolled-back', 'aborted', 'unfinished']),
  reason: z.string(),
  verdict: z.strictObject({
    words: z.string().describe('Passed, or Passed in rehearsal, and so on.'),
    sentence: z.string(),
    met: z.boolean(),
    reasons: z.array(z.string()),
    contradiction: z
      .string()
      .nullable()
      .describe('Set if the outcome that the journal shows differs from the one that the run recorded.'),
  }),
  quorum: quorumSchema,
  targets: pair,
  objective: pair,
  recovery: recoveryTimeSchema.describe('For the public name with the longest time.'),
  recoveries: z
    .array(
      z.strictObject({
        of: z.string().describe('The public name, as the topology calls it.'),
        name: z.string().describe('The name that customers use.'),
        total: figureSchema,
        target,
        served,
        outage: outageSchema,
        zoneTurned: figureSchema,
      }),
    )
    .describe('For each public name, if the drill measures when customers were served again.'),
  dataLoss: dataLossSchema.describe('For the data store that lost the most. Rows are the total of all data stores.'),
  losses: z
    .array(
      dataLossSchema.extend({
        of: z.string().describe('The data store, as the topology calls it.'),
        kind: z.string(),
        target,
      }),
    )
    .describe('For each data store. In a restore drill, for the restored one.'),
  givenUp: z
    .array(givenUpSchema)
    .describe('Steps of non-essential data stores that failed while the drill continued without them.'),
  takenOver: z.array(takenOverSchema).describe('The final state of each data store that the drill should take over.'),
  served: served.describe('For the public name with the longest time.'),
  outage: outageSchema,
  zoneTurned: figureSchema.describe(
    "When the zone's own name servers gave the other region's address, counted from the failure.",
  ),
  timeline: z.strictObject({
    fromMs: z.number(),
    toMs: z.number(),
    phases: z.array(phaseSchema),
    steps: z.array(stepSchema),
    watches: z.array(watchSchema),
    markers: z.array(z.strictObject({ marker: z.string(), title: z.string(), atMs: z.number() })),
    criticalPath: z.array(pathStepSchema),
  }),
  approvals: z.array(approvalSchema),
  notices: z.array(noticeSchema),
  dataChecks: z.array(dataCheckSchema),
  checks: z.array(checkSchema),
  findings: z.array(
    findingSchema.extend({
      owner: z.string().nullable().describe('The owner, if an open action names one.'),
      due: z.string().nullable(),
    }),
  ),
  deviations: z.array(deviationSchema),
  aftermath: aftermathSchema,
  left: z
    .array(leftSchema)
    .default([])
    .describe('Changes that infrastructure as code does not have yet. Absent in older reports.'),
  controls: z.array(controlSchema),
  method: z.array(z.string()).describe('How each figure came about, in plain words.'),
  before: beforeSchema.omit({ format: true, rehearsedAt: true, debriefs: true, unreadable: true }).extend({
    words: z
      .array(z.string())
      .describe('Comparison with the figures of earlier runs, and which of these cannot be read.'),
  }),
  journal: z.strictObject({
    hash: z.string().describe('SHA-256 of the last line, which identifies this journal.'),
    entries: z.int(),
  }),
});

export type Report = z.output<typeof reportSchema>;
