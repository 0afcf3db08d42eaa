import { regionalArn } from '../arn.ts';
import type { Input } from '../aws/aws.ts';
import { componentsOf } from '../drill/components.ts';
import type { Simulation } from '../drill/simulation.ts';
import type { Topology } from '../drill/topology.ts';
import { hash32, uuidOf } from './distributions.ts';
import { type AwsFault, awsError } from './faults.ts';
import type { Secret } from './stores-state.ts';
import type { World } from './world.ts';

const DAY = 86_400_000;
const CURRENT = 'AWSCURRENT';
const PREVIOUS = 'AWSPREVIOUS';

/** The secrets that the topology names, and their replicas in the other region. */
export function newSecrets(topology: Topology, { secrets: wrong }: Simulation, startMs: number): Secret[] {
  const all = componentsOf(topology, 'secrets').flatMap(({ names }) => names.map((name, index) => ({ name, index })));
  const { regions } = topology;
  return [...new Map(all.map((one) => [one.name, one])).values()].flatMap(({ name, index }) => {
    const versions = [
      versionOf(name, 1, PREVIOUS, startMs - 60 * DAY),
      versionOf(name, 2, CURRENT, startMs - 30 * DAY),
    ].filter(({ stages }) => !wrong.neverRotated || stages.includes(CURRENT));
    const secret = { name, createdMs: startMs - 400 * DAY, tags: [], kmsKey: null, versions };
    const behind = index < wrong.outdated ? [{ ...versionOf(name, 1, CURRENT, startMs - 60 * DAY) }] : versions;
    return [
      { ...secret, region: regions.primary, replica: { region: regions.recovery, failed: wrong.replicationFails } },
      { ...secret, region: regions.recovery, replicaOf: regions.primary, versions: structuredClone(behind) },
    ].map((one): Secret => ({ replica: null, replicaOf: null, ...one }));
  });
}

type Value = Secret['versions'][number]['value'];

const versionOf = (name: string, nth: number, stage: string, atMs: number): Secret['versions'][number] => ({
  id: uuidOf(`${name}#${nth}`),
  value: { text: JSON.stringify({ user: 'shop', password: hash32(`${name}/password/${nth}`).toString(36) }) },
  stages: [stage],
  atMs,
});

/** Secrets Manager as its API answers. */
export const secretsmanager = {
  DescribeSecret(world: World, region: string, { SecretId }: Input<'secretsmanager', 'DescribeSecret'>) {
    const secret = secretIn(world, region, SecretId);
    const { name, tags, kmsKey, replica, replicaOf, versions, createdMs } = secret;
    return {
      ARN: arnOf(world, secret),
      Name: name,
      ...(kmsKey && { KmsKeyId: kmsKey }),
      LastChangedDate: new Date(Math.max(...versions.map(({ atMs }) => atMs))),
      Tags: structuredClone(tags),
      VersionIdsToStages: Object.fromEntries(
        versions.filter(({ stages }) => stages.length > 0).map(({ id, stages }) => [id, [...stages]]),
      ),
      CreatedDate: new Date(createdMs),
      ...((replica || replicaOf) && { PrimaryRegion: replicaOf ?? region }),
      ...(replica && { ReplicationStatus: [statusOf(replica)] }),
    };
  },

  ListSecrets(world: World, region: string) {
    const there = world.secrets.filter((one) => one.region === region);
    return {
      SecretList: there.map((one) => ({
        ARN: arnOf(world, one),
        Name: one.name,
        CreatedDate: new Date(one.createdMs),
        ...((one.replica || one.replicaOf) && { PrimaryRegion: one.replicaOf ?? region }),
      })),
    };
  },

  GetSecretValue(world: World, region: string, input: Input<'secretsmanager', 'GetSecretValue'>) {
    const secret = secretIn(world, region, input.SecretId);
    const { VersionId, VersionStage = VersionId === undefined ? CURRENT : undefined } = input;
    const found = secret.versions.find(
      ({ id, stages }) =>
        (VersionId === undefined || id === VersionId) && (VersionStage === undefined || stages.includes(VersionStage)),
    );
    if (!found) {
      const which = VersionId === undefined ? `staging label: ${VersionStage}` : `VersionId: ${VersionId}`;
      throw missing(`Secrets Manager can't find the specified secret value for ${which}`);
    }
    if (secret.replicaOf && world.simulation.secrets.keyRefused) {
      throw awsError(
        'DecryptionFailure',
        "Secrets Manager can't decrypt the protected secret text using the provided KMS key.",
      );
    }
    return {
      ARN: arnOf(world, secret),
      Name: secret.name,
      VersionId: found.id,
      ...described(found.value),
      VersionStages: [...found.stages],
      CreatedDate: new Date(found.atMs),
    };
  },

  CreateSecret(world: World, region: string, input: Input<'secretsmanager', 'CreateSecret'>) {
    const { Name: name = '', ClientRequestToken, KmsKeyId, Tags } = input;
    const nowMs = world.clock.nowMs();
    const known = world.secrets.find((one) => one.region === region && one.name === name);
    if (known && known.versions[0]?.id !== ClientRequestToken) {
      throw awsError('ResourceExistsException', `The operation failed because the secret ${name} already exists.`);
    }
    if (input.AddReplicaRegions?.length || (input.SecretString === undefined) === (input.SecretBinary === undefined)) {
      throw awsError('InvalidParameterException', 'The simulator makes secrets of one region, with a value.');
    }
    const id = ClientRequestToken ?? uuidOf(`${name}@${nowMs}`);
    const secret: Secret = known ?? {
      name,
      region,
      createdMs: nowMs,
      tags: structuredClone(Tags ?? []),
      kmsKey: KmsKeyId ?? null,
      replica: null,
      replicaOf: null,
      versions: [{ id, value: valueIn(world, input), stages: [CURRENT], atMs: nowMs }],
    };
    if (!known) world.secrets.push(secret);
    return { ARN: arnOf(world, secret), Name: name, VersionId: id };
  },

  PutSecretValue(world: World, region: string, input: Input<'secretsmanager', 'PutSecretValue'>) {
    const secret = changeable(world, region, input.SecretId);
    const nowMs = world.clock.nowMs();
    const id = input.ClientRequestToken ?? uuidOf(`${secret.name}@${nowMs}`);
    const known = secret.versions.find((one) => one.id === id);
    if (!known) {
      secret.versions.push({ id, value: valueIn(world, input), stages: [], atMs: nowMs });
      moveCurrent(secret, id);
    }
    const { stages = [CURRENT] } = secret.versions.find((one) => one.id === id) ?? {};
    return { ARN: arnOf(world, secret), Name: secret.name, VersionId: id, VersionStages: [...stages] };
  },

  UpdateSecretVersionStage(world: World, region: string, input: Input<'secretsmanager', 'UpdateSecretVersionStage'>) {
    const secret = changeable(world, region, input.SecretId);
    const { VersionStage, MoveToVersionId, RemoveFromVersionId } = input;
    const holder = secret.versions.find(({ stages }) => stages.includes(VersionStage ?? ''));
    if (VersionStage !== CURRENT || !secret.versions.some(({ id }) => id === MoveToVersionId)) {
      throw awsError('InvalidParameterException', `The simulator moves ${CURRENT}, and to a version that is there.`);
    }
    if (holder?.id !== RemoveFromVersionId) {
      const message = `The parameter RemoveFromVersionId can't be empty. Staging label ${VersionStage} is currently attached to version ${holder?.id}, so you must explicitly reference that version in RemoveFromVersionId.`;
      throw awsError('InvalidParameterException', message);
    }
    moveCurrent(secret, MoveToVersionId ?? '');
    return { ARN: arnOf(world, secret), Name: secret.name };
  },

  DeleteSecret(world: World, region: string, input: Input<'secretsmanager', 'DeleteSecret'>) {
    const secret = changeable(world, region, input.SecretId);
    if (secret.replica) {
      const message = "You can't delete secret because it has replicas. Remove replicas first.";
      throw awsError('InvalidRequestException', message);
    }
    if (!input.ForceDeleteWithoutRecovery) {
      throw awsError('InvalidParameterException', 'The simulator deletes at once, or not at all.');
    }
    world.secrets = world.secrets.filter((one) => one !== secret);
    return { ARN: arnOf(world, secret), Name: secret.name, DeletionDate: new Date(world.clock.nowMs()) };
  },
};

