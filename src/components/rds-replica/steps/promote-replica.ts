import type { DBInstance } from '@aws-sdk/client-rds';
import * as z from 'zod';
import { isAwsError } from '../../../aws/aws.ts';
import { DrillError } from '../../../errors.ts';
import type { Database } from '../../../ports/sql.ts';
import { noteOnce } from '../../../steps/account/findings.ts';
import { isStandby, proveWrite } from '../../../steps/data/heartbeat.ts';
import { type Asked, component, type DatabaseGiven, databaseGiven, databaseOf, given } from '../../../steps/given.ts';
import { keepsFailing } from '../../../steps/keeps-failing.ts';
import { loginTo } from '../../../steps/needs.ts';
import { until } from '../../../steps/poll.ts';
import { defineStep, NotMade, type StepContext } from '../../../steps/step.ts';
import { addressByHand, INSTANCE_LOOK, instanceOf, instancePermissions, mustNotBeLost } from '../../rds/instance.ts';
import { things } from '../needs.ts';
import { differences, likeness, likenessPermissions, loginByIam, modelFor, said } from './like-original.ts';

const params = z.object({
  region: z.string(),
  instance: z.string(),
  database: z.string(),
  backupRetentionDays: z.int(),
  /** False where it need not take writes at once. */
  takesWrites: z.boolean().optional(),
  /** Whose place it takes, and what the topology says of it: it is compared with that. */
  like: likeness.optional(),
  said: said.optional(),
});
type Params = z.output<typeof params>;

/** Makes the cross-region replica a writer of its own. There is no way back but to build a new replica. */
export const promoteReplica = defineStep<Params, { writer: string; address: string }>({
  kind: 'rds.promote-replica',
  params,
  given: given(
    z.strictObject({
      ...databaseGiven,
      on: databaseGiven.on.default('replica'),
      backupRetention: z.int().min(1).max(35).default(7),
      takesWrites: z
        .boolean()
        .default(true)
        .describe('false if writes were stopped before: the stop is replicated too, and data.allow-writes ends it.'),
    }),
    ({ backupRetention, takesWrites, ...asked }, around) => ({
      ...databaseOf(asked, around),
      backupRetentionDays: backupRetention,
      takesWrites,
      // Any other instance than the topology's two is compared with none.
      ...(asked.instance === undefined && inPlaceOfTheOther(asked.on, around)),
    }),
  ),
  needs: ({ region, instance, database }) => [
    { need: 'rds-instance', region, instance, state: 'serving', role: 'replica' },
    { need: 'rds-replication', region, instance },
    loginTo({ region, instance, database }, 'proof'),
  ],
  alters: ({ region, instance }) => [things.instance(region, instance)],
  plane: 'control',
  title: ({ instance }) => `Promote ${instance}`,
  region: ({ region }) => region,
  calls: [INSTANCE_LOOK, 'rds:PromoteReadReplica'],
  permissions: ({ region, instance, like }, account) => [
    ...instancePermissions(region, account, instance, 'rds:PromoteReadReplica'),
    ...(like ? likenessPermissions(like, account) : []),
  ],
  risk: (_, { region, recovery }) =>
    region === recovery
      ? {
          severity: 'note',
          why: 'A promotion is a control-plane change, and everyone who fails over to that region requests one at the same time.',
          fix: 'A replica has no other way. Keep it as large as the writer, so that on the day the promotion is the only change.',
        }
      : undefined,
  command: ({ region, instance, backupRetentionDays }) =>
    `aws rds promote-read-replica --region ${region} --db-instance-identifier ${instance} --backup-retention-period ${backupRetentionDays}`,
  byHand: { gives: ({ region, instance }, read) => addressByHand({ region, instance }, read) },
  doneWhen: ({ instance }) => `${instance} is available, and has no source any more.`,
  usuallyMs: () => 120_000,
  pointOfNoReturn:
    'a promoted replica cannot be made a replica again: the old writer must stay fenced, also when its region comes back, and the way back is a new replica and a planned switchover',

  async observe({ region, instance }, context) {
    const found = await instanceOf(context, region, instance);
    const state = stateOf(found);
    // Without a source it is a writer of its own, also while it is being backed up for the first time.
    return { done: state.source === null, underway: inTransition(state), state };
  },

  async apply({ region, instance, backupRetentionDays }, context) {
    await until(context, async () => {
      try {
        await context.aws.call('rds', region, 'PromoteReadReplica', {
          DBInstanceIdentifier: instance,
          // Most replicas keep no backups: without this the new writer would have none either.
          BackupRetentionPeriod: backupRetentionDays,
        });
        return true;
      } catch (error) {
        if (!isAwsError(error, 'InvalidDBInstanceState')) throw error;
        const found = await instanceOf(context, region, instance);
        const { source, status } = stateOf(found);
        // Promoted already, by an earlier delivery of this request or by someone else.
        if (source === null) return true;
        // Backed up, modified or restarted just now: RDS takes the request when that is over.
        mustNotBeLost(found);
        if (status !== 'available') return undefined;
        throw error;
      }
    });
    return undefined;
  },

  async settle({ region, instance, database, takesWrites = true, like, said }, context) {
    // Asked while it is promoted: an original in a lost region is not waited for.
    const original = like && said && modelFor(region, like, said, context, 2_000).catch(() => undefined);
    let seenMoving = false;
    const opening = keepsFailing(context, `asking ${instance} for a write`);
    const promoted = await until(context, async () => {
      const found = await instanceOf(context, region, instance);
      mustNotBeLost(found);
      const state = stateOf(found);
      // Right after the request RDS may still say `available`: that is the state before, and means nothing yet.
      if (!state.source)
        return (await isOpen(found, { region, instance, name: database }, takesWrites, context, opening))
          ? found
          : undefined;
      if (inTransition(state)) seenMoving = true;
      else if (seenMoving) {
        // What was in progress was another change, so nothing has been asked for yet.
        if (!wasAccepted(context)) throw new NotMade(`${instance} is not being promoted.`);
        throw new DrillError('promotion-failed', `${instance} went back to being a replica: the promotion failed.`, {
          hint: `aws rds describe-events --region ${region} --source-type db-instance --source-identifier ${instance}`,
        });
      }
      return undefined;
    });
    const model = await original;
    if (model && like) noteOnce(differences(model, promoted, { region, ...like }), context);
    return { writer: instance, address: promoted.Endpoint?.Address ?? '' };
  },
});

