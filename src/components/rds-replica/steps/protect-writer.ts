import * as z from 'zod';
import { component, databaseGiven, databaseOf, given } from '../../../steps/given.ts';
import { until } from '../../../steps/poll.ts';
import { defineStep, type StepContext } from '../../../steps/step.ts';
import { untilTaken } from '../../../steps/until-taken.ts';
import { INSTANCE_LOOK, instanceOf, instancePermissions, modifyCommand } from '../../rds/instance.ts';

const params = z.object({
  region: z.string(),
  instance: z.string(),
  /** For how many days backups are kept from now on, where none are. */
  retentionDays: z.int().min(1),
  multiAz: z.boolean(),
});
type Params = z.output<typeof params>;
type Protection = { retentionDays: number; multiAz: boolean };

/** Gives a writer that was a replica what it began without: backups, and a standby in another zone. The standby is asked for, not waited for. */
export const protectWriter = defineStep<Params, Protection>({
  kind: 'rds.protect-writer',
  params,
  given: given(
    z.strictObject({
      on: databaseGiven.on.default('replica').describe("Which of the topology's instances takes the writes now."),
      multiAz: z.boolean().default(true).describe('false: backups only.'),
    }),
    ({ on, multiAz }, around) => {
      const { region, instance } = databaseOf({ on }, around);
      const { retention = DAY } = component('rds-replica', around).backups;
      return { region, instance, retentionDays: Math.max(1, Math.round(retention / DAY)), multiAz };
    },
  ),
  needs: ({ region, instance }) => [{ need: 'rds-instance', region, instance, state: 'serving' }],
  plane: 'control',
  title: ({ instance, multiAz }) => `Protect ${instance}: backups${multiAz ? ', and a standby in another zone' : ''}`,
  region: ({ region }) => region,
  calls: [INSTANCE_LOOK, 'rds:ModifyDBInstance'],
  permissions: ({ region, instance }, account) =>
    instancePermissions(region, account, instance, 'rds:ModifyDBInstance'),
  command: ({ region, instance, retentionDays, multiAz }) =>
    modifyCommand({ region, identifier: instance }, optionsOf({ retentionDays, multiAz })),
  doneWhen: ({ instance }) => `${instance} has backups and, if asked for, a standby.`,
  usuallyMs: () => 60_000,

  async observe(target, context) {
    const state = await protectionOf(target, context);
    return { done: isProtected(target, state), state };
  },

  repeatable: true,
  async apply(target, context) {
    const { retentionDays } = await protectionOf(target, context);
    const wanted = { retentionDays: retentionDays || target.retentionDays, multiAz: target.multiAz || undefined };
    await modify(target, wanted, context);
    return undefined;
  },

  async settle(target, context) {
    const state = await until(context, async () => {
      const now = await protectionOf(target, context);
      return isProtected(target, now) ? now : undefined;
    });
    const told = (check: string, detail: string) =>
      context.record({ type: 'check', check, layer: 'verification', critical: true, ok: true, detail });
    told('writer-backed-up', `kept for ${state.retentionDays} days`);
    if (target.multiAz) told('multi-az', `${target.instance} has a standby in another zone, or it is being made`);
    return state;
  },

  async undo(target, context, before) {
    const former = before.state as Protection;
    const now = await protectionOf(target, context);
    if (now.retentionDays === former.retentionDays && now.multiAz === former.multiAz) return;
    await modify(target, former, context);
  },
  byHand: {
    finds: ({ region, instance }, read) => {
      const ask = (field: string) =>
        `aws rds describe-db-instances --region ${region} --db-instance-identifier ${instance} --query 'DBInstances[0].${field}' --output text`;
      return { retentionDays: read.number('retention', ask('BackupRetentionPeriod')), multiAz: false };
    },
  },
  undoCommand: ({ region, instance }, before) =>
    modifyCommand({ region, identifier: instance }, optionsOf(before.state as Protection)),
});

const DAY = 86_400_000;

const optionsOf = ({ retentionDays, multiAz }: Protection): string =>
  `--backup-retention-period ${retentionDays} ${multiAz ? '--multi-az' : '--no-multi-az'}`;

const isProtected = (target: Params, { retentionDays, multiAz }: Protection): boolean =>
  retentionDays > 0 && (multiAz || !target.multiAz);

/** What was asked for counts: RDS makes a standby while the instance serves. */
async function protectionOf({ region, instance }: Params, context: StepContext): Promise<Protection> {
  const {
    BackupRetentionPeriod,
    MultiAZ,
    PendingModifiedValues: pending,
  } = await instanceOf(context, region, instance);
  return {
    retentionDays: pending?.BackupRetentionPeriod ?? BackupRetentionPeriod ?? 0,
    multiAz: pending?.MultiAZ ?? MultiAZ ?? false,
  };
}

/** An instance that is just being backed up, as a promoted one is, refuses every change, and will not for long. */
async function modify(
  { region, instance }: Params,
  { retentionDays, multiAz }: { retentionDays: number; multiAz: boolean | undefined },
  context: StepContext,
): Promise<void> {
  await untilTaken(
    context,
    () =>
      context.aws.call('rds', region, 'ModifyDBInstance', {
        DBInstanceIdentifier: instance,
        BackupRetentionPeriod: retentionDays,
        ...(multiAz !== undefined && { MultiAZ: multiAz }),
        ApplyImmediately: true,
      }),
    { busy: ['InvalidDBInstanceState'] },
  );
}
