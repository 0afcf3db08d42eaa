import type { DBInstance } from '@aws-sdk/client-rds';
import { parseArn } from '../../../arn.ts';
import { blocker, type Finding, note, warning } from '../../../steps/account/findings.ts';
import { fact, type Look, type Row, together, UNSAID } from '../../../steps/account/look.ts';
import { modifyCommand } from '../../rds/instance.ts';
import type { DescribedInstance } from '../described.ts';

/** Compares what a promoted or restored instance would run with: groups, encryption, protection. */
export function restoreParametersLook(described: DescribedInstance, found: DBInstance): Look {
  const { identifier } = described;
  const row = (what: string, topology: string, account: string): Row => ({
    what: `${identifier} ${what}`,
    topology,
    account,
  });
  const isQuarantined = groupsOf(found).includes(described.quarantine);
  const groups = securityGroupFindings(described, found);
  return {
    ...together([
      fact(
        row('parameter group', described.parameterGroup, parameterGroupOf(found)?.DBParameterGroupName ?? UNSAID),
        parameterFindings(described, found),
      ),
      fact(
        row('subnet group', described.subnetGroup, found.DBSubnetGroup?.DBSubnetGroupName ?? UNSAID),
        subnetFindings(described, found),
      ),
      fact(
        row('security groups', described.securityGroups.join(', '), groupsOf(found).join(', ')),
        isQuarantined ? [] : groups,
      ),
      // Only EC2 knows the group itself: RDS tells which of them are in use.
      fact(row('quarantine', described.quarantine, isQuarantined ? 'in it' : 'not in it'), isQuarantined ? groups : []),
      fact(
        row('encryption key', UNSAID, found.StorageEncrypted ? (found.KmsKeyId ?? 'not told') : 'not encrypted'),
        encryptionFindings(described, found),
      ),
      fact(
        row('deletion protection', UNSAID, found.DeletionProtection ? 'on' : 'off'),
        protectionFindings(described, found),
      ),
    ]),
    arns: groupArns(found),
  };
}

const parameterGroupOf = (found: DBInstance) => found.DBParameterGroups?.[0];

const groupsOf = ({ VpcSecurityGroups }: DBInstance): string[] =>
  (VpcSecurityGroups ?? []).flatMap(({ VpcSecurityGroupId: id }) => id ?? []);

function parameterFindings(described: DescribedInstance, found: DBInstance): Finding[] {
  const { region, identifier, parameterGroup } = described;
  const group = parameterGroupOf(found);
  if (group?.DBParameterGroupName !== parameterGroup) {
    return [
      warning(
        identifier,
        `${identifier} has the parameter group ${group?.DBParameterGroupName}, not ${parameterGroup}`,
        'The new writer would behave otherwise than the old one.',
        `Correct the topology, or the instance: ${modifyCommand(described, `--db-parameter-group-name ${parameterGroup}`)}`,
      ),
    ];
  }
  if (group.ParameterApplyStatus === undefined || group.ParameterApplyStatus === 'in-sync') return [];
  return [
    note(
      identifier,
      `parameters of ${identifier} are not applied yet: ${group.ParameterApplyStatus}`,
      'They come into force with the restart in the middle of a failover, for the first time.',
      `Restart it before the drill: aws rds reboot-db-instance --region ${region} --db-instance-identifier ${identifier}`,
    ),
  ];
}

function subnetFindings({ region, identifier, subnetGroup }: DescribedInstance, found: DBInstance): Finding[] {
  if (found.DBSubnetGroup?.DBSubnetGroupName === subnetGroup) return [];
  return [
    warning(
      identifier,
      `${identifier} is in the subnet group ${found.DBSubnetGroup?.DBSubnetGroupName}, not ${subnetGroup}`,
      'What is restored goes where the topology says: applications may not reach it there.',
      `Correct the topology: aws rds describe-db-subnet-groups --region ${region}`,
    ),
  ];
}

