import { expect, test } from 'vitest';
import { isChange } from '../../src/aws/changes.ts';
import { gateway } from '../../src/aws/gateway.ts';
import { EVIDENCE, inWorld, type Lab, MEDIA, MEDIA_COPY, PRIMARY, RECOVERY, refusalOf } from './world.ts';

const KEY = 'lease';
const LEASE = { Bucket: MEDIA, Key: KEY };
const put = ({ call }: Lab, Body: string, more: object = {}) =>
  call('s3', PRIMARY, 'PutObject', { ...LEASE, Body, ...more });
const textOf = async ({ call }: Lab, more: object = {}, region = PRIMARY, Bucket = MEDIA) =>
  (await call('s3', region, 'GetObject', { ...LEASE, Bucket, ...more })).Body?.transformToString();
const replication = async ({ call }: Lab, Key = KEY) =>
  (await call('s3', PRIMARY, 'HeadObject', { Bucket: MEDIA, Key })).ReplicationStatus;

test('an object is written once by the person who comes first, and changed only by the person who knows how it stands', () =>
  inWorld({}, async (lab) => {
    const { ETag } = await put(lab, 'mine', { IfNoneMatch: '*' });
    expect(await refusalOf(put(lab, 'also mine', { IfNoneMatch: '*' }))).toBe('PreconditionFailed');
    expect(await refusalOf(put(lab, 'taken over', { IfMatch: '"other"' }))).toBe('PreconditionFailed');
    const renewed = await put(lab, 'renewed', { IfMatch: ETag });
    expect(await refusalOf(put(lab, 'renewed late', { IfMatch: ETag }))).toBe('PreconditionFailed');
    expect(await textOf(lab)).toBe('renewed');
    expect(await refusalOf(lab.call('s3', PRIMARY, 'DeleteObject', { ...LEASE, IfMatch: ETag }))).toBe(
      'PreconditionFailed',
    );
    await lab.call('s3', PRIMARY, 'DeleteObject', { ...LEASE, IfMatch: renewed.ETag });
    expect(await refusalOf(textOf(lab))).toBe('NoSuchKey');
    expect(await refusalOf(put(lab, 'renewed', { IfMatch: renewed.ETag }))).toBe('NoSuchKey');
    expect(await refusalOf(put(lab, 'next', { IfNoneMatch: '*' }))).toBe('nothing');
  }));

test('of those who write at the same time one succeeds, and the others are told of a conflict', () =>
  inWorld({}, async (lab) => {
    const writers = Array.from({ length: 8 }, (_, index) => refusalOf(put(lab, `${index}`, { IfNoneMatch: '*' })));
    const names = await Promise.all(writers);
    expect(names.filter((name) => name === 'nothing')).toHaveLength(1);
    expect(names.filter((name) => name === 'ConditionalRequestConflict')).toHaveLength(7);
    expect(await refusalOf(put(lab, 'later', { IfNoneMatch: '*' }))).toBe('PreconditionFailed');
  }));

test('what is written is pending, then completed, and only then in the bucket of the other region', () =>
  inWorld({ simulation: { objectReplication: { takes: '20 s' } } }, async (lab) => {
    const { VersionId } = await put(lab, 'first');
    expect(await replication(lab)).toBe('PENDING');
    expect(await refusalOf(textOf(lab, {}, RECOVERY, MEDIA_COPY))).toBe('NoSuchKey');
    await lab.sleep(21_000);
    expect(await replication(lab)).toBe('COMPLETED');
    const copy = await lab.call('s3', RECOVERY, 'HeadObject', { Bucket: MEDIA_COPY, Key: KEY });
    expect(copy).toMatchObject({ ReplicationStatus: 'REPLICA', VersionId, ContentLength: 5 });
    // A deletion goes nowhere: who has deleted by mistake finds it there.
    await lab.call('s3', PRIMARY, 'DeleteObject', LEASE);
    await lab.sleep(60_000);
    expect(await textOf(lab, {}, RECOVERY, MEDIA_COPY)).toBe('first');
  }));

test('how long replication takes is drawn for each object', () =>
  inWorld({}, async (lab) => {
    const keys = Array.from({ length: 20 }, (_, index) => `many/${index}`);
    for (const Key of keys) await put(lab, 'one', { Key });
    const still = async () => {
      const statuses = await Promise.all(keys.map((Key) => replication(lab, Key)));
      return statuses.filter((status) => status === 'PENDING').length;
    };
    const pending: number[] = [await still()];
    while (pending.at(-1) !== 0) {
      await lab.sleep(2_000);
      pending.push(await still());
    }
    expect(new Set(pending).size).toBeGreaterThan(4);
    expect(pending.length).toBeGreaterThan(3);
    expect(pending.length).toBeLessThan(60);
  }));

