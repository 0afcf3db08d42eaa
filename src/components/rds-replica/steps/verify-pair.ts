import type { DBInstance } from '@aws-sdk/client-rds';
import * as z from 'zod';
import { arnBeside } from '../../../arn.ts';
import { databaseOf, given } from '../../../steps/given.ts';
import { defineStep } from '../../../steps/step.ts';
import { findInstance, INSTANCE_LOOK, instancePermissions } from '../../rds/instance.ts';

const one = z.object({ region: z.string(), instance: z.string() });
const params = z.object({ writer: one, replica: one });

/** Checks that the live writer and its replica are unchanged by a drill that works beside them. */
export const verifyPair = defineStep<z.output<typeof params>>({
  kind: 'rds.verify-pair',
  params,
  given: given(z.strictObject({}), (_, around) => {
    const { region, instance } = databaseOf({ on: 'writer' }, around);
    const replica = databaseOf({ on: 'replica' }, around);
    return { writer: { region, instance }, replica: { region: replica.region, instance: replica.instance } };
  }),
  needs: ({ writer, replica }) => [
    { need: 'rds-instance', ...writer, state: 'serving', role: 'writer' },
    { need: 'rds-instance', ...replica, state: 'serving', role: 'replica' },
    { need: 'rds-replication', ...replica },
  ],
  plane: 'control',
  title: ({ writer, replica }) => `Check that ${writer.instance} and ${replica.instance} are as they were`,
  calls: [INSTANCE_LOOK],
  permissions: ({ writer, replica }, account) =>
    [writer, replica].flatMap(({ region, instance }) => instancePermissions(region, account, instance)),
  command: ({ writer, replica }) =>
    [writer, replica]
      .map(
        ({ region, instance }) =>
          `aws rds describe-db-instances --region ${region} --db-instance-identifier ${instance}`,
      )
      .join(' && '),
  doneWhen: () => 'Both instances are available, and are as they were.',
  usuallyMs: () => 300,
  observe: async () => ({ done: false, underway: true, state: null }),
  async settle({ writer, replica }, context) {
    const note = (check: string, wrong: string | undefined) =>
      context.record({
        type: 'check',
        check,
        layer: 'verification',
        critical: true,
        ok: wrong === undefined,
        detail: wrong ?? 'as it was',
      });
    const leader = await findInstance(context, writer.region, writer.instance);
    note('writer-untouched', whatOfWriter(leader));
    const follower = await findInstance(context, replica.region, replica.instance);
    note('replica-untouched', whatOfReplica(follower, leader ?? { DBInstanceIdentifier: writer.instance }));
    return null;
  },
});

/** A backup of its own is none of this drill's business. */
const SERVING = ['available', 'backing-up'];

function whatOfWriter(found: DBInstance | undefined): string | undefined {
  if (!found) return 'it is gone';
  if (!SERVING.includes(found.DBInstanceStatus ?? '')) return `it is ${found.DBInstanceStatus}`;
  return found.ReadReplicaSourceDBInstanceIdentifier === undefined ? undefined : 'it follows another';
}

function whatOfReplica(found: DBInstance | undefined, writer: DBInstance): string | undefined {
  if (!found) return 'it is gone';
  if (!SERVING.includes(found.DBInstanceStatus ?? '')) return `it is ${found.DBInstanceStatus}`;
  const source = found.ReadReplicaSourceDBInstanceIdentifier;
  if (source === undefined) return `it no longer follows ${writer.DBInstanceIdentifier}`;
  if (arnBeside(source, found.DBInstanceArn) !== writer.DBInstanceArn) return `it follows ${source}`;
  const wrong = found.StatusInfos?.find(({ Normal }) => Normal === false);
  return wrong && `its replication is ${wrong.Status}: ${wrong.Message}`;
}
