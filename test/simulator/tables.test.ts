import { expect, test } from 'vitest';
import { ITEMS, inWorld, type Lab, PRIMARY, RECOVERY, refusalOf, TABLE } from './world.ts';

const itemOf = (sequence: number, note = '') => ({
  run: { S: 'mine' },
  sequence: { N: String(sequence) },
  note: { S: note },
});
const put = ({ call }: Lab, region: string, sequence: number, note = '') =>
  call('dynamodb', region, 'PutItem', { TableName: ITEMS, Item: itemOf(sequence, note) });
const query = ({ call }: Lab, region: string, more: object = {}) =>
  call('dynamodb', region, 'Query', {
    TableName: ITEMS,
    KeyConditionExpression: '#run = :run and #sequence >= :from',
    ExpressionAttributeNames: { '#run': 'run', '#sequence': 'sequence' },
    ExpressionAttributeValues: { ':run': { S: 'mine' }, ':from': { N: '0' } },
    ...more,
  });
const notesIn = async (lab: Lab, region: string) => ((await query(lab, region)).Items ?? []).map(({ note }) => note?.S);
const describe = async ({ call }: Lab, region: string, TableName = TABLE) =>
  (await call('dynamodb', region, 'DescribeTable', { TableName })).Table ?? {};
const update = ({ call }: Lab, region: string, change: object) =>
  call('dynamodb', region, 'UpdateTable', { TableName: TABLE, ReplicaUpdates: [change] });

const loss = (region: string) => ({ kind: 'region-outage' as const, region });

test('an item is in its own region at once, and in the other one a little later', () =>
  inWorld({ simulation: { tables: { replication: '2 s' } } }, async (lab) => {
    await put(lab, PRIMARY, 1, 'first');
    expect(await notesIn(lab, PRIMARY)).toEqual(['first']);
    expect(await notesIn(lab, RECOVERY)).toEqual([]);
    await lab.sleep(2_000);
    expect(await notesIn(lab, RECOVERY)).toEqual(['first']);
  }));

test('of two regions that write one item the last writer wins in both, and nobody is told', () =>
  inWorld({ simulation: { tables: { replication: '2 s' } } }, async (lab) => {
    await put(lab, PRIMARY, 1, 'of the first region');
    await put(lab, RECOVERY, 1, 'of the other region');
    expect(await notesIn(lab, PRIMARY)).toEqual(['of the first region']);
    await lab.sleep(5_000);
    expect(await notesIn(lab, PRIMARY)).toEqual(['of the other region']);
    expect(await notesIn(lab, RECOVERY)).toEqual(['of the other region']);
  }));

test('what a lost region had not sent comes when it returns, and is kept where nothing later was written', () =>
  inWorld({ simulation: { tables: { replication: '5 s' } } }, async (lab) => {
    await put(lab, PRIMARY, 1, 'old');
    await put(lab, PRIMARY, 2, 'late');
    await lab.ports.failure.inject(loss(PRIMARY), new AbortController().signal);
    await put(lab, RECOVERY, 1, 'new');
    await lab.sleep(60_000);
    expect(await notesIn(lab, RECOVERY)).toEqual(['new']);
    await lab.ports.failure.heal(loss(PRIMARY), new AbortController().signal);
    await lab.sleep(10_000);
    expect(await notesIn(lab, RECOVERY)).toEqual(['new', 'late']);
    expect(await notesIn(lab, PRIMARY)).toEqual(['new', 'late']);
  }));

test('a query gives as much at once as was asked for, and goes on behind the last key', () =>
  inWorld({}, async (lab) => {
    for (const sequence of [10, 9, 100]) await put(lab, PRIMARY, sequence, String(sequence));
    const first = await query(lab, PRIMARY, { Limit: 2 });
    expect(first).toMatchObject({ Count: 2, LastEvaluatedKey: { run: { S: 'mine' }, sequence: { N: '10' } } });
    const second = await query(lab, PRIMARY, { Limit: 2, ExclusiveStartKey: first.LastEvaluatedKey });
    expect(second.Items?.map(({ note }) => note?.S)).toEqual(['100']);
    expect(second.LastEvaluatedKey).toBeUndefined();
  }));

test('what has no key, or a wrong one, is refused, and so is a table that is not there', () =>
  inWorld({}, async (lab) => {
    const { call } = lab;
    const without = { TableName: ITEMS, Item: { run: { S: 'mine' } } };
    expect(await refusalOf(call('dynamodb', PRIMARY, 'PutItem', without))).toBe('ValidationException');
    const other = query(lab, PRIMARY, { KeyConditionExpression: '#sequence = :from' });
    expect(await refusalOf(other)).toBe('ValidationException');
    const missing = call('dynamodb', PRIMARY, 'GetItem', { TableName: 'none', Key: {} });
    expect(await refusalOf(missing)).toBe('ResourceNotFoundException');
  }));

test('a table without capacity refuses items in its own way, and an API that is called too often in another', () =>
  inWorld({ simulation: { throttling: [{ service: 'dynamodb', calls: 2 }] } }, async (lab) => {
    expect(await refusalOf(put(lab, PRIMARY, 1))).toBe('ProvisionedThroughputExceededException');
    expect(await refusalOf(describe(lab, PRIMARY))).toBe('ThrottlingException');
    expect(await refusalOf(put(lab, PRIMARY, 1))).toBe('nothing');
  }));