test('what was on its way when its region was lost arrives once the region is back, and what was there stays readable', () =>
  inWorld({ simulation: { objectReplication: { takes: '20 s' }, outage: { lasts: '10 min' } } }, async (lab) => {
    await put(lab, 'early');
    await lab.sleep(30_000);
    await put(lab, 'late');
    await lab.sleep(10_000);
    await lab.ports.failure.inject({ kind: 'region-outage', region: PRIMARY });
    expect(await refusalOf(textOf(lab))).toBe('TimeoutError');
    await lab.sleep(300_000);
    expect(await textOf(lab, {}, RECOVERY, MEDIA_COPY)).toBe('early');
    await lab.sleep(296_000);
    expect(await replication(lab)).toBe('PENDING');
    await lab.sleep(10_000);
    expect(await textOf(lab, {}, RECOVERY, MEDIA_COPY)).toBe('late');
    expect(await replication(lab)).toBe('COMPLETED');
  }));

test('replication that fails says so, and nothing arrives', () =>
  inWorld({ simulation: { objectReplication: { fails: true } } }, async (lab) => {
    await put(lab, 'lost');
    await lab.sleep(120_000);
    expect(await replication(lab)).toBe('FAILED');
    expect(await refusalOf(textOf(lab, {}, RECOVERY, MEDIA_COPY))).toBe('NoSuchKey');
  }));

test('an overwritten and a deleted object are restored from their versions', () =>
  inWorld({}, async (lab) => {
    const good = await put(lab, 'good', { Metadata: { by: 'shop' }, ContentType: 'text/plain' });
    await put(lab, 'bad');
    const { VersionId: marker } = await lab.call('s3', PRIMARY, 'DeleteObject', LEASE);
    const listed = await lab.call('s3', PRIMARY, 'ListObjectVersions', { Bucket: MEDIA, Prefix: KEY });
    expect(listed.DeleteMarkers).toMatchObject([{ Key: KEY, VersionId: marker, IsLatest: true }]);
    expect(listed.Versions?.map(({ Size, IsLatest }) => [Size, IsLatest])).toEqual([
      [3, false],
      [4, false],
    ]);
    const CopySource = `${MEDIA}/${KEY}?versionId=${good.VersionId}`;
    const restored = await lab.call('s3', PRIMARY, 'CopyObject', { ...LEASE, CopySource });
    expect(restored).toMatchObject({ CopySourceVersionId: good.VersionId, CopyObjectResult: { ETag: good.ETag } });
    const head = await lab.call('s3', PRIMARY, 'HeadObject', LEASE);
    expect(head).toMatchObject({ VersionId: restored.VersionId, Metadata: { by: 'shop' }, ContentType: 'text/plain' });
    expect(await refusalOf(lab.call('s3', PRIMARY, 'CopyObject', { ...LEASE, CopySource: `${MEDIA}/${KEY}` }))).toBe(
      'InvalidRequest',
    );
    // Without its marker and what lies above it, the older version is the current one again.
    await lab.call('s3', PRIMARY, 'DeleteObject', { ...LEASE, VersionId: restored.VersionId });
    expect(await refusalOf(textOf(lab))).toBe('NoSuchKey');
    await lab.call('s3', PRIMARY, 'DeleteObject', { ...LEASE, VersionId: marker });
    expect(await textOf(lab)).toBe('bad');
    expect(await refusalOf(textOf(lab, { VersionId: marker }))).toBe('NoSuchVersion');
  }));

test('the replica gives back what its own bucket has lost for good', () =>
  inWorld({}, async (lab) => {
    const { VersionId } = await put(lab, 'kept');
    await lab.sleep(120_000);
    await lab.call('s3', PRIMARY, 'DeleteObject', { ...LEASE, VersionId });
    expect(await refusalOf(textOf(lab))).toBe('NoSuchKey');
    await lab.call('s3', PRIMARY, 'CopyObject', { ...LEASE, CopySource: `${MEDIA_COPY}/${KEY}` });
    expect(await textOf(lab)).toBe('kept');
    await lab.ports.failure.inject({ kind: 'region-outage', region: RECOVERY });
    const CopySource = `${MEDIA_COPY}/${KEY}`;
    expect(await refusalOf(lab.call('s3', PRIMARY, 'CopyObject', { ...LEASE, Key: 'b', CopySource }))).toBe(
      'ServiceUnavailable',
    );
  }));

