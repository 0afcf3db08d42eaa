import { describe, expect, test } from 'vitest';
import type { Service } from '../../src/aws/aws.ts';
import { serve } from '../../src/server/serve.ts';
import { EVIDENCE, GATE, MEDIA, PRIMARY, RECOVERY, REPLICA } from '../simulator/world.ts';
import { clientOf, impatient, send, served, stillWorld } from './server.ts';

const nameOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'nothing',
    (error: Error) => error.name,
  );

const promote = (url: string, more: object = {}) =>
  send(clientOf('rds', url, more), 'rds', 'PromoteReadReplica', { DBInstanceIdentifier: REPLICA });

const isMoving = async (url: string): Promise<boolean> => {
  const { world } = await (await fetch(`${url}/_dr-drill/state`)).json();
  return world.instances.find(({ identifier }: { identifier: string }) => identifier === REPLICA).status.length > 1;
};

describe('what is never answered', () => {
  test('a lost region leaves its callers hanging, whatever they ask, and Route 53 answers on', async () => {
    const world = stillWorld();
    await world.ports.failure.inject({ kind: 'region-outage', region: PRIMARY });
    const outcomes: string[] = [];
    const { url } = await served({ world, onCall: ({ outcome }) => outcomes.push(outcome) });
    const there = { region: PRIMARY, ...impatient };
    for (const [service, operation, input] of [
      ['rds', 'DescribeDBInstances', {}],
      ['sts', 'GetCallerIdentity', {}],
      ['eks', 'DescribeCluster', { name: 'x' }],
      ['cloudwatch', 'DescribeAlarms', {}],
      ['s3', 'GetBucketLocation', { Bucket: MEDIA }],
      ['elasticache', 'DescribeReplicationGroups', {}],
      ['sns', 'ListTopics', {}],
    ] as [Service, string, object][]) {
      expect(await nameOf(send(clientOf(service, url, there), service, operation, input))).toBe('TimeoutError');
    }
    await send(clientOf('route53', url), 'route53', 'GetHealthCheck', { HealthCheckId: GATE });
    await send(clientOf('sts', url), 'sts', 'GetCallerIdentity', {});
    expect(outcomes).toEqual([...Array(7).fill('silent'), 'ok', 'ok']);
  });

  test('a call in a silent region is not carried out', async () => {
    const { url } = await served({ chaos: { silentRegions: [RECOVERY] } });
    expect(await nameOf(promote(url, impatient))).toBe('TimeoutError');
    expect(await isMoving(url)).toBe(false);
  });

  test('a lost answer leaves its caller hanging, but the call has been carried out', async () => {
    const { url } = await served({ chaos: { lose: { service: 'rds', operation: 'PromoteReadReplica' } } });
    expect(await nameOf(promote(url, impatient))).toBe('TimeoutError');
    expect(await isMoving(url)).toBe(true);
    expect(await nameOf(promote(url))).toBe('InvalidDBInstanceStateFault');
  });

  test('so does one that the simulation itself loses', async () => {
    const world = stillWorld({ lostAnswers: [{ service: 'rds', operation: 'PromoteReadReplica' }] });
    const { url } = await served({ world });
    expect(await nameOf(promote(url, impatient))).toBe('TimeoutError');
    expect(await isMoving(url)).toBe(true);
  });

  test('a server that closes drops those who hang', async () => {
    const listen = { host: '127.0.0.1', port: 0 };
    const { url, close } = await serve({ world: stillWorld(), listen, chaos: { silentRegions: [RECOVERY] } });
    const hanging = nameOf(promote(url));
    await expect.poll(async () => (await fetch(`${url}/_dr-drill/chaos`)).status).toBe(200);
    await close();
    // That is what the SDK calls a connection that was dropped.
    expect(await hanging).toBe('TimeoutError');
    expect(await nameOf(fetch(url))).toBe('TypeError');
  });
});