const statusOf = ({ region, failed }: NonNullable<Secret['replica']>) => ({
  Region: region,
  Status: failed ? ('Failed' as const) : ('InSync' as const),
  ...(failed && { StatusMessage: 'Replication failed: the replica region has no access to the KMS key.' }),
});

/** The version that loses the label is the previous one from then on. */
function moveCurrent({ versions }: Secret, to: string): void {
  const from = versions.find(({ stages }) => stages.includes(CURRENT))?.id;
  for (const version of versions) {
    const others = version.stages.filter((stage) => stage !== CURRENT && stage !== PREVIOUS);
    if (version.id === to) version.stages = [CURRENT, ...others];
    else version.stages = version.id === from ? [PREVIOUS, ...others] : others;
  }
}

type Given = Pick<Input<'secretsmanager', 'PutSecretValue'>, 'SecretString' | 'SecretBinary'>;

function valueIn({ simulation }: World, { SecretString = '', SecretBinary }: Given): Value {
  if (simulation.secrets.garbles) return { text: 'garbled' };
  return SecretBinary === undefined ? { text: SecretString } : { bytes: Buffer.from(SecretBinary).toString('base64') };
}

const described = (value: Value) =>
  'text' in value ? { SecretString: value.text } : { SecretBinary: new Uint8Array(Buffer.from(value.bytes, 'base64')) };

function secretIn(world: World, region: string, id: string | undefined): Secret {
  const found = world.secrets.find((one) => one.region === region && (one.name === id || arnOf(world, one) === id));
  if (found) return found;
  if (world.simulation.secrets.taken && id?.startsWith('dr-drill/')) return somebodyElses(id, region);
  throw missing("Secrets Manager can't find the specified secret.");
}

const missing = (message: string): AwsFault => awsError('ResourceNotFoundException', message);

const somebodyElses = (name: string, region: string): Secret => ({
  name,
  region,
  createdMs: 0,
  tags: [],
  kmsKey: null,
  replica: null,
  replicaOf: null,
  versions: [versionOf(name, 1, CURRENT, 0)],
});

/** A replica takes no changes of its own. */
function changeable(world: World, region: string, id: string | undefined): Secret {
  const secret = secretIn(world, region, id);
  if (!secret.replicaOf) return secret;
  const message = "You can't perform this operation on a replica secret. Call it in the primary secret's Region.";
  throw awsError('InvalidRequestException', message);
}

const arnOf = ({ topology }: World, { name, region, replicaOf }: Secret): string =>
  regionalArn({
    service: 'secretsmanager',
    region,
    account: topology.account,
    resource: `secret:${name}-${suffixOf(`${name}@${replicaOf ?? region}`)}`,
  });

/** A replica's ARN ends as its primary's does. */
const suffixOf = (key: string): string => hash32(key).toString(36).padStart(6, '0').slice(0, 6);
