import { regionalArn } from '../../../arn.ts';
import { listOf } from '../../../aws/pages.ts';
import { blocker, type Finding } from '../../../steps/account/findings.ts';
import { type Look, type LookContext, type LookFor, orNone } from '../../../steps/account/look.ts';
import type { Permission } from '../../../steps/step.ts';
import { familyOf, majorOf } from '../../rds/engine.ts';
import { findInstance, INSTANCE_LOOK, instancePermissions } from '../../rds/instance.ts';

/** Where the engine's version is read off. */
type Place = { region: string; instance: string };

/** The engine of the instance that is copied; nothing where it is not there, which another look tells. */
export async function engineOf({ region, instance }: Place, context: LookContext) {
  const found = await findInstance(context, region, instance);
  if (!found?.Engine || !found.EngineVersion) return undefined;
  const { Engine: engine, EngineVersion: version } = found;
  return { engine, version, major: majorOf(engine, version), family: familyOf(engine, version) };
}

const ofRds = (action: string, region: string, account: string, resource: string): Permission => ({
  action: `rds:${action}`,
  resource: regionalArn({ service: 'rds', region, account, resource }),
});

const thing = (what: string, expected: string, found: string | undefined, findings: Finding[]): Look => ({
  rows: [{ what, topology: expected, account: found ?? 'not there' }],
  findings,
});

const notMade = 'RDS refuses to make an instance with it.';

export const subnetGroupLook: LookFor<'db-subnet-group'> = {
  calls: () => ['rds:DescribeDBSubnetGroups'],
  permissions: ({ region, name }, account) => [ofRds('DescribeDBSubnetGroups', region, account, `subgrp:${name}`)],
  subject: ({ name }) => name,
  async look({ region, name }, { aws }) {
    const asked = listOf(aws, 'rds', region, 'DescribeDBSubnetGroups', 'DBSubnetGroups', { DBSubnetGroupName: name });
    const found = await orNone(asked, 'DBSubnetGroupNotFound');
    const status = found?.SubnetGroupStatus;
    const zones = new Set(found?.Subnets?.map((one) => one.SubnetAvailabilityZone?.Name));
    const what = !found
      ? `there is no DB subnet group ${name} in ${region}`
      : status === 'Complete'
        ? undefined
        : `the DB subnet group ${name} in ${region} is ${status}`;
    const fix = `Correct the topology: aws rds describe-db-subnet-groups --region ${region} --query 'DBSubnetGroups[].DBSubnetGroupName'`;
    const findings = what === undefined ? [] : [blocker(name, what, notMade, fix)];
    return thing(`subnet group ${name} in ${region}`, 'Complete', found && `${status}, ${zones.size} zones`, findings);
  },
};

export const parameterGroupLook: LookFor<'db-parameter-group'> = {
  calls: () => ['rds:DescribeDBParameterGroups', INSTANCE_LOOK],
  permissions: ({ region, name, engineOf: of }, account) => [
    ofRds('DescribeDBParameterGroups', region, account, `pg:${name}`),
    ...instancePermissions(of.region, account, of.instance),
  ],
  subject: ({ name }) => name,
  async look({ region, name, engineOf: of }, context) {
    const asked = { DBParameterGroupName: name };
    const [found, engine] = await Promise.all([
      orNone(
        listOf(context.aws, 'rds', region, 'DescribeDBParameterGroups', 'DBParameterGroups', asked),
        'DBParameterGroupNotFound',
      ),
      engineOf(of, context),
    ]);
    const wanted = engine?.family;
    const family = found?.DBParameterGroupFamily;
    const what = !found
      ? `there is no DB parameter group ${name} in ${region}`
      : wanted === undefined || family === wanted
        ? undefined
        : `the DB parameter group ${name} in ${region} is for ${family}, and ${of.instance} is ${wanted}`;
    const fix = `Correct the topology, or make one: aws rds create-db-parameter-group --region ${region} --db-parameter-group-name ${name} --db-parameter-group-family ${wanted ?? '<family>'} --description ${name}`;
    const findings = what === undefined ? [] : [blocker(name, what, notMade, fix)];
    return thing(`parameter group ${name} in ${region}`, wanted ?? 'there', family, findings);
  },
};

