import type { Input } from '../../aws/aws.ts';
import { awsError } from '../faults.ts';
import type { Instance } from '../state.ts';
import { at, plan } from '../timeline.ts';
import { nextDraw, type World } from '../world.ts';
import { firstBackupMs } from './backups.ts';
import { deleteMember, describeMember, memberNamed, rebootMember } from './cluster-instances.ts';
import { deleteInstance } from './delete.ts';
import { describe } from './describe.ts';
import { changeable, found } from './instance.ts';
import { isTaken, rename } from './rename.ts';
import { CHANGEABLE, namedBy } from './settings.ts';
import { failedOverSince, failOverZone } from './zone-failover.ts';

const KNOWN = [
  'DBInstanceIdentifier',
  'VpcSecurityGroupIds',
  'DBParameterGroupName',
  'DeletionProtection',
  'BackupRetentionPeriod',
  'MultiAZ',
  'NewDBInstanceIdentifier',
  'ApplyImmediately',
  ...CHANGEABLE,
];

export const change = {
  ModifyDBInstance(world: World, region: string, input: Input<'rds', 'ModifyDBInstance'>) {
    const instance = changeable(world, region, input.DBInstanceIdentifier);
    const name = input.NewDBInstanceIdentifier;
    if (name !== undefined && isTaken(world, region, name))
      throw awsError('DBInstanceAlreadyExistsFault', 'DB instance already exists');
    const strange = Object.keys(input).find((key) => !KNOWN.includes(key));
    if (strange) throw awsError('InvalidParameterCombination', `The simulator does not model changing ${strange}.`);
    if (input.DeletionProtection !== undefined) instance.deletionProtection = input.DeletionProtection;
    // AWS never defers these to a maintenance window, even without ApplyImmediately.
    if (input.VpcSecurityGroupIds) moveTo(world, instance, input.VpcSecurityGroupIds);
    Object.assign(instance.settings, namedBy(input));
    instance.parameterGroup = input.DBParameterGroupName ?? instance.parameterGroup;
    settle(world, instance, input);
    if (name !== undefined) rename(world, instance, name);
    return { DBInstance: describe(world, instance) };
  },

  RebootDBInstance(world: World, region: string, input: Input<'rds', 'RebootDBInstance'>) {
    const member = memberNamed(world, region, input.DBInstanceIdentifier);
    if (member) {
      rebootMember(world, member);
      return { DBInstance: describeMember(world, member) };
    }
    const instance = changeable(world, region, input.DBInstanceIdentifier);
    if (input.ForceFailover && !(instance.multiAz && instance.standbyMs <= world.clock.nowMs())) {
      throw awsError(
        'InvalidParameterCombination',
        'Cannot force failover since the instance is not configured for multi-AZ.',
      );
    }
    const { dropped, again } = world.simulation.zoneFailover;
    const isSecond = failedOverSince(instance, world.clock.nowMs() - again);
    if (input.ForceFailover && !dropped && !isSecond) failOverZone(world, instance);
    else reboot(world, instance);
    return { DBInstance: describe(world, instance) };
  },

  DeleteDBInstance(world: World, region: string, input: Input<'rds', 'DeleteDBInstance'>) {
    const nowMs = world.clock.nowMs();
    const member = memberNamed(world, region, input.DBInstanceIdentifier);
    if (member) {
      deleteMember(world, member);
      return { DBInstance: describeMember(world, member) };
    }
    const instance = found(world, region, input.DBInstanceIdentifier);
    if (instance.deletionProtection) {
      const message = 'Cannot delete protected DB Instance, please disable deletion protection and try again.';
      throw awsError('InvalidParameterCombination', message);
    }
    if (!input.SkipFinalSnapshot && !input.FinalDBSnapshotIdentifier) {
      const message = 'FinalDBSnapshotIdentifier is required unless SkipFinalSnapshot is specified.';
      throw awsError('InvalidParameterCombination', message);
    }
    const status = at(instance.status, nowMs);
    if (status === 'creating' || status === 'deleting') {
      throw awsError(
        'InvalidDBInstanceStateFault',
        `Instance ${instance.identifier} is already being ${status === 'creating' ? 'created' : 'deleted'}.`,
      );
    }
    deleteInstance(world, instance, nowMs);
    return { DBInstance: describe(world, instance) };
  },
};

function reboot(world: World, instance: Instance): void {
  const nowMs = world.clock.nowMs();
  const backMs = nowMs + Math.round(world.durations.reboot(nextDraw(world, `reboot/${instance.identifier}`)));
  plan(instance.status, nowMs, [
    [nowMs, 'rebooting'],
    [backMs, 'available'],
  ]);
  plan(instance.open, nowMs, [
    [nowMs, false],
    [backMs, true],
  ]);
  instance.events.push({ atMs: backMs, categories: ['availability'], message: 'DB instance restarted.' });
}

function moveTo(world: World, instance: Instance, groups: string[]): void {
  const nowMs = world.clock.nowMs();
  const takesMs = world.durations.securityGroup(nextDraw(world, `security-group/${instance.identifier}`));
  plan(instance.securityGroups, nowMs, [[nowMs + Math.round(takesMs), groups]]);
}

/** Settings that RDS applies while the instance serves, showing `modifying` meanwhile. */
function settle(world: World, instance: Instance, input: Input<'rds', 'ModifyDBInstance'>): void {
  const { BackupRetentionPeriod, MultiAZ } = input;
  const wanted = {
    ...(BackupRetentionPeriod === undefined ? {} : { BackupRetentionPeriod }),
    ...(MultiAZ === undefined ? {} : { MultiAZ }),
  };
  if (Object.keys(wanted).length === 0) return;
  if (!input.ApplyImmediately) {
    Object.assign(instance.pending, wanted);
    return;
  }
  const nowMs = world.clock.nowMs();
  const drawn = nextDraw(world, `modification/${instance.identifier}`);
  const takesMs = MultiAZ && !instance.multiAz ? world.durations.multiAz(drawn) : world.durations.modification(drawn);
  if (BackupRetentionPeriod && instance.backupRetentionDays === 0)
    instance.firstBackupMs = nowMs + Math.round(takesMs + firstBackupMs(world, instance.identifier));
  instance.backupRetentionDays = BackupRetentionPeriod ?? instance.backupRetentionDays;
  if (MultiAZ && !instance.multiAz) instance.standbyMs = nowMs + Math.round(takesMs);
  instance.multiAz = MultiAZ ?? instance.multiAz;
  plan(instance.status, nowMs, [
    [nowMs + 1_000, 'modifying'],
    [nowMs + Math.round(takesMs), 'available'],
  ]);
}