test('evidence cannot be deleted before its time, by nobody under compliance and by the person who may under governance', () =>
  inWorld({}, async (lab) => {
    const ObjectLockRetainUntilDate = new Date(lab.clock.nowMs() + 3_600_000);
    const write = (Key: string, more: object) =>
      lab.call('s3', RECOVERY, 'PutObject', { Bucket: EVIDENCE, Key, Body: 'evidence', ...more });
    const remove = (Key: string, VersionId: string | undefined, more: object = {}) =>
      refusalOf(lab.call('s3', RECOVERY, 'DeleteObject', { Bucket: EVIDENCE, Key, VersionId, ...more }));
    const compliance = await write('a', { ObjectLockMode: 'COMPLIANCE', ObjectLockRetainUntilDate });
    const governance = await write('b', { ObjectLockMode: 'GOVERNANCE', ObjectLockRetainUntilDate });
    const bypass = { BypassGovernanceRetention: true };
    expect(await remove('a', compliance.VersionId, bypass)).toBe('AccessDenied');
    expect(await remove('b', governance.VersionId)).toBe('AccessDenied');
    expect(await remove('b', governance.VersionId, bypass)).toBe('nothing');
    const head = await lab.call('s3', RECOVERY, 'HeadObject', { Bucket: EVIDENCE, Key: 'a' });
    expect(head).toMatchObject({ ObjectLockMode: 'COMPLIANCE', ObjectLockRetainUntilDate });
    // A delete marker hides it, and takes nothing away.
    expect(await remove('a', undefined)).toBe('nothing');
    expect(await remove('a', compliance.VersionId)).toBe('AccessDenied');
    await lab.sleep(3_600_000);
    expect(await remove('a', compliance.VersionId)).toBe('nothing');

    expect(await refusalOf(write('c', { ObjectLockMode: 'COMPLIANCE' }))).toBe('InvalidArgument');
    const past = { ObjectLockMode: 'COMPLIANCE', ObjectLockRetainUntilDate };
    expect(await refusalOf(write('c', past))).toBe('InvalidArgument');
    const future = { ...past, ObjectLockRetainUntilDate: new Date(lab.clock.nowMs() + 1_000) };
    expect(await refusalOf(put(lab, 'no lock here', future))).toBe('InvalidRequest');
  }));

test('a listing goes page by page, folded at a delimiter, and its pages hold everything once', () =>
  inWorld({}, async (lab) => {
    const names = ['a/1', 'a/2', 'b', 'c/x/1', 'c/x/2', 'c/y', 'd+e f', '演練'];
    for (const Key of names) await lab.call('s3', RECOVERY, 'PutObject', { Bucket: EVIDENCE, Key, Body: Key });
    const bucket = { Bucket: EVIDENCE };
    const pages = async (asked: object) => {
      const found: string[] = [];
      for (let token: string | undefined; ; ) {
        const page = await lab.call('s3', RECOVERY, 'ListObjectsV2', { ...bucket, ...asked, ContinuationToken: token });
        const keys = page.Contents?.map(({ Key }) => Key ?? '') ?? [];
        const folded = page.CommonPrefixes?.map(({ Prefix }) => `${Prefix}*`) ?? [];
        expect(page.KeyCount).toBe(keys.length + folded.length);
        found.push(...keys, ...folded);
        token = page.NextContinuationToken;
        if (!page.IsTruncated) return found;
      }
    };
    for (const MaxKeys of [1, 2, 3, 1_000]) {
      expect(await pages({ MaxKeys })).toEqual(names);
      expect((await pages({ MaxKeys, Delimiter: '/' })).sort()).toEqual(['a/*', 'b', 'c/*', 'd+e f', '演練']);
      expect((await pages({ MaxKeys, Delimiter: '/', Prefix: 'c/' })).sort()).toEqual(['c/x/*', 'c/y']);
    }
    expect(await pages({ StartAfter: 'c/y' })).toEqual(['d+e f', '演練']);
    expect(await pages({ Prefix: 'd', EncodingType: 'url' })).toEqual(['d%2Be%20f']);

    await lab.call('s3', RECOVERY, 'PutObject', { ...bucket, Key: 'b', Body: 'again' });
    const versions: unknown[] = [];
    for (let marker: object = {}; ; ) {
      const page = await lab.call('s3', RECOVERY, 'ListObjectVersions', { ...bucket, MaxKeys: 1, ...marker });
      versions.push(...(page.Versions ?? []).map(({ Key, IsLatest }) => `${Key}${IsLatest ? '' : ' before'}`));
      marker = { KeyMarker: page.NextKeyMarker, VersionIdMarker: page.NextVersionIdMarker };
      if (!page.IsTruncated) break;
    }
    expect(versions).toEqual(['a/1', 'a/2', 'b', 'b before', ...names.slice(3)]);
  }));

