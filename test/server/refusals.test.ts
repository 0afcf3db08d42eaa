import { AwsQueryProtocol, AwsSmithyRpcV2CborProtocol } from '@aws-sdk/core/protocols';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Service } from '../../src/aws/aws.ts';
import { realClock } from '../../src/clock/real-clock.ts';
import { GATE, MEDIA, PRIMARY, REPLICA, WRITER } from '../simulator/world.ts';
import { clientOf, send, served } from './server.ts';

interface Refused extends Error {
  $metadata: { httpStatusCode: number; requestId: string };
}

const refused = (work: Promise<unknown>): Promise<Refused> =>
  work.then(
    () => expect.fail('it was answered'),
    (error: Refused) => error,
  );

const uuid = /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[\da-f]{4}-[\da-f]{12}$/;
const cbor = { protocol: AwsSmithyRpcV2CborProtocol };
const query = { protocol: AwsQueryProtocol };
const backwards = { StartTime: new Date(2), EndTime: new Date(1), MetricDataQueries: [] };

describe("the service's own errors reach a client by the name of their shape, with status and request id", () => {
  test.each<[Service, string, object, string, number, object?]>([
    ['rds', 'DescribeDBInstances', { DBInstanceIdentifier: 'none' }, 'DBInstanceNotFoundFault', 404],
    ['rds', 'PromoteReadReplica', { DBInstanceIdentifier: WRITER }, 'InvalidDBInstanceStateFault', 400],
    ['rds', 'DeleteDBInstance', { DBInstanceIdentifier: WRITER }, 'InvalidParameterCombination', 400],
    ['route53', 'GetHealthCheck', { HealthCheckId: 'none' }, 'NoSuchHealthCheck', 404],
    ['route53', 'UpdateHealthCheck', { HealthCheckId: GATE, HealthCheckVersion: 7 }, 'HealthCheckVersionMismatch', 409],
    ['route53', 'GetHealthCheckStatus', { HealthCheckId: GATE }, 'InvalidInput', 400],
    ['eks', 'DescribeCluster', { name: 'none' }, 'ResourceNotFoundException', 404],
    ['cloudwatch', 'GetMetricData', backwards, 'InvalidParameterValueException', 400],
    ['cloudwatch', 'GetMetricData', backwards, 'InvalidParameterValueException', 400, cbor],
    ['cloudwatch', 'GetMetricData', backwards, 'InvalidParameterValueException', 400, query],
  ])('%s %s', async (service, operation, input, name, status, protocol = {}) => {
    const { url } = await served();
    const error = await refused(
      send(clientOf(service, url, { region: PRIMARY, ...protocol }), service, operation, input),
    );
    expect(error).toMatchObject({
      name,
      $metadata: { httpStatusCode: status, requestId: expect.stringMatching(uuid) },
    });
    expect(error.message).not.toBe('');
  });
});

describe('an input that lacks what is required is refused by the service, as the service calls it', () => {
  test.each<[Service, string, string, object?]>([
    ['rds', 'PromoteReadReplica', 'MissingParameter'],
    ['cloudwatch', 'GetMetricData', 'MissingRequiredParameterException'],
    ['cloudwatch', 'GetMetricData', 'MissingRequiredParameterException', cbor],
    ['cloudwatch', 'GetMetricData', 'MissingRequiredParameterException', query],
  ])('%s %s', async (service, operation, name, protocol = {}) => {
    const { url } = await served();
    const error = await refused(send(clientOf(service, url, protocol), service, operation, {}));
    expect(error).toMatchObject({ name, message: expect.stringContaining('Member must not be null') });
  });
});