/** Whether RDS has accepted a request of this step. */
const wasAccepted = ({ entries, step }: StepContext): boolean =>
  entries().some((entry) => entry.type === 'step-applied' && entry.step === step);

/** The topology's writer and replica take each other's place. */
export function inPlaceOfTheOther(on: DatabaseGiven['on'], around: Asked) {
  const store = component('rds-replica', around);
  const { class: instanceClass, parameterGroup, subnetGroup, securityGroups, multiAz } = store[on];
  const other = databaseOf({ on: on === 'writer' ? 'replica' : 'writer' }, around);
  return {
    like: {
      original: { region: other.region, instance: other.instance },
      neighbour: null,
      purpose: 'writer' as const,
      iamLogin: loginByIam(store),
    },
    said: { instanceClass, parameterGroup, subnetGroup, securityGroups, multiAz },
  };
}

const stateOf = (instance: DBInstance) => ({
  status: instance.DBInstanceStatus ?? 'unknown',
  source: instance.ReadReplicaSourceDBInstanceIdentifier ?? null,
});

const inTransition = ({ status, source }: ReturnType<typeof stateOf>): boolean =>
  source !== null && ['modifying', 'rebooting'].includes(status);

const LOOK_EVERY_MS = 1_000;

/** It takes a write, where it must; where nobody can log in, RDS's own word has to do. */
async function isOpen(
  { DBInstanceStatus: status }: DBInstance,
  database: Database,
  takesWrites: boolean,
  context: StepContext,
  opening: ReturnType<typeof keepsFailing>,
): Promise<boolean> {
  if (context.sql.withoutLogin?.(database)) return ['available', 'backing-up'].includes(status ?? '');
  const options = { timeoutMs: 2_000, signal: context.signal };
  try {
    const [row] = await context.sql.query(database, isStandby, options);
    if (row === undefined || row.standby) return false;
    if (takesWrites) await context.sql.query(database, proveWrite, options);
    return true;
  } catch (error) {
    context.signal.throwIfAborted();
    // A database that opens refuses at first; what is wrong with the login stays wrong.
    if (error instanceof DrillError) throw error;
    opening.failed(error, LOOK_EVERY_MS);
    return false;
  }
}