test('a replica is taken away and added again, one change at a time, and holds everything then', () =>
  inWorld({}, async (lab) => {
    await update(lab, PRIMARY, { Delete: { RegionName: RECOVERY } });
    expect(await describe(lab, PRIMARY)).toMatchObject({
      TableStatus: 'UPDATING',
      Replicas: [{ RegionName: RECOVERY, ReplicaStatus: 'DELETING' }],
    });
    const again = { Create: { RegionName: RECOVERY } };
    expect(await refusalOf(update(lab, PRIMARY, again))).toBe('ResourceInUseException');
    await lab.sleep(60_000);
    expect(await describe(lab, PRIMARY)).toMatchObject({ TableStatus: 'ACTIVE', Replicas: [] });
    expect(await refusalOf(describe(lab, RECOVERY))).toBe('ResourceNotFoundException');
    await update(lab, PRIMARY, again);
    expect(await describe(lab, RECOVERY)).toMatchObject({ TableStatus: 'CREATING' });
    expect(await refusalOf(update(lab, PRIMARY, again))).toBe('ResourceInUseException');
    await lab.sleep(20 * 60_000);
    const { Count } = await lab.call('dynamodb', RECOVERY, 'Scan', { TableName: TABLE });
    expect(Count).toBe(3);
    expect(await refusalOf(update(lab, PRIMARY, again))).toBe('ValidationException');
  }));

test('a restore gives a table of one region, as it was at that time, which takes no tags before it is there', () =>
  inWorld({ simulation: { tableRestore: { takes: '6 min' } } }, async (lab) => {
    const { call, clock } = lab;
    await put(lab, PRIMARY, 1, 'before');
    const RestoreDateTime = new Date(clock.nowMs() + 1_000);
    await lab.sleep(60_000);
    await put(lab, PRIMARY, 2, 'after');
    const asked = { SourceTableName: ITEMS, TargetTableName: 'copy', RestoreDateTime };
    const restore = (more: object = {}) =>
      call('dynamodb', PRIMARY, 'RestoreTableToPointInTime', { ...asked, ...more });
    // It is not five minutes back yet.
    expect(await refusalOf(restore())).toBe('InvalidRestoreTimeException');
    await lab.sleep(5 * 60_000);
    await restore();
    expect(await refusalOf(restore())).toBe('TableAlreadyExistsException');
    expect(await refusalOf(restore({ SourceTableName: 'none' }))).toBe('TableNotFoundException');
    const ResourceArn = `arn:aws:dynamodb:${PRIMARY}:111122223333:table/copy`;
    const tag = () => call('dynamodb', PRIMARY, 'TagResource', { ResourceArn, Tags: [{ Key: 'a', Value: 'b' }] });
    expect(await refusalOf(tag())).toBe('ResourceNotFoundException');
    const drop = () => call('dynamodb', PRIMARY, 'DeleteTable', { TableName: 'copy' });
    expect(await refusalOf(drop())).toBe('ResourceInUseException');
    await lab.sleep(6 * 60_000);
    expect(await describe(lab, PRIMARY, 'copy')).toMatchObject({
      TableStatus: 'ACTIVE',
      RestoreSummary: { RestoreDateTime, RestoreInProgress: false },
    });
    const { Items } = await query(lab, PRIMARY, { TableName: 'copy' });
    expect(Items?.map(({ note }) => note?.S)).toEqual(['before']);
    await tag();
    await drop();
    await lab.sleep(60_000);
    expect(await refusalOf(describe(lab, PRIMARY, 'copy'))).toBe('ResourceNotFoundException');
  }));

test('no more than fifty tables are restored at once', () =>
  inWorld({}, async ({ call }) => {
    const restore = (name: string) =>
      call('dynamodb', PRIMARY, 'RestoreTableToPointInTime', {
        SourceTableName: TABLE,
        TargetTableName: name,
        UseLatestRestorableTime: true,
      });
    const names = await Promise.all(Array.from({ length: 51 }, (_, index) => refusalOf(restore(`copy-${index}`))));
    expect(names.filter((name) => name !== 'nothing').map((name) => /Limit|Throttling/.test(name))).toContain(true);
  }));

test('without point-in-time recovery there is nothing to restore', () =>
  inWorld({ simulation: { tables: { pointInTime: false } } }, async ({ call }) => {
    const asked = { SourceTableName: TABLE, TargetTableName: 'copy', UseLatestRestorableTime: true };
    expect(await refusalOf(call('dynamodb', PRIMARY, 'RestoreTableToPointInTime', asked))).toBe(
      'PointInTimeRecoveryUnavailableException',
    );
    const { ContinuousBackupsDescription } = await call('dynamodb', PRIMARY, 'DescribeContinuousBackups', {
      TableName: TABLE,
    });
    expect(ContinuousBackupsDescription?.PointInTimeRecoveryDescription).toEqual({
      PointInTimeRecoveryStatus: 'DISABLED',
    });
  }));

test('with strong consistency a write is everywhere at once, meets another region’s, and needs a second region', () =>
  inWorld({ simulation: { tables: { consistency: 'strong', replication: '1 min' } } }, async (lab) => {
    await put(lab, PRIMARY, 1, 'here');
    expect(await notesIn(lab, RECOVERY)).toEqual(['here']);
    const [one, other] = await Promise.all([
      refusalOf(put(lab, PRIMARY, 2)),
      refusalOf(lab.sleep(10).then(() => put(lab, RECOVERY, 2))),
    ]);
    expect([one, other].filter((name) => name === 'ReplicatedWriteConflictException')).toHaveLength(1);
    await lab.ports.failure.inject(loss(PRIMARY), new AbortController().signal);
    // This table has no third region, so nothing agrees any more.
    expect(await refusalOf(put(lab, RECOVERY, 3))).toBe('InternalServerError');
  }));