describe('signatures are not verified, but AWS refuses', () => {
  const hour = 3_600_000;
  test.each<[Service, string, object, string, RegExp, number, object?]>([
    ['rds', 'DescribeDBInstances', {}, 'SignatureDoesNotMatch', /^Signature expired: \d{8}T\d{6}Z is now /, hour],
    ['sts', 'GetCallerIdentity', {}, 'SignatureDoesNotMatch', /^Signature not yet current: \d{8}T\d{6}Z is /, -hour],
    ['route53', 'GetHealthCheck', { HealthCheckId: GATE }, 'SignatureDoesNotMatch', /^Signature expired/, hour],
    ['eks', 'DescribeCluster', { name: 'x' }, 'InvalidSignatureException', /^Signature expired/, hour],
    ['s3', 'GetObject', { Bucket: MEDIA, Key: 'x' }, 'RequestTimeTooSkewed', /^Signature expired/, hour],
    ['cloudwatch', 'DescribeAlarms', {}, 'InvalidSignatureException', /^Signature expired/, hour],
    ['cloudwatch', 'DescribeAlarms', {}, 'InvalidSignatureException', /^Signature not yet current/, -hour, cbor],
  ])('a clock that is off, for %s %s', async (service, operation, input, name, message, offMs, more = {}) => {
    const real = realClock();
    const { url } = await served({ clock: { ...real, nowMs: () => real.nowMs() + offMs } });
    const error = await refused(send(clientOf(service, url, more), service, operation, input));
    expect(error).toMatchObject({ name, message: expect.stringMatching(message), $metadata: { httpStatusCode: 403 } });
  });

  const form = { method: 'POST', body: 'Action=DescribeDBInstances&Version=2014-10-31' };
  test.each<[string, string, RequestInit, RegExp]>([
    [
      'a form without any',
      '/',
      { ...form, headers: type('x-www-form-urlencoded') },
      /<Code>MissingAuthenticationToken</,
    ],
    ['a path of Route 53 without any', '/2013-04-01/healthcheck/x', {}, /<Code>MissingAuthenticationToken</],
    ['a path of S3 without any', `/${MEDIA}/x`, {}, /<Code>AccessDenied</],
    ['a path of EKS without any', '/clusters/x', {}, /^\{"message":"Request is missing Authentication Token"\}$/],
    ['a target without any', '/', target('GraniteServiceVersion20100801.DescribeAlarms'), /MissingAuthenticationToken/],
    ['one of another kind', '/clusters/x', { headers: { authorization: 'Basic YTpi' } }, /Unsupported AWS 'algorithm'/],
    [
      'one without a credential',
      '/clusters/x',
      { headers: { authorization: 'AWS4-HMAC-SHA256 SignedHeaders=host, Signature=0' } },
      /requires 'Credential' parameter/,
    ],
    [
      'one without a scope',
      '/clusters/x',
      { headers: { authorization: 'AWS4-HMAC-SHA256 Credential=AKID/eks, SignedHeaders=host, Signature=0', ...now() } },
      /exactly 5 slash-delimited elements/,
    ],
  ])('%s', async (_, path, request, answered) => {
    const { url } = await served();
    const response = await fetch(`${url}${path}`, request);
    expect(response.status).toBe(403);
    expect(await response.text()).toMatch(answered);
  });
});