test('a bucket answers in its own region, to anyone who expects its owner', () =>
  inWorld({}, async (lab) => {
    const location = (region: string, Bucket = MEDIA) =>
      lab.call('s3', region, 'GetBucketLocation', { Bucket }).then(({ LocationConstraint }) => LocationConstraint);
    expect(await location(PRIMARY)).toBe(PRIMARY);
    expect(await location('us-east-1', EVIDENCE)).toBe(RECOVERY);
    expect(await refusalOf(location(RECOVERY))).toBe('PermanentRedirect');
    expect(await refusalOf(location(PRIMARY, 'none'))).toBe('NoSuchBucket');
    const owned = (ExpectedBucketOwner: string) =>
      refusalOf(lab.call('s3', PRIMARY, 'GetBucketVersioning', { Bucket: MEDIA, ExpectedBucketOwner }));
    expect([await owned('111122223333'), await owned('444455556666')]).toEqual(['nothing', 'AccessDenied']);
    const rule = await lab.call('s3', PRIMARY, 'GetBucketReplication', { Bucket: MEDIA });
    expect(rule.ReplicationConfiguration?.Rules?.[0]?.Destination?.Bucket).toBe(`arn:aws:s3:::${MEDIA_COPY}`);
    expect(await refusalOf(lab.call('s3', RECOVERY, 'GetBucketReplication', { Bucket: MEDIA_COPY }))).toBe(
      'ReplicationConfigurationNotFoundError',
    );
  }));

test('bytes that are not what their checksum says are refused, and a part of an object can be read', () =>
  inWorld({}, async (lab) => {
    const { ChecksumCRC32 } = await put(lab, 'hi there', { ChecksumAlgorithm: 'CRC32' });
    expect(ChecksumCRC32).toBe('46N27A==');
    expect(await refusalOf(put(lab, 'hi there!', { ChecksumCRC32 }))).toBe('BadDigest');
    expect(await refusalOf(put(lab, 'hi there', { ContentMD5: 'bm90IHRoYXQ=' }))).toBe('BadDigest');
    expect([await textOf(lab, { Range: 'bytes=3-5' }), await textOf(lab, { Range: 'bytes=-5' })]).toEqual([
      'the',
      'there',
    ]);
    expect(await refusalOf(textOf(lab, { Range: 'bytes=8-' }))).toBe('InvalidRange');
    const current = await lab.call('s3', PRIMARY, 'HeadObject', LEASE);
    expect(await refusalOf(textOf(lab, { IfNoneMatch: current.ETag }))).toBe('NotModified');
    expect(await refusalOf(textOf(lab, { IfMatch: '"other"' }))).toBe('PreconditionFailed');
  }));

test('a write that comes too fast is tried again, and one that nobody answers is not', () =>
  inWorld(
    {
      simulation: {
        throttling: [{ service: 's3', operation: 'PutObject', calls: 3 }],
        lostAnswers: [{ service: 's3', operation: 'DeleteObject' }],
      },
    },
    async (lab) => {
      const outcomes: string[] = [];
      const aws = gateway({
        transport: lab.transport,
        clock: lab.clock,
        regions: [PRIMARY],
        record: (event) => event.type === 'call' && outcomes.push(event.outcome),
        isChange: (service, operation) => isChange(`${service}:${operation}`),
        jitter: () => 0,
      })({ step: 'lease', signal: new AbortController().signal });
      await aws.call('s3', PRIMARY, 'PutObject', { ...LEASE, Body: 'mine', IfNoneMatch: '*' });
      expect(await refusalOf(aws.call('s3', PRIMARY, 'DeleteObject', LEASE))).toBe('UnknownOutcome');
      expect(outcomes).toEqual(['failed', 'failed', 'failed', 'ok', 'unknown']);
      expect(await refusalOf(textOf(lab))).toBe('NoSuchKey');
    },
  ));
