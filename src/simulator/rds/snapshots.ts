import type { DBSnapshot } from '@aws-sdk/client-rds';
import { parseArn, regionalArn } from '../../arn.ts';
import type { Snapshot } from '../state.ts';
import { at } from '../timeline.ts';
import type { World } from '../world.ts';
import { engines } from './engines.ts';

/** The snapshots that someone asked for, and that a region holds now. */
export const askedFor = (world: World, region: string): DBSnapshot[] =>
  world.snapshots
    .filter((one) => one.region === region && at(one.status, world.clock.nowMs()) !== null)
    .map((one) => described(world, one));

export function described(world: World, snapshot: Snapshot): DBSnapshot {
  const nowMs = world.clock.nowMs();
  const Status = at(snapshot.status, nowMs) ?? 'deleting';
  const doneMs = snapshot.status.at(-1)?.[0] ?? nowMs;
  const share = Math.min(1, (nowMs - snapshot.createdMs) / Math.max(1, doneMs - snapshot.createdMs));
  return {
    DBSnapshotIdentifier: snapshot.identifier,
    DBSnapshotArn: arnOf(world, snapshot),
    DBInstanceIdentifier: snapshot.of,
    SnapshotCreateTime: new Date(snapshot.createdMs),
    OriginalSnapshotCreateTime: new Date(snapshot.takenMs),
    SnapshotType: 'manual',
    Status,
    Engine: engines[snapshot.engine].name,
    EngineVersion: snapshot.engineVersion,
    AllocatedStorage: snapshot.storageGib,
    StorageType: 'gp3',
    Encrypted: snapshot.kmsKey !== null,
    ...(snapshot.kmsKey === null ? {} : { KmsKeyId: snapshot.kmsKey }),
    ...(snapshot.from === null
      ? {}
      : { SourceDBSnapshotIdentifier: snapshot.from, SourceRegion: parseArn(snapshot.from)?.region ?? '' }),
    PercentProgress: Status === 'creating' ? Math.floor(share * 100) : 100,
    TagList: snapshot.tags.map((tag) => ({ ...tag })),
  };
}

const arnOf = ({ topology }: World, { region, identifier }: Pick<Snapshot, 'region' | 'identifier'>): string =>
  regionalArn({ service: 'rds', region, account: topology.account, resource: `snapshot:${identifier}` });
