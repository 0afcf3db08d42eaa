import { regionalArn } from '../../arn.ts';
import type { Input } from '../../aws/aws.ts';
import { awsError } from '../faults.ts';
import type { World } from '../world.ts';
import { engines } from './engines.ts';

const AURORA = {
  'aurora-postgresql': { ...engines.postgres, name: 'aurora-postgresql' },
  'aurora-mysql': { ...engines.mysql, name: 'aurora-mysql' },
};
const CLASSES_MISSING = /^db\.(r3|m3|t1)\./;

/** What RDS needs to put an instance somewhere: subnet groups, parameter groups, option groups, and classes on offer. */
export const placement = {
  DescribeDBSubnetGroups(world: World, region: string, { DBSubnetGroupName }: Input<'rds', 'DescribeDBSubnetGroups'>) {
    const found = ofRegion(world.groups.subnets, region, DBSubnetGroupName);
    if (DBSubnetGroupName && found.length === 0) throw subnetGroupMissing(DBSubnetGroupName);
    return {
      DBSubnetGroups: found.map(({ name, vpc }) => ({
        DBSubnetGroupName: name,
        DBSubnetGroupDescription: name,
        DBSubnetGroupArn: arn(world, region, `subgrp:${name}`),
        SubnetGroupStatus: 'Complete',
        VpcId: vpc,
        Subnets: ['a', 'b'].map((zone) => ({
          SubnetIdentifier: `subnet-${region}${zone}`,
          SubnetAvailabilityZone: { Name: `${region}${zone}` },
          SubnetStatus: 'Active',
        })),
      })),
    };
  },

  DescribeDBParameterGroups(
    world: World,
    region: string,
    { DBParameterGroupName }: Input<'rds', 'DescribeDBParameterGroups'>,
  ) {
    const found = ofRegion(world.groups.parameters, region, DBParameterGroupName);
    if (DBParameterGroupName && found.length === 0) throw parameterGroupMissing(DBParameterGroupName);
    return {
      DBParameterGroups: found.map(({ name, family }) => ({
        DBParameterGroupName: name,
        DBParameterGroupFamily: family,
        Description: name,
        DBParameterGroupArn: arn(world, region, `pg:${name}`),
      })),
    };
  },

  DescribeOptionGroups(world: World, region: string, { OptionGroupName }: Input<'rds', 'DescribeOptionGroups'>) {
    const found = ofRegion(world.groups.options, region, OptionGroupName);
    if (OptionGroupName && found.length === 0)
      throw awsError('OptionGroupNotFoundFault', `Specified OptionGroupName: ${OptionGroupName} not found.`, 404);
    return {
      OptionGroupsList: found.map(({ name, engine, major }) => ({
        OptionGroupName: name,
        OptionGroupDescription: name,
        EngineName: engine,
        MajorEngineVersion: major,
        OptionGroupArn: arn(world, region, `og:${name}`),
      })),
    };
  },

  /** Every region offers every class, but for generations that AWS no longer sells. */
  DescribeOrderableDBInstanceOptions(
    _world: World,
    region: string,
    { Engine, EngineVersion, DBInstanceClass = 'db.r6g.large' }: Input<'rds', 'DescribeOrderableDBInstanceOptions'>,
  ) {
    const offered = Object.values({ ...engines, ...AURORA }).find(({ name }) => name === Engine);
    if (!offered || CLASSES_MISSING.test(DBInstanceClass)) return { OrderableDBInstanceOptions: [] };
    return {
      OrderableDBInstanceOptions: [
        {
          Engine,
          EngineVersion: EngineVersion ?? offered.version,
          DBInstanceClass,
          LicenseModel: offered.license,
          MultiAZCapable: true,
          ReadReplicaCapable: true,
          StorageType: 'gp3',
          Vpc: true,
          AvailabilityZones: ['a', 'b', 'c'].map((zone) => ({ Name: `${region}${zone}` })),
        },
      ],
    };
  },
};

/** RDS makes nothing in groups that are not there. */
export function mustHaveGroups(
  { groups }: World,
  region: string,
  {
    DBSubnetGroupName: subnets,
    DBParameterGroupName: parameters,
  }: { DBSubnetGroupName?: string | undefined; DBParameterGroupName?: string | undefined },
): void {
  if (subnets && ofRegion(groups.subnets, region, subnets).length === 0) throw subnetGroupMissing(subnets);
  if (parameters && ofRegion(groups.parameters, region, parameters).length === 0)
    throw parameterGroupMissing(parameters);
}

const ofRegion = <T extends { region: string; name: string }>(
  all: T[],
  region: string,
  name: string | undefined,
): T[] => [
  ...new Map(
    all.filter((one) => one.region === region && (!name || one.name === name)).map((one) => [one.name, one]),
  ).values(),
];

const arn = ({ topology: { account } }: World, region: string, resource: string) =>
  regionalArn({ service: 'rds', region, account, resource });

const subnetGroupMissing = (name: string) =>
  awsError('DBSubnetGroupNotFoundFault', `DB subnet group '${name}' does not exist.`, 404);
const parameterGroupMissing = (name: string) =>
  awsError('DBParameterGroupNotFoundFault', `DBParameterGroup not found: ${name}`, 404);
