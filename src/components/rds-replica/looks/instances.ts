import type { DBInstance } from '@aws-sdk/client-rds';
import { blocker, type Finding, note, warning } from '../../../steps/account/findings.ts';
import {
  fact,
  type Look,
  type LookContext,
  type LookFor,
  type Row,
  together,
  UNSAID,
} from '../../../steps/account/look.ts';
import { madeBy, markInTags } from '../../../steps/mark.ts';
import type { NeedOf } from '../../../steps/needs.ts';
import { engineNamed } from '../../rds/engine.ts';
import { findInstance, INSTANCE_LOOK, instancePermissions, modifyCommand } from '../../rds/instance.ts';
import type { DescribedInstance } from '../described.ts';
import { restoreParametersLook } from './restore-parameters.ts';

export type Role = 'writer' | 'replica';

type InstanceNeed = NeedOf<'rds-instance'>;

/** An RDS instance: as the topology describes it, in quarantine, or not there yet. */
export const instanceLook: LookFor<'rds-instance'> = {
  calls: () => [INSTANCE_LOOK],
  permissions: ({ region, instance, aside }, account) =>
    [instance, ...(aside === undefined ? [] : [aside])].flatMap((name) => instancePermissions(region, account, name)),
  subject: ({ instance }) => instance,
  look(need, context) {
    if (need.state === 'free') return freeNameLook(need, context);
    return need.state === 'quarantined' ? quarantineLook(need, context) : servingLook(need, context);
  },
};

async function servingLook(
  { region, instance: identifier, role = 'writer', described }: InstanceNeed,
  context: LookContext,
): Promise<Look> {
  const found = await findInstance(context, region, identifier);
  if (!described) return statusLook(role, { region, identifier }, found);
  const look = compared(role, described, found);
  if (!found) return look;
  const { rows, findings, arns = [] } = restoreParametersLook(described, found);
  return together([look, { rows, findings, arns }]);
}

function statusLook(role: Role, at: { region: string; identifier: string }, found: DBInstance | undefined): Look {
  const status = found?.DBInstanceStatus ?? 'not there';
  return {
    rows: [{ what: `${at.identifier} status`, topology: 'available', account: status }],
    findings: found ? statusFindings(role, at.identifier, status) : [notThere(role, at)],
  };
}

async function freeNameLook({ region, instance, drill = '' }: InstanceNeed, context: LookContext): Promise<Look> {
  const taken = await findInstance(context, region, instance);
  const row = { what: `${instance} status`, topology: 'not there', account: taken?.DBInstanceStatus ?? 'not there' };
  if (!taken) return { rows: [row], findings: [] };
  const what = `there is an instance ${instance} already, and ${madeBy(markInTags(taken.TagList), drill)}`;
  const why = 'The drill makes an instance of that name, and would touch what it did not make.';
  const fix = `Give another name in the drill file, or delete it by hand: aws rds delete-db-instance --region ${region} --db-instance-identifier ${instance} --skip-final-snapshot`;
  return { rows: [row], findings: [blocker(instance, what, why, fix)] };
}

/** A former writer that a drill sets aside must be fenced: under another name nobody keeps it fenced any more. */
async function quarantineLook(
  { region, instance, aside, quarantine = '' }: InstanceNeed,
  context: LookContext,
): Promise<Look> {
  if (aside !== undefined && (await findInstance(context, region, aside))) {
    return {
      rows: [{ what: `${instance} is`, topology: 'set aside', account: `set aside as ${aside}` }],
      findings: [],
    };
  }
  const found = await findInstance(context, region, instance);
  const groups = (found?.VpcSecurityGroups ?? []).flatMap(({ VpcSecurityGroupId: id }) => id ?? []);
  const account = found ? groups.join(', ') : 'not there';
  const row = { what: `${instance} security groups`, topology: quarantine, account };
  if (found && groups.join() === quarantine) return { rows: [row], findings: [] };
  const what = found ? `${instance} is not in quarantine` : `there is no instance ${instance}`;
  const why = found
    ? 'It could be written to beside the new writer, and the drill does not set it aside like that.'
    : 'The drill sets the former writer aside, and finds none.';
  const fix = found
    ? `Fence it first: ${modifyCommand({ region, identifier: instance }, `--vpc-security-group-ids ${quarantine}`)}`
    : 'Take the step that sets it aside out of the drill, if it was deleted already.';
  return { rows: [row], findings: [blocker(instance, what, why, fix)] };
}

/** Compares what the instance is: status, class, storage, zones, engine, and changes that wait. */
function compared(role: Role, described: DescribedInstance, found: DBInstance | undefined): Look {
  const { identifier } = described;
  const row = (what: string, topology: string, account: string | number | undefined): Row => ({
    what: `${identifier} ${what}`,
    topology,
    account: account === undefined ? UNSAID : String(account),
  });
  if (!found) {
    return { rows: [row('status', 'available', 'not there')], findings: [notThere(role, described)] };
  }
  return together([
    fact(row('status', 'available', found.DBInstanceStatus), [
      ...statusFindings(role, identifier, found.DBInstanceStatus),
      ...pendingFindings(described, found),
    ]),
    fact(row('class', described.class, found.DBInstanceClass), classFindings(role, described, found)),
    fact(
      row('storage', `${described.storageGib} GiB`, `${found.AllocatedStorage} GiB`),
      storageFindings(described, found),
    ),
    fact(
      row('Multi-AZ', described.multiAz ? 'yes' : 'no', found.MultiAZ ? 'yes' : 'no'),
      zoneFindings(role, described, found),
    ),
    fact(row('engine', described.engine, `${found.Engine} ${found.EngineVersion}`), [
      ...engineFindings(described, found),
      ...loginFindings(described, found),
    ]),
  ]);
}

