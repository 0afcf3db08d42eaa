import type { DBInstance } from '@aws-sdk/client-rds';
import * as z from 'zod';
import { regionalArn } from '../../../arn.ts';
import { note as aNote, type Finding, warning } from '../../../steps/account/findings.ts';
import { takesWrites } from '../../../steps/data/takes-writes.ts';
import { component, databaseGiven, databaseOf, given } from '../../../steps/given.ts';
import { loginTo } from '../../../steps/needs.ts';
import { verifying } from '../../../steps/standing.ts';
import { defineStep } from '../../../steps/step.ts';
import { arnOf, INSTANCE_LOOK, instanceOf, instancePermissions, modifyCommand } from '../../rds/instance.ts';
import { fenceParams, warnUnlessQuarantined } from '../../rds/quarantine.ts';
import { fenceOf } from './fence.ts';
import { backedUp } from './first-backup.ts';

const database = z.object({ region: z.string(), instance: z.string(), name: z.string() });
const params = z.object({
  writer: database,
  other: database,
  /** Null where the other side needs no quarantine, or is put into it later. */
  fence: fenceParams.nullable(),
  /** Whether it must run in two zones. */
  multiAz: z.boolean(),
  /** Whether a replica must follow it. */
  follows: z.boolean(),
});
type Params = z.output<typeof params>;

/** Sees that an instance takes the writes alone, is backed up, and has what it needs to continue by itself. */
export const proveWriter = defineStep<Params, { failed: string[] }>({
  kind: 'rds.prove-writer',
  params,
  given: given(
    z.strictObject({
      on: databaseGiven.on.default('replica').describe('Which instance must be the one that writes.'),
      fenced: z.boolean().default(true).describe('Whether the other one must be in quarantine.'),
      protected: z
        .boolean()
        .default(false)
        .describe('true: a missing standby or replica is no finding yet, because a later step makes them.'),
    }),
    ({ on, fenced, protected: isLater }, around) => {
      const store = component('rds-replica', around);
      const old = on === 'replica' ? 'writer' : 'replica';
      const named = (one: 'writer' | 'replica') => {
        const { region, instance, database: name } = databaseOf({ on: one }, around);
        return { region, instance, name };
      };
      return {
        writer: named(on),
        other: named(old),
        fence: fenced ? fenceOf({ on: old }, around) : null,
        multiAz: store[on].multiAz && !isLater,
        follows: !(isLater && store.nextReplica),
      };
    },
  ),
  needs: ({ writer, other }) => [
    { need: 'rds-instance', region: writer.region, instance: writer.instance, state: 'serving' },
    ...[other, writer].map(({ region, instance, name }) => loginTo({ region, instance, database: name }, 'proof')),
  ],
  plane: 'data',
  title: ({ writer }) => `Check that ${writer.instance} is the only writer`,
  region: ({ writer }) => writer.region,
  calls: [INSTANCE_LOOK, 'rds:DescribeDBSnapshots'],
  permissions: ({ writer, other }, account) => [
    ...[writer, other].flatMap(({ region, instance }) => instancePermissions(region, account, instance)),
    ...[
      arnOf(writer.region, account, writer.instance),
      regionalArn({ service: 'rds', region: writer.region, account, resource: 'snapshot:*' }),
    ].map((resource) => ({ action: 'rds:DescribeDBSnapshots', resource })),
  ],
  command: ({ writer }) =>
    `aws rds describe-db-instances --region ${writer.region} --db-instance-identifier ${writer.instance}`,
  doneWhen: ({ writer }) => `${writer.instance} is available and has no source: it takes the writes.`,
  usuallyMs: () => 2_000,
  observe: async () => ({ done: false, underway: true, state: null }),

  async settle(wanted, context) {
    const { note, failed } = verifying(context);
    const { writer, other, fence } = wanted;
    if (fence) await warnUnlessQuarantined(fence, context);
    const found = await instanceOf(context, writer.region, writer.instance);
    const { ok, detail } = await backedUp(writer, found, context);
    note('backups-enabled', ok, detail);
    for (const finding of lacking(wanted, found)) context.record({ type: 'finding', ...finding });
    if (context.sql.withoutLogin?.(writer)) return { failed };
    // Side by side: a lost region lets each question wait.
    const [old, current] = await Promise.all(
      [other, writer].map((one) => takesWrites(one, context, { timeoutMs: 2_000 })),
    );
    const others = {
      true: 'and so does the old one',
      false: 'the old one does not',
      null: `of the old one ${old?.detail}`,
    };
    note(
      'single-writer',
      current?.takes === true && old?.takes === false,
      `${current?.takes ? 'the new writer takes writes' : 'the new writer takes no writes'}, ${others[`${old?.takes ?? null}`]}`,
    );
    return { failed };
  },
});

function lacking({ writer: { region, instance: writer }, multiAz, follows }: Params, found: DBInstance): Finding[] {
  const { MultiAZ, PendingModifiedValues, ReadReplicaDBInstanceIdentifiers: replicas = [] } = found;
  const findings: Finding[] = [];
  if (multiAz && !MultiAZ && !PendingModifiedValues?.MultiAZ)
    findings.push(
      warning(
        writer,
        `the new writer ${writer} runs in one availability zone`,
        'The loss of one zone takes it away, where the topology counts on two.',
        modifyCommand({ region, identifier: writer }, '--multi-az'),
      ),
    );
  if (follows && replicas.length === 0)
    findings.push(
      aNote(
        writer,
        `the new writer ${writer} has no replica`,
        'Until a replica does, the loss of its region loses what is written now.',
        'Run the drill failback, which creates one, or create one in a third region.',
      ),
    );
  return findings;
}