describe('an operation that is not simulated is one that AWS does not know', () => {
  test.each<[string, string, RequestInit, number, RegExp]>([
    ['rds', '/', { method: 'POST', body: 'Action=CreateUnicorn' }, 400, /<Code>InvalidAction</],
    ['rds', '/', { method: 'POST', body: '' }, 400, /<Code>InvalidAction</],
    ['route53', '/2013-04-01/unicorns', {}, 404, /<Code>UnknownOperationException</],
    ['eks', '/unicorns', {}, 404, /^\{"message"/],
    ['eks', '/clusters/%zz', {}, 404, /^\{"message"/],
    ['monitoring', '/', target('GraniteServiceVersion20100801.CreateUnicorn'), 404, /#UnknownOperationException"/],
    ['unicorns', '/', target('Unicorns.List'), 404, /coral.service#UnknownOperationException"/],
  ])('%s%s', async (service, path, request, status, answered) => {
    const { url } = await served();
    const response = await fetch(`${url}${path}`, { ...request, headers: { ...request.headers, ...signed(service) } });
    expect({ status: response.status, body: await response.text() }).toEqual({
      status,
      body: expect.stringMatching(answered),
    });
  });
});

describe('a body or a value that makes no sense is refused, and the server lives on', () => {
  const resize = '/clusters/ecommerce-recovery/node-groups/recovery-workers/update-config';
  test.each<[string, string, string, RegExp]>([
    ['rds', '/', 'Action=DescribeDBInstances&MaxRecords=many', /<Code>InvalidParameterValue<.*MaxRecords: &apos;many/],
    [
      'rds',
      '/',
      'Action=RebootDBInstance&DBInstanceIdentifier=a&ForceFailover=perhaps',
      /<Code>InvalidParameterValue</,
    ],
    ['rds', '/', `Action=DescribeDBInstances&${'A.'.repeat(20_000)}=1&__proto__.x=1`, /<DBInstances>/],
    ['eks', resize, '{', /^\{"message"/],
    ['eks', resize, '{"scalingConfig":{"minSize":"three"}}', /Invalid type for parameter scalingConfig.minSize/],
    ['eks', resize, '"three"', /^\{"message"/],
    ['eks', resize, 'null', /^\{"message"/],
    ['route53', '/2013-04-01/healthcheck/x', '<unclosed', /<Code>InvalidInput</],
    [
      'route53',
      '/2013-04-01/hostedzone/Z/rrset/',
      '<ChangeResourceRecordSetsRequest/>',
      /<Code>InvalidInput<.*ChangeBatch/,
    ],
    ['route53', '/2013-04-01/healthcheck/x', '<a><HealthThreshold>some</HealthThreshold></a>', /<Code>InvalidInput</],
  ])('%s %s %s', async (service, path, body, answered) => {
    const { url } = await served();
    const headers = { ...type('x-www-form-urlencoded', service), ...signed(service) };
    const response = await fetch(`${url}${path}`, { method: 'POST', body, headers });
    expect(await response.text()).toMatch(answered);
    expect(response.status).toBeLessThan(500);
    await send(clientOf('rds', url), 'rds', 'DescribeDBInstances', { DBInstanceIdentifier: REPLICA });
  });
});

function type(name: string, service = 'rds'): Record<string, string> {
  return service === 'rds' ? { 'content-type': `application/${name}` } : {};
}

function target(name: string): RequestInit {
  const headers = { 'x-amz-target': name, 'content-type': 'application/x-amz-json-1.0' };
  return { method: 'POST', body: '{}', headers };
}

function now(): Record<string, string> {
  return { 'x-amz-date': new Date().toISOString().replace(/[-:]|\.\d+/g, '') };
}

/** As good as any, for a server that does not verify. */
function signed(service: string): Record<string, string> {
  const credential = `AKID/20261123/ap-northeast-1/${service}/aws4_request`;
  return { ...now(), authorization: `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=host, Signature=0` };
}

test('whatever is sent, the server answers that it is the sender’s fault, and lives on', async () => {
  const { url } = await served();
  const service = fc.constantFrom('rds', 'sts', 'route53', 'eks', 'monitoring', 's3');
  const path = fc.constantFrom(
    '/',
    '/clusters/x',
    '/2013-04-01/hostedzone/x/rrset',
    '/service/x/operation/GetMetricData',
  );
  const kind = fc.constantFrom<Record<string, string>>(
    { 'content-type': 'application/x-www-form-urlencoded' },
    { 'x-amz-target': 'GraniteServiceVersion20100801.GetMetricData' },
    { 'smithy-protocol': 'rpc-v2-cbor' },
    {},
  );
  const action = fc.constantFrom(
    '',
    'Action=RestoreDBInstanceFromDBSnapshot&',
    '{"MetricDataQueries":',
    '<a><ChangeBatch>',
  );
  const body = fc.oneof(
    fc.string().map((rest) => Buffer.from(rest)),
    fc.uint8Array().map((rest) => Buffer.from(rest)),
  );
  await fc.assert(
    fc.asyncProperty(service, path, kind, action, body, async (to, where, headers, start, rest) => {
      const given = { method: 'POST', body: Buffer.concat([Buffer.from(start), rest]) };
      const response = await fetch(`${url}${where}`, { ...given, headers: { ...headers, ...signed(to) } });
      const answered = await response.text();
      expect(response.status, answered).toBeGreaterThanOrEqual(200);
      expect(response.status, answered).toBeLessThan(500);
    }),
    { numRuns: 300 },
  );
});