describe('what is refused on request', () => {
  test.each<[Service, string, object, string]>([
    ['rds', 'DescribeDBInstances', {}, 'Throttling'],
    ['route53', 'GetHealthCheck', { HealthCheckId: GATE }, 'Throttling'],
    ['eks', 'DescribeCluster', { name: 'ecommerce-recovery' }, 'ThrottlingException'],
    ['cloudwatch', 'DescribeAlarms', {}, 'ThrottlingException'],
    ['s3', 'ListObjectsV2', { Bucket: EVIDENCE }, 'SlowDown'],
    ['elasticache', 'DescribeReplicationGroups', {}, 'Throttling'],
    ['sns', 'ListTopics', {}, 'ThrottledException'],
  ])('%s %s comes too fast, so many times', async (service, operation, input, name) => {
    const { url } = await served({ chaos: { throttle: [{ service, operation, calls: 2 }] } });
    const ask = () => nameOf(send(clientOf(service, url), service, operation, input));
    expect([await ask(), await ask(), await ask()]).toEqual([name, name, 'nothing']);
  });

  test.each<[Service, string, object, string, string, string]>([
    [
      'rds',
      'PromoteReadReplica',
      { DBInstanceIdentifier: REPLICA },
      'rds:PromoteReadReplica',
      'AccessDenied',
      'rds:PromoteReadReplica',
    ],
    ['route53', 'GetHealthCheck', { HealthCheckId: GATE }, 'route53:*', 'AccessDenied', 'route53:GetHealthCheck'],
    [
      'eks',
      'DescribeCluster',
      { name: 'ecommerce-recovery' },
      'eks:Describe*',
      'AccessDeniedException',
      'eks:DescribeCluster',
    ],
    [
      'cloudwatch',
      'DescribeAlarms',
      {},
      'cloudwatch:DescribeAlarms',
      'AccessDeniedException',
      'cloudwatch:DescribeAlarms',
    ],
    ['s3', 'ListObjectsV2', { Bucket: EVIDENCE }, 's3:ListBucket', 'AccessDenied', 's3:ListBucket'],
    ['sns', 'ListTopics', {}, 'sns:List*', 'AuthorizationErrorException', 'sns:ListTopics'],
  ])('%s %s is denied in the words of AWS', async (service, operation, input, action, name, told) => {
    const { url } = await served({ chaos: { denied: [action] } });
    const error = await send(clientOf(service, url), service, operation, input).catch((thrown) => thrown);
    expect(error).toMatchObject({ name, $metadata: { httpStatusCode: 403 } });
    const user = 'arn:aws:sts::111122223333:assumed-role/dr-drill/AKIDEXAMPLE';
    expect(error.message).toContain(`User: ${user} is not authorized to perform: ${told} on resource: `);
  });

  test('a throttle or a denial of one operation leaves the others alone', async () => {
    const { url } = await served({
      chaos: { throttle: { service: 'rds', operation: 'RebootDBInstance' }, denied: ['rds:DeleteDBInstance'] },
    });
    expect(await nameOf(send(clientOf('rds', url), 'rds', 'DescribeDBInstances', {}))).toBe('nothing');
  });

  test.each<[Service, string, string]>([
    ['sts', 'GetCallerIdentity', 'ExpiredToken'],
    ['cloudwatch', 'DescribeAlarms', 'ExpiredTokenException'],
  ])('%s finds the credentials expired', async (service, operation, name) => {
    const { url } = await served({ chaos: { expiredCredentials: true } });
    expect(await nameOf(send(clientOf(service, url), service, operation, {}))).toBe(name);
  });

  test('the caller is told to be in another account, in every word', async () => {
    const { url } = await served({ chaos: { account: '999999999999', denied: ['rds:*'] } });
    expect(await send(clientOf('sts', url), 'sts', 'GetCallerIdentity', {})).toMatchObject({
      Account: '999999999999',
      Arn: 'arn:aws:sts::999999999999:assumed-role/dr-drill/AKIDEXAMPLE',
    });
    const error = await promote(url).catch((thrown) => thrown);
    expect(error.message).toContain('arn:aws:sts::999999999999:');
  });
});

describe('the control endpoint', () => {
  const post = (url: string, change: unknown) =>
    fetch(`${url}/_dr-drill/chaos`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: typeof change === 'string' ? change : JSON.stringify(change),
    });

  test('changes what is named, keeps the rest, and tells what is in force', async () => {
    const { url } = await served({ chaos: { denied: ['eks:*'] } });
    const changed = await post(url, { throttle: { service: 'rds', operation: 'PromoteReadReplica', calls: 1 } });
    expect(changed.status).toBe(200);
    expect(await changed.json()).toMatchObject({
      denied: ['eks:*'],
      throttle: [{ service: 'rds', operation: 'PromoteReadReplica', calls: 1 }],
    });
    expect(await nameOf(promote(url))).toBe('Throttling');
    expect(await (await fetch(`${url}/_dr-drill/chaos`)).json()).toMatchObject({ throttle: [], denied: ['eks:*'] });
    await post(url, { denied: [], account: '999999999999' });
    await post(url, { account: null });
    const identity = await send(clientOf('sts', url), 'sts', 'GetCallerIdentity', {});
    expect(identity).toMatchObject({ Account: '111122223333' });
  });

  test('makes answers late', async () => {
    const waits: number[] = [];
    const { realClock } = await import('../../src/clock/real-clock.ts');
    const clock = { ...realClock(), sleep: async (ms: number) => void waits.push(ms) };
    const { url } = await served({ clock });
    await post(url, { latencyMs: 1_500 });
    await send(clientOf('sts', url), 'sts', 'GetCallerIdentity', {});
    expect(waits).toEqual([1_500]);
  });

  test('gives the world as the world gives itself', async () => {
    const world = stillWorld();
    const { url } = await served({ world });
    await promote(url);
    const { world: told } = await (await fetch(`${url}/_dr-drill/state`)).json();
    expect(told).toEqual(JSON.parse(JSON.stringify(world.state())));
  });

  test.each([
    ['{', 'JSON'],
    [{ latency: 5 }, 'latency'],
    [{ denied: ['everything'] }, 'rds:PromoteReadReplica'],
    [{ account: '12' }, '12 digits'],
    [{ throttle: { service: 'rds', calls: 0 } }, 'throttle'],
  ])('refuses %j, and changes nothing', async (change, told) => {
    const { url } = await served();
    const response = await post(url, change);
    expect(response.status).toBe(400);
    expect((await response.json()).error).toContain(told);
  });

  test('says what there is instead of what there is not', async () => {
    const { url } = await served();
    const response = await fetch(`${url}/_dr-drill/chaos`, { method: 'DELETE' });
    expect(response.status).toBe(404);
    expect(await response.text()).toContain('POST /_dr-drill/chaos');
  });
});
