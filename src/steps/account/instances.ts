import type { DBInstance } from '@aws-sdk/client-rds';
import * as z from 'zod';
import { blocker, type Finding, note, warning } from './findings.ts';
import { type Look, type Row, UNSAID } from './look.ts';

/** An instance as the topology describes it. */
export const describedInstance = z.object({
  region: z.string(),
  identifier: z.string(),
  class: z.string(),
  storageGib: z.number(),
  multiAz: z.boolean(),
  parameterGroup: z.string(),
  subnetGroup: z.string(),
  securityGroups: z.array(z.string()),
  quarantine: z.string(),
  /** Whether the drill logs in to it with a token of IAM. */
  iamLogin: z.boolean().optional(),
});
export type DescribedInstance = z.output<typeof describedInstance>;

export type Role = 'writer' | 'replica';

/** The line that changes one thing about an instance, now. */
export const modifyCommand = ({ region, identifier }: { region: string; identifier: string }, change: string): string =>
  `aws rds modify-db-instance --region ${region} --db-instance-identifier ${identifier} ${change} --apply-immediately`;

/** Compares what the instance is: status, class, storage, zones, engine, and changes that wait. */
export function instanceLook(role: Role, described: DescribedInstance, found: DBInstance | undefined): Look {
  const { identifier } = described;
  const row = (what: string, topology: string, account: string | number | undefined): Row => ({
    what: `${identifier} ${what}`,
    topology,
    account: account === undefined ? UNSAID : String(account),
  });
  if (!found) {
    return { rows: [row('status', 'available', 'not there')], findings: [notThere(role, described)] };
  }
  return {
    rows: [
      row('status', 'available', found.DBInstanceStatus),
      row('class', described.class, found.DBInstanceClass),
      row('storage', `${described.storageGib} GiB`, `${found.AllocatedStorage} GiB`),
      row('Multi-AZ', described.multiAz ? 'yes' : 'no', found.MultiAZ ? 'yes' : 'no'),
      row('engine', 'postgres', `${found.Engine} ${found.EngineVersion}`),
    ],
    findings: [
      ...statusFindings(role, identifier, found.DBInstanceStatus),
      ...engineFindings(described, found),
      ...loginFindings(described, found),
      ...sizeFindings(role, described, found),
      ...zoneFindings(role, described, found),
      ...pendingFindings(described, found),
    ],
  };
}

/** Whether RDS would carry out a change of the instance now. */
export function statusFindings(role: Role, identifier: string, status = 'unknown'): Finding[] {
  if (status === 'available') return [];
  const what = `the ${role} ${identifier} is ${status}`;
  if (status === 'backing-up') {
    const why = 'RDS refuses to promote or change it for as long as the backup takes.';
    return [warning(identifier, what, why, 'Drill outside of the backup window.')];
  }
  const why = role === 'replica' ? 'The recovery region could not take over.' : 'A drill begins with a healthy system.';
  return [blocker(identifier, what, why, 'Wait until it is available, or mend it.')];
}

const notThere = (role: Role, { region, identifier }: DescribedInstance): Finding =>
  blocker(
    identifier,
    `the ${role} ${identifier} is not there`,
    role === 'replica' ? 'There would be nothing to promote.' : 'There would be nothing to recover from.',
    `Correct the topology, or the account: aws rds describe-db-instances --region ${region} --query 'DBInstances[].DBInstanceIdentifier'`,
  );

function engineFindings({ identifier }: DescribedInstance, { Engine }: DBInstance): Finding[] {
  if (Engine === 'postgres') return [];
  const why = 'Heartbeats, data checks and the proof that a writer is fenced are made in PostgreSQL.';
  return [blocker(identifier, `${identifier} runs ${Engine}, not postgres`, why, 'Name a PostgreSQL instance.')];
}

function loginFindings(described: DescribedInstance, found: DBInstance): Finding[] {
  if (!described.iamLogin || found.IAMDatabaseAuthenticationEnabled !== false) return [];
  const { identifier } = described;
  const what = `${identifier} has IAM database authentication off`;
  const why = 'The drill logs in with a token of IAM, and is refused.';
  return [blocker(identifier, what, why, modifyCommand(described, '--enable-iam-database-authentication'))];
}

function sizeFindings(role: Role, described: DescribedInstance, found: DBInstance): Finding[] {
  const { identifier } = described;
  const findings: Finding[] = [];
  if (found.DBInstanceClass !== described.class) {
    findings.push(
      warning(
        identifier,
        `${identifier} is a ${found.DBInstanceClass}, not a ${described.class}`,
        role === 'replica'
          ? 'Once promoted it carries all writes: one that is too small recovers nothing, and a change of class is an outage.'
          : 'What is restored has the class that the topology names, and may be too small for the load.',
        `Correct the topology, or the instance: ${modifyCommand(described, `--db-instance-class ${described.class}`)}`,
      ),
    );
  }
  const storageGib = found.AllocatedStorage ?? 0;
  if (storageGib < described.storageGib) {
    const mend = `Correct the topology, or the instance: ${modifyCommand(described, `--allocated-storage ${described.storageGib}`)}`;
    const what = `${identifier} has ${storageGib} GiB of storage, not ${described.storageGib} GiB`;
    findings.push(warning(identifier, what, 'A database whose storage runs full takes no more writes.', mend));
  } else if (storageGib > described.storageGib) {
    const what = `${identifier} has ${storageGib} GiB of storage; the topology says ${described.storageGib} GiB`;
    findings.push(note(identifier, what, 'More data take longer to restore.', 'Correct the topology.'));
  }
  return findings;
}

function zoneFindings(role: Role, described: DescribedInstance, { MultiAZ }: DBInstance): Finding[] {
  const { identifier } = described;
  if (MultiAZ) return [];
  const mend = modifyCommand(described, '--multi-az');
  const what = `${identifier} runs in one availability zone`;
  if (described.multiAz) {
    const why = 'The loss of one zone takes it away, where the topology counts on two.';
    return [warning(identifier, what, why, mend)];
  }
  if (role === 'writer') return [];
  const why = 'Once promoted it is the only writer, and one zone can take it away.';
  return [note(identifier, what, why, `Now, or right after the failover: ${mend}`)];
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
      `Apply them beforehand: aws rds reboot-db-instance --region ${region} --db-instance-identifier ${identifier}`,
    ),
  ];
}