/** Whether RDS would carry out a change of the instance now. */
export function statusFindings(role: Role, identifier: string, status = 'unknown'): Finding[] {
  if (status === 'available') return [];
  const what = `the ${role} ${identifier} is ${status}`;
  if (status === 'backing-up') {
    const why = 'RDS refuses to promote or change it for as long as the backup takes.';
    return [warning(identifier, what, why, 'Drill outside of the backup window.')];
  }
  if (status.startsWith('inaccessible-encryption')) {
    const why = 'RDS cannot use its KMS key. For 7 days it can be recovered, then only a backup is left.';
    const fix = `See whether the key is enabled, then start the instance: aws rds start-db-instance --db-instance-identifier ${identifier}`;
    return [blocker(identifier, what, why, fix)];
  }
  const why = role === 'replica' ? 'The recovery region could not take over.' : 'A drill begins with a healthy system.';
  return [blocker(identifier, what, why, 'Wait until it is available, or fix it.')];
}

const notThere = (role: Role, { region, identifier }: { region: string; identifier: string }): Finding =>
  blocker(
    identifier,
    `the ${role} ${identifier} is not there`,
    role === 'replica' ? 'There would be nothing to promote.' : 'There would be nothing to recover from.',
    `Correct the topology, or the account: aws rds describe-db-instances --region ${region} --query 'DBInstances[].DBInstanceIdentifier'`,
  );

function engineFindings({ identifier, engine }: DescribedInstance, { Engine }: DBInstance): Finding[] {
  const found = engineNamed(Engine);
  if (found === engine) return [];
  const why = 'Heartbeats, data checks and the proof that a writer is fenced are made in the dialect of the engine.';
  const fix = found
    ? `Write engine: ${found} in the topology, or name another instance.`
    : 'Name an instance with PostgreSQL, MySQL, MariaDB, SQL Server or Oracle.';
  return [blocker(identifier, `${identifier} runs ${Engine}, not ${engine}`, why, fix)];
}

function loginFindings(described: DescribedInstance, found: DBInstance): Finding[] {
  if (!described.iamLogin || found.IAMDatabaseAuthenticationEnabled !== false) return [];
  const { identifier } = described;
  const what = `${identifier} has IAM database authentication off`;
  const why = 'The drill logs in with a token of IAM, and is refused.';
  return [blocker(identifier, what, why, modifyCommand(described, '--enable-iam-database-authentication'))];
}

function classFindings(role: Role, described: DescribedInstance, found: DBInstance): Finding[] {
  const { identifier } = described;
  if (found.DBInstanceClass === described.class) return [];
  return [
    warning(
      identifier,
      `${identifier} is a ${found.DBInstanceClass}, not a ${described.class}`,
      role === 'replica'
        ? 'Once promoted it carries all writes: one that is too small recovers nothing, and a change of class is an outage.'
        : 'What is restored has the class that the topology names, and may be too small for the load.',
      `Correct the topology, or the instance: ${modifyCommand(described, `--db-instance-class ${described.class}`)}`,
    ),
  ];
}

function storageFindings(described: DescribedInstance, found: DBInstance): Finding[] {
  const { identifier } = described;
  const storageGib = found.AllocatedStorage ?? 0;
  if (storageGib < described.storageGib) {
    const fix = `Correct the topology, or the instance: ${modifyCommand(described, `--allocated-storage ${described.storageGib}`)}`;
    const what = `${identifier} has ${storageGib} GiB of storage, not ${described.storageGib} GiB`;
    return [warning(identifier, what, 'A database whose storage runs full takes no more writes.', fix)];
  }
  if (storageGib === described.storageGib) return [];
  const what = `${identifier} has ${storageGib} GiB of storage; the topology says ${described.storageGib} GiB`;
  return [note(identifier, what, 'More data take longer to restore.', 'Correct the topology.')];
}

function zoneFindings(role: Role, described: DescribedInstance, { MultiAZ }: DBInstance): Finding[] {
  const { identifier } = described;
  if (MultiAZ) return [];
  const fix = modifyCommand(described, '--multi-az');
  const what = `${identifier} runs in one availability zone`;
  if (described.multiAz) {
    const why = 'The loss of one zone takes it away, where the topology counts on two.';
    return [warning(identifier, what, why, fix)];
  }
  if (role === 'writer') return [];
  const why = 'Once promoted it is the only writer, and one zone can take it away.';
  return [note(identifier, what, why, `Now, or right after the failover: ${fix}`)];
}

function pendingFindings(described: DescribedInstance, { PendingModifiedValues }: DBInstance): Finding[] {
  const pending = Object.entries(PendingModifiedValues ?? {}).filter(([, value]) => value !== undefined);
  if (pending.length === 0) return [];
  const { region, identifier } = described;
  return [
    note(
      identifier,
      `changes of ${identifier} wait to be applied: ${pending.map(([name]) => name).join(', ')}`,
      'A promotion or a restart may apply them, and takes longer then.',
      `Apply them before the drill: aws rds reboot-db-instance --region ${region} --db-instance-identifier ${identifier}`,
    ),
  ];
}
