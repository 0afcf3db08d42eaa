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
    .describe('The name of the drill, which its run folders have too. Default: the file name.'),
  title: text.describe('What happens, in a few words. Default: the title of the machine.'),
  topology: text.describe('The topology file, relative to this one.'),
  targets: z
    .strictObject({
      rto: duration.describe('Longest acceptable time without service.'),
      rpo: duration.describe('Longest acceptable period of lost data.'),
    })
    .describe('The targets of this drill.'),
  deadlines: z
    .record(text, duration)
    .default({})
    .describe('How long each step may take, by its name; `dr-drill plan` lists the names.'),
  dataChecks: dataChecksSchema.default(() => dataChecksSchema.parse({})).describe('What recovered data must show.'),
  consent: z
    .array(text)
    .default([])
    .describe(
      'Points of no return that this drill may pass in a live run: a step by its name, or all steps of a line, such as `take-over`. A dry run needs none.',
    ),
  stop: z
    .strictObject({
      maximumDuration: duration.optional().describe('The drill is aborted after this time.'),
      alarms: z
        .array(z.strictObject({ region, name: text.describe("The alarm's name in CloudWatch.") }))
        .default([])
        .describe('The drill is aborted when one of them is in alarm.'),
      replicationLag: duration
        .optional()
        .describe(
          'If the lag of the replica was higher than this before the failure, people decide whether the drill continues. If they refuse, it is aborted. Checked until the promotion.',
        ),
      served: z
        .strictObject({ atLeast: percentage, over: duration })
        .optional()
        .describe(
          'The drill is aborted when fewer of the watched customers’ requests are served. Not for drills that take service away.',
        ),
    })
    .optional()
    .describe('What ends the drill early. It then undoes its changes, or keeps them and stops.'),
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
        .describe('How long a live run waits for the decision of a person before it ends. Default: 30 min.'),
    })
    .default({ waitFor: 1_800_000 })
    .describe('What happens if a step fails and not everything can be undone: a person decides how the run continues.'),
  when: text
    .optional()
    .describe('When people should follow this runbook, for `dr-drill runbook`. Default: a text for the machine.'),
  runbook: z.array(text).default([]).describe('Links to the runbooks that people follow.'),
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
    .describe('How the simulated world of a dry run behaves.'),
};