function securityGroupFindings(described: DescribedInstance, found: DBInstance): Finding[] {
  const { region, identifier, securityGroups, quarantine } = described;
  const groups = groupsOf(found);
  const restore = modifyCommand(described, `--vpc-security-group-ids ${securityGroups.join(' ')}`);
  if (securityGroups.includes(quarantine)) {
    const what = `the quarantine group ${quarantine} is one of the usual groups of ${identifier}`;
    const why = 'An instance in it would not be fenced, and there could be two writers.';
    const fix = `Make one without inbound rules: aws ec2 create-security-group --region ${region} --group-name dr-drill-quarantine --description 'lets nobody in' --vpc-id <vpc>`;
    return [blocker(identifier, what, why, fix)];
  }
  if (groups.includes(quarantine)) {
    const what = `${identifier} is in quarantine, in ${quarantine}`;
    return [blocker(identifier, what, 'It was fenced by an earlier failover, and nothing can reach it.', restore)];
  }
  if (groups.toSorted().join() === securityGroups.toSorted().join()) return [];
  const what = `${identifier} is in the security groups ${groups.join(', ')}, not ${securityGroups.join(', ')}`;
  const why = 'Applications could not connect to what is restored or released into the groups of the topology.';
  return [warning(identifier, what, why, `Correct the topology, or the instance: ${restore}`)];
}

function encryptionFindings({ region, identifier }: DescribedInstance, found: DBInstance): Finding[] {
  const { StorageEncrypted: encrypted, KmsKeyId: key } = found;
  if (!encrypted) {
    const fix = `Only a copy can be encrypted: aws rds copy-db-snapshot --region ${region} --source-db-snapshot-identifier <snapshot> --target-db-snapshot-identifier <name> --kms-key-id alias/aws/rds`;
    const why = 'It, its snapshots and instances restored from them are not encrypted.';
    return [note(identifier, `the storage of ${identifier} is not encrypted`, why, fix)];
  }
  const { region: keyRegion, account: owner } = parseArn(key) ?? {};
  const account = parseArn(found.DBInstanceArn)?.account;
  if (keyRegion === region) return owner === account ? [] : [othersKey(identifier, owner, region, key)];
  const fix = `Build it again with a key of ${region}: aws kms describe-key --region ${region} --key-id alias/aws/rds`;
  const what = key
    ? `${identifier} is encrypted with a key of ${keyRegion}, not of ${region}`
    : `RDS does not tell which key ${identifier} is encrypted with`;
  const why = `Without a key in ${region}, the database cannot be opened when the other region is lost.`;
  return [(key ? blocker : warning)(identifier, what, why, fix)];
}

const othersKey = (identifier: string, owner = '', region: string, key = ''): Finding =>
  note(
    identifier,
    `${identifier} is encrypted with a key of account ${owner}`,
    'Anyone who owns the key can take it away, and its policy must let this account restore and copy with it.',
    `Check that the policy of the key does: aws kms describe-key --region ${region} --key-id ${key}`,
  );

function protectionFindings(described: DescribedInstance, { DeletionProtection }: DBInstance): Finding[] {
  if (DeletionProtection) return [];
  const { identifier } = described;
  const why = 'In the haste of a disaster one wrong command deletes the last good copy.';
  const fix = modifyCommand(described, '--deletion-protection');
  return [warning(identifier, `${identifier} has no deletion protection`, why, fix)];
}

/** IAM wants the groups named that a restore or a change takes along. */
const groupArns = ({ DBInstanceArn = '', OptionGroupMemberships, DBParameterGroups }: DBInstance): string[] =>
  [
    ...(OptionGroupMemberships ?? []).map(({ OptionGroupName }) => `:og:${OptionGroupName}`),
    ...(DBParameterGroups ?? []).map(({ DBParameterGroupName }) => `:pg:${DBParameterGroupName}`),
  ].map((group) => DBInstanceArn.replace(/:db:.*$/, group));
