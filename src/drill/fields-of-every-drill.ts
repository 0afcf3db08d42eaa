import * as z from 'zod';
import { dataChecksSchema } from './data-check.ts';
import { region } from './names.ts';
import { duration, percentage } from './quantities.ts';
import { simulationSchema } from './simulation.ts';

const text = z.string().min(1);

/** What every drill file can say, whatever its machine. */
export const fields = {
  drill: z
    .string()
    .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'expected small letters, digits and hyphens, such as multi-region-failover')
    .describe("The drill's name; runs are filed under it. By default that of the file."),
  title: text.describe('What happens, in a few words. By default that of the machine.'),
  topology: text.describe('The topology file, relative to this one.'),
  targets: z
    .strictObject({
      rto: duration.describe('Longest acceptable time without service.'),
      rpo: duration.describe('Longest acceptable stretch of lost data.'),
    })
    .describe('What this drill is held against.'),
  deadlines: z
    .record(text, duration)
    .default({})
    .describe('How long each step may take, by its name; `dr-drill plan` lists the names.'),
  dataChecks: dataChecksSchema.default(() => dataChecksSchema.parse({})).describe('What recovered data must show.'),
  consent: z
    .array(text)
    .default([])
    .describe(
      'Steps of no return that this drill may take in a live run: a step by its name, or all steps of a line, such as `take-over`. A dry run needs none.',
    ),
  stop: z
    .strictObject({
      maximumDuration: duration.optional().describe('The drill is aborted when it has lasted that long.'),
      alarms: z
        .array(z.strictObject({ region, name: text.describe("The alarm's name in CloudWatch.") }))
        .default([])
        .describe('The drill is aborted when one of them is in alarm.'),
      replicationLag: duration
        .optional()
        .describe(
          'People decide whether the drill goes on when the replica was further behind than that before the failure, and it is aborted when they refuse; looked at until it is promoted.',
        ),
      served: z
        .strictObject({ atLeast: percentage, over: duration })
        .optional()
        .describe(
          'The drill is aborted when fewer of the watched customers’ requests are served. Not for drills that take service away.',
        ),
    })
    .optional()
    .describe('What ends the drill early: it then undoes what it changed, or holds.'),
  session: z
    .strictObject({
      renewWithin: duration
        .default(1_800_000)
        .describe(
          'How long a live run waits for new AWS credentials when its session has ended. Then it is suspended, and can be resumed.',
        ),
    })
    .default({ renewWithin: 1_800_000 })
    .describe('What happens when the AWS session ends during the run.'),
  held: z
    .strictObject({
      waitFor: duration
        .default(1_800_000)
        .describe('How long a held live run waits for a person before it ends; 30 min by default.'),
    })
    .default({ waitFor: 1_800_000 })
    .describe(
      'What happens when a step failed and not everything can be undone: a person decides how the run goes on.',
    ),
  when: text
    .optional()
    .describe('When people follow this in earnest; `dr-drill runbook` says so. Usual for the machine by default.'),
  runbook: z.array(text).default([]).describe('Links to what a person would follow by hand.'),
  controls: z
    .array(text)
    .default([])
    .describe(
      'Control clauses that this drill gives evidence for, such as "SOC 2 A1.3"; those of a framework that dr-drill does not know as "other: …".',
    ),
  assessmentPlan: z
    .string()
    .regex(/^\S+$/, 'expected an address, or a path from the run folder, without spaces')
    .optional()
    .describe('Location of the OSCAL assessment plan of this drill; the OSCAL report imports it.'),
  simulation: simulationSchema
    .default(() => simulationSchema.parse({}))
    .describe('How the world of a dry run behaves.'),
};
