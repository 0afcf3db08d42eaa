import { type CopySetting, list, modify, onEvery, onOff, PROOF, SERVING, toggled } from './setting.ts';

export const IAM_LOGIN = 'IAM database authentication';

/** Who comes in, and from where. */
export const access: readonly CopySetting[] = [
  {
    name: IAM_LOGIN,
    fields: ['IAMDatabaseAuthenticationEnabled'],
    of: (one) => onOff(one.IAMDatabaseAuthenticationEnabled),
    // Off on every copy unless asked for, a replica included.
    asked: onEvery((one) => ({ EnableIAMDatabaseAuthentication: one.IAMDatabaseAuthenticationEnabled ?? false })),
    change: modify((one) => toggled('enable-iam-database-authentication', one.IAMDatabaseAuthenticationEnabled)),
    why: 'Anyone who logs in with a token of IAM is refused.',
    matters: PROOF,
  },
  {
    name: 'parameter group',
    fields: ['DBParameterGroups'],
    of: (one) => one.DBParameterGroups && list(one.DBParameterGroups.map((group) => group.DBParameterGroupName)),
    regional: true,
    // A restore, and a replica in another region, take the engine's default group unless told.
    asked: onEvery((one) => ({ DBParameterGroupName: one.DBParameterGroups?.[0]?.DBParameterGroupName })),
    change: modify((one) => `--db-parameter-group-name ${one.DBParameterGroups?.[0]?.DBParameterGroupName}`),
    why: 'It behaves otherwise than its original: other limits, other extensions, other time-outs.',
    matters: PROOF,
  },
  {
    name: 'option group',
    fields: ['OptionGroupMemberships'],
    of: (one) => one.OptionGroupMemberships && list(one.OptionGroupMemberships.map((group) => group.OptionGroupName)),
    regional: true,
    asked: onEvery((one) => ({ OptionGroupName: one.OptionGroupMemberships?.[0]?.OptionGroupName })),
    change: modify((one) => `--option-group-name ${one.OptionGroupMemberships?.[0]?.OptionGroupName}`),
    why: 'Options of the engine that the applications count on are missing.',
    matters: PROOF,
  },
  {
    name: 'security groups',
    fields: ['VpcSecurityGroups', 'DBSecurityGroups'],
    of: (one) =>
      one.VpcSecurityGroups &&
      list(
        one.VpcSecurityGroups.filter(({ Status }) => Status !== 'removing').map((group) => group.VpcSecurityGroupId),
      ),
    regional: true,
    asked: onEvery((one) => ({
      VpcSecurityGroupIds: one.VpcSecurityGroups?.flatMap(({ VpcSecurityGroupId: id }) => id ?? []),
    })),
    change: modify(
      (one) =>
        `--vpc-security-group-ids ${(one.VpcSecurityGroups ?? []).map((group) => group.VpcSecurityGroupId).join(' ')}`,
    ),
    why: 'Applications cannot connect to it, or others can.',
    matters: PROOF,
  },
  {
    name: 'subnet group',
    fields: ['DBSubnetGroup'],
    of: (one) => one.DBSubnetGroup?.DBSubnetGroupName,
    regional: true,
    asked: onEvery((one) => ({ DBSubnetGroupName: one.DBSubnetGroup?.DBSubnetGroupName })),
    change: modify((one) => `--db-subnet-group-name ${one.DBSubnetGroup?.DBSubnetGroupName}`),
    why: 'It is in other subnets, where applications may not reach it.',
    matters: SERVING,
  },
  {
    name: 'public access',
    fields: ['PubliclyAccessible'],
    of: (one) => onOff(one.PubliclyAccessible),
    asked: onEvery((one) => ({ PubliclyAccessible: one.PubliclyAccessible ?? false })),
    change: modify((one) => toggled('publicly-accessible', one.PubliclyAccessible)),
    why: 'Its name leads to another address than its original for clients outside of the VPC.',
    matters: SERVING,
  },
  {
    name: 'port',
    fields: ['Endpoint', 'DbInstancePort'],
    // DbInstancePort is 0 on an instance that is in no cluster.
    of: ({ Endpoint }) => (Endpoint?.Port === undefined ? undefined : String(Endpoint.Port)),
    asked: onEvery(({ Endpoint }) => ({ Port: Endpoint?.Port })),
    change: modify(({ Endpoint }) => `--db-port-number ${Endpoint?.Port}`),
    why: 'Applications and security groups look for it on another port.',
    matters: PROOF,
  },
  {
    name: 'network type',
    fields: ['NetworkType'],
    of: (one) => one.NetworkType,
    regional: true,
    asked: onEvery((one) => ({ NetworkType: one.NetworkType })),
    change: modify((one) => `--network-type ${one.NetworkType}`),
    why: 'Clients that come by IPv6 do not reach it.',
    matters: PROOF,
  },
  {
    name: 'CA certificate',
    fields: ['CACertificateIdentifier', 'CertificateDetails'],
    of: (one) => one.CACertificateIdentifier,
    asked: onEvery((one) => ({ CACertificateIdentifier: one.CACertificateIdentifier })),
    change: modify((one) => `--ca-certificate-identifier ${one.CACertificateIdentifier}`),
    why: 'Clients that verify the certificate may not trust it.',
    matters: PROOF,
  },
  {
    name: 'Kerberos domain',
    fields: ['DomainMemberships'],
    of: (one) => list(one.DomainMemberships?.map(({ Domain, FQDN }) => Domain ?? FQDN)),
    regional: true,
    change: modify(
      (one) =>
        `--domain ${one.DomainMemberships?.[0]?.Domain} --domain-iam-role-name ${one.DomainMemberships?.[0]?.IAMRoleName}`,
    ),
    why: 'Anyone who logs in with Kerberos is refused.',
    matters: SERVING,
  },
  {
    name: 'IAM roles',
    fields: ['AssociatedRoles'],
    of: (one) => list(one.AssociatedRoles?.map(({ FeatureName, RoleArn }) => `${FeatureName ?? ''} ${RoleArn}`.trim())),
    // No call that makes a copy takes them.
    change: (one, { region, identifier }) =>
      (one.AssociatedRoles ?? [])
        .map(
          ({ FeatureName, RoleArn }) =>
            `aws rds add-role-to-db-instance --region ${region} --db-instance-identifier ${identifier} --role-arn ${RoleArn} --feature-name ${FeatureName}`,
        )
        .join(' && '),
    why: 'Imports from and exports to S3, and calls of Lambda, fail in the database.',
    matters: SERVING,
  },
  {
    name: 'master password in Secrets Manager',
    fields: ['MasterUserSecret'],
    of: (one) => (one.MasterUserSecret?.SecretArn ? 'managed by RDS' : 'not managed by RDS'),
    // A restore of PostgreSQL has no input for it: its master password is that of the backup, and is rotated no more.
    change: modify((one) =>
      one.MasterUserSecret ? '--manage-master-user-password' : '--no-manage-master-user-password',
    ),
    why: 'It has the master password of its backup, which is not rotated.',
    matters: { writer: 'warning', replica: null, test: null },
  },
];
