import { isArn, parseArn } from '../../arn.ts';
import type { Input } from '../../aws/aws.ts';
import { awsError } from '../faults.ts';
import { dataKeyArn } from '../kms.ts';
import type { Instance } from '../state.ts';
import { always } from '../timeline.ts';
import { nextDraw, type World } from '../world.ts';
import { describe } from './describe.ts';
import { defaultParameters } from './engines.ts';
import { mustHaveGroups } from './groups.ts';
import { arnOf, changeable, found, mustHaveRoomFor, newInstance, storeOf } from './instance.ts';
import { mustBeUsable, mustHaveCapacity } from './mishaps.ts';
import { settingsOfCopy, without } from './settings.ts';

type Asked = Input<'rds', 'CreateDBInstanceReadReplica'>;

/** Makes a replica, in the source's region or in another: it is there after a while, and has caught up some time later. */
export function CreateDBInstanceReadReplica(world: World, region: string, wanted: Asked) {
  const input = without(wanted, world.simulation.copies.ignore);
  const source = sourceNamed(world, region, input.SourceDBInstanceIdentifier ?? '');
  const identifier = input.DBInstanceIdentifier ?? '';
  mustHaveRoomFor(world, region, identifier);
  mustHaveCapacity(world, region, input.DBInstanceClass ?? source.class);
  mustHaveGroups(world, region, input);
  if (source.backupRetentionDays === 0) {
    const message = `Automated backups are not enabled for this database instance: ${source.identifier}`;
    throw awsError('InvalidDBInstanceStateFault', message);
  }
  const nowMs = world.clock.nowMs();
  changeable(world, source.region, source.identifier);
  const { replica: asked } = world.simulation;
  const drawn = (kind: string) => nextDraw(world, `${kind}/${identifier}`);
  const takesMs = Math.round(asked.takes ?? world.durations.replicaCreation(drawn('replica-creation')));
  const catchUpMs = Math.round(asked.catchUp ?? world.durations.replicaCatchUp(drawn('replica-catch-up')));
  const availableMs = nowMs + takesMs;
  const replica = newInstance(
    source.store,
    {
      identifier,
      class: input.DBInstanceClass ?? source.class,
      storageGib: source.storageGib,
      multiAz: input.MultiAZ ?? false,
      parameterGroup:
        input.DBParameterGroupName ?? (region === source.region ? source.parameterGroup : defaultParameters(source)),
      subnetGroup: input.DBSubnetGroupName ?? 'default',
      securityGroups: input.VpcSecurityGroupIds ?? ['default'],
      quarantineSecurityGroup: quarantineIn(world, source, region),
    },
    region,
    {
      createdMs: nowMs,
      tags: (input.Tags ?? []).map(({ Key, Value }) => ({ Key: Key ?? '', Value: Value ?? '' })),
      settings: settingsOfCopy(source, region, input, drawn('windows')),
      engine: source.engine,
      engineVersion: source.engineVersion,
      kmsKey: keyFor(world, source, region, input.KmsKeyId),
      deletionProtection: input.DeletionProtection ?? false,
      source: always(source.identifier),
      status: [
        [nowMs, 'creating'],
        [availableMs, asked.fails ? 'failed' : 'available'],
      ],
      open: asked.fails
        ? always(false)
        : [
            [nowMs, false],
            [availableMs, true],
          ],
      catchUp: { sinceMs: nowMs, fromMs: availableMs, untilMs: availableMs + catchUpMs },
    },
  );
  world.instances.push(replica);
  return { DBInstance: describe(world, replica) };
}

/** The group of that region that lets nobody in. */
function quarantineIn(world: World, source: Instance, region: string): string {
  const { writer, replica } = storeOf(world, source);
  return (region === world.topology.regions.primary ? writer : replica).quarantineSecurityGroup;
}

/** In its own region an instance is known by name, in another one by its ARN. */
function sourceNamed(world: World, region: string, named: string): Instance {
  if (!isArn(named)) return found(world, region, named);
  const source = world.instances.findLast((one) => arnOf(world, one) === named);
  return found(world, source?.region ?? region, source?.identifier ?? named);
}

/** What is encrypted stays so: in another region with a key of that region, which has to be named. */
export function keyFor(
  world: World,
  { kmsKey, region: from }: Pick<Instance, 'kmsKey' | 'region'>,
  to: string,
  named: string | undefined,
): string | null {
  const key = named === undefined ? undefined : dataKeyArn(world.topology, to, named);
  if (key !== undefined && parseArn(key)?.region !== to) {
    throw awsError('KMSKeyNotAccessibleFault', `The KMS key ${named} does not exist in ${to}, or is not accessible.`);
  }
  mustBeUsable(world, key ?? (from === to ? kmsKey : null));
  if (kmsKey === null || from === to) return key ?? kmsKey;
  if (key !== undefined) return key;
  const message = `A KMS key of ${to} must be specified for what is encrypted in ${from}.`;
  throw awsError('InvalidParameterCombination', message);
}
