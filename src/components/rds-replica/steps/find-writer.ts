import * as z from 'zod';
import { DrillError } from '../../../errors.ts';
import { databaseGiven, databaseOf, given } from '../../../steps/given.ts';
import { defineStep } from '../../../steps/step.ts';
import { addressByHand, INSTANCE_LOOK, instanceOf, instancePermissions, mustNotBeLost } from '../../rds/instance.ts';

const params = z.object({ region: z.string(), instance: z.string() });

/** Looks up the instance that takes the writes now, and its address. */
export const findWriter = defineStep<z.output<typeof params>, { writer: string; address: string; serves: true }>({
  kind: 'rds.find-writer',
  params,
  given: given(z.strictObject(databaseGiven), (asked, around) => {
    const { region, instance } = databaseOf(asked, around);
    return { region, instance };
  }),
  needs: ({ region, instance }) => [{ need: 'rds-instance', region, instance, state: 'serving', role: 'writer' }],
  plane: 'control',
  title: ({ instance }) => `Find the writer ${instance}`,
  region: ({ region }) => region,
  calls: [INSTANCE_LOOK],
  permissions: ({ region, instance }, account) => instancePermissions(region, account, instance),
  command: ({ region, instance }) =>
    `aws rds describe-db-instances --region ${region} --db-instance-identifier ${instance} --query 'DBInstances[0].[Endpoint.Address,ReadReplicaSourceDBInstanceIdentifier]'`,
  byHand: { gives: ({ region, instance }, read) => addressByHand({ region, instance }, read) },
  doneWhen: () => 'The command prints an address, and no source.',
  usuallyMs: () => 1_000,
  observe: async () => ({ done: false, underway: true, state: null }),
  async settle({ region, instance }, context) {
    const found = await instanceOf(context, region, instance);
    mustNotBeLost(found);
    if (found.ReadReplicaSourceDBInstanceIdentifier) {
      throw new DrillError(
        'not-the-writer',
        `${instance} follows ${found.ReadReplicaSourceDBInstanceIdentifier}: it is not the writer.`,
        { hint: 'This drill begins where a failover has ended; see which region serves.' },
      );
    }
    return { writer: instance, address: found.Endpoint?.Address ?? '', serves: true };
  },
});