/** A copy takes the option group of an instance of its own region. */
export const optionGroupLook: LookFor<'db-option-group'> = {
  calls: () => ['rds:DescribeOptionGroups', INSTANCE_LOOK],
  permissions: ({ region, of, engineOf: original }, account) => [
    ofRds('DescribeOptionGroups', region, account, 'og:*'),
    ...instancePermissions(region, account, of),
    ...instancePermissions(original.region, account, original.instance),
  ],
  subject: ({ of }) => `option group of ${of}`,
  async look({ region, of, engineOf: original }, context) {
    const [neighbour, engine] = await Promise.all([findInstance(context, region, of), engineOf(original, context)]);
    const name = neighbour?.OptionGroupMemberships?.[0]?.OptionGroupName;
    if (name === undefined) return { rows: [], findings: [] };
    const asked = { OptionGroupName: name };
    const found = await orNone(
      listOf(context.aws, 'rds', region, 'DescribeOptionGroups', 'OptionGroupsList', asked),
      'OptionGroupNotFound',
    );
    const major = found && `${found.EngineName} ${found.MajorEngineVersion}`;
    const wanted = engine && `${engine.engine} ${engine.major}`;
    const what = !found
      ? `there is no option group ${name} in ${region}`
      : wanted === undefined || major === wanted
        ? undefined
        : `the option group ${name} of ${of} is for ${major}, and ${original.instance} is ${wanted}`;
    const fix = `Give ${of} an option group of that version: aws rds describe-option-groups --region ${region}`;
    const findings = what === undefined ? [] : [blocker(name, what, notMade, fix)];
    return thing(`option group ${name} in ${region}`, wanted ?? 'there', major, findings);
  },
};

/** Whether a region can give an instance of a class, for the engine that is copied. */
export const instanceClassLook: LookFor<'db-class'> = {
  calls: () => ['rds:DescribeOrderableDBInstanceOptions', INSTANCE_LOOK],
  permissions: ({ engineOf: of }, account) => [
    { action: 'rds:DescribeOrderableDBInstanceOptions', resource: '*' },
    ...instancePermissions(of.region, account, of.instance),
  ],
  subject: (need) => `${need.class} in ${need.region}`,
  async look({ region, class: wanted, multiAz, engineOf: of }, context) {
    const found = await engineOf(of, context);
    if (!found) return { rows: [], findings: [] };
    const { engine: Engine, version: EngineVersion } = found;
    const asked = { Engine, EngineVersion, DBInstanceClass: wanted, Vpc: true };
    const offered = await listOf(
      context.aws,
      'rds',
      region,
      'DescribeOrderableDBInstanceOptions',
      'OrderableDBInstanceOptions',
      asked,
    );
    const what =
      offered.length === 0
        ? `${region} offers no ${wanted} for ${Engine} ${EngineVersion}`
        : multiAz && !offered.some(({ MultiAZCapable }) => MultiAZCapable)
          ? `${region} offers ${wanted} for ${Engine} ${EngineVersion} in one zone only`
          : undefined;
    const fix = `Name a class that is offered: aws rds describe-orderable-db-instance-options --region ${region} --engine ${Engine} --engine-version ${EngineVersion} --query 'OrderableDBInstanceOptions[].DBInstanceClass'`;
    const findings = what === undefined ? [] : [blocker(wanted, what, 'RDS refuses to make such an instance.', fix)];
    const offer = offered.length === 0 ? 'not offered' : 'offered';
    return thing(`${wanted} with ${Engine} ${EngineVersion} in ${region}`, 'offered', offer, findings);
  },
};
