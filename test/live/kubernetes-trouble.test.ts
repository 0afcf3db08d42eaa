import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { realClock } from '../../src/clock/real-clock.ts';
import { isPassing, UnknownOutcome } from '../../src/errors.ts';
import { liveKubernetes } from '../../src/live/kubernetes.ts';
import type { Kubernetes } from '../../src/ports/kubernetes.ts';

const cluster = { region: 'ap-northeast-1', cluster: 'shop', namespace: 'shop' };
const DEPLOYMENT = '/apis/apps/v1/namespaces/shop/deployments/order-service';

type Answer = (response: ServerResponse, request: IncomingMessage) => void;

const json =
  (code: number, body: object, headers = {}): Answer =>
  (response) =>
    response.writeHead(code, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
const status = (code: number, reason: string, message = `no: ${reason}`, headers = {}): Answer =>
  json(code, { kind: 'Status', apiVersion: 'v1', status: 'Failure', code, reason, message }, headers);
const page =
  (code: number): Answer =>
  (response) =>
    response.writeHead(code, { 'content-type': 'text/html' }).end('<html>A proxy has something to say</html>');
const cut: Answer = (response) => {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': '400' }).write('{"kind":"Depl');
  response.socket?.destroySoon();
};
const garbled: Answer = (response) => response.writeHead(200, { 'content-type': 'application/json' }).end('{"kind":');
const reset: Answer = (response) => response.socket?.destroy();
const silence: Answer = () => {};

const deployment = (other: { spec?: object; status?: object } = {}) => ({
  ...{ kind: 'Deployment', apiVersion: 'apps/v1' },
  metadata: { name: 'order-service', generation: 4 },
  spec: {
    replicas: 3,
    selector: { matchLabels: { app: 'orders' } },
    template: { spec: { containers: [{ name: 'app', env: [{ name: 'WRITER', value: 'old' }] }] } },
    ...other.spec,
  },
  status: { observedGeneration: 4, updatedReplicas: 3, readyReplicas: 1, availableReplicas: 1, ...other.status },
});

/** What the API answers, in turn; the last for good. */
let answers: Record<string, Answer[]>;
let asked: { method: string | undefined; path: string; token: string | undefined }[];
let kubernetes: Kubernetes;
let tokens: string[];
let described: number;
let close: () => void;

beforeEach(async () => {
  [answers, asked, tokens, described] = [{}, [], ['a token'], 0];
  const server = createServer((request, response) => {
    const path = (request.url ?? '').split('?')[0] ?? '';
    asked.push({ method: request.method, path, token: request.headers.authorization?.replace('Bearer ', '') });
    request.resume().on('end', () => {
      const all = answers[`${request.method} ${path}`] ?? answers[path] ?? [status(404, 'NotFound')];
      const next = all.length > 1 ? all.shift() : all[0];
      next?.(response, request);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  kubernetes = liveKubernetes({
    describeCluster: async () => {
      described += 1;
      return { endpoint, certificateAuthority: '' };
    },
    token: async (_, { anew = false } = {}) => (anew && tokens.length > 1 ? tokens.shift() : tokens[0]) ?? '',
    clock: realClock(),
  });
  close = () => {
    server.closeAllConnections();
    server.close();
  };
});
afterEach(() => close());

const failureOf = (work: Promise<unknown>): Promise<Error> =>
  work.then(
    () => expect.fail('it was answered'),
    (error: Error) => error,
  );
const times = (method: string) => asked.filter((one) => one.method === method).length;

describe('a look that failed says nothing', () => {
  test.each<[string, Answer]>([
    ['a proxy’s page with status 401', page(401)],
    ['a proxy’s page with status 403', page(403)],
    ['a proxy’s page with status 404', page(404)],
    ['a proxy’s page with status 200', page(200)],
    ['a proxy’s page with status 502', page(502)],
    ['status 500', status(500, 'InternalError')],
    ['status 503', status(503, 'ServiceUnavailable')],
    ['status 504', status(504, 'Timeout')],
    ['status 410, as a list has expired', status(410, 'Expired')],
    ['an answer that is cut off', cut],
    ['an answer that is no JSON', garbled],
    ['a connection that breaks', reset],
  ])('%s', { timeout: 20_000 }, async (_, answer) => {
    answers[DEPLOYMENT] = [answer];
    const error = await failureOf(kubernetes.deployment(cluster, 'order-service'));
    expect([isPassing(error), error.name]).toEqual([true, 'Unavailable']);
  });

  test.each([
    [403, 'Forbidden', 'deployments.apps "order-service" is forbidden: exceeded quota: small'],
    [400, 'BadRequest', 'admission webhook "images.example.com" denied the request: no such registry'],
    [422, 'Invalid', 'spec.replicas: Invalid value'],
  ])('but with status %i, %s is a refusal', async (code, reason, message) => {
    answers[DEPLOYMENT] = [status(code, reason, message)];
    const error = await failureOf(kubernetes.deployment(cluster, 'order-service'));
    expect([isPassing(error), error.name]).toEqual([false, reason]);
    expect(error.message).toContain(message);
  });
});

describe('what was certainly not done is asked for again', () => {
  const SCALE = `PATCH ${DEPLOYMENT}/scale`;
  const scaled = json(200, { kind: 'Scale', apiVersion: 'autoscaling/v1', metadata: {}, spec: { replicas: 9 } });

  test('after the time that the API wants to be left alone', async () => {
    answers[SCALE] = [status(429, 'TooManyRequests', 'too many', { 'retry-after': '1' }), scaled];
    const from = Date.now();
    await kubernetes.scale(cluster, 'order-service', 9);
    expect([times('PATCH'), Date.now() - from >= 900]).toEqual([2, true]);
  });

  test('where somebody else changed the object just then, after it was read again', async () => {
    answers[`GET ${DEPLOYMENT}`] = [json(200, deployment())];
    answers[`PATCH ${DEPLOYMENT}`] = [status(409, 'Conflict'), json(200, deployment())];
    await kubernetes.setEnvironment(cluster, 'order-service', { WRITER: 'new' });
    expect([times('GET'), times('PATCH')]).toEqual([2, 2]);
  });

  test('and in the end fails as what passes', async () => {
    answers[SCALE] = [status(429, 'TooManyRequests', 'too many', { 'retry-after': '0' })];
    expect(isPassing(await failureOf(kubernetes.scale(cluster, 'order-service', 9)))).toBe(true);
  });

  test('and a token that has expired is made anew, once', async () => {
    tokens = ['made anew'];
    answers[SCALE] = [status(401, 'Unauthorized'), scaled];
    await kubernetes.scale(cluster, 'order-service', 9);
    expect([times('PATCH'), described]).toEqual([2, 2]);
    answers[SCALE] = [status(401, 'Unauthorized')];
    const error = await failureOf(kubernetes.scale(cluster, 'order-service', 9));
    // The API took the login before, so that this may pass: what checks its tokens is a service of its own.
    expect([error.name, isPassing(error), times('PATCH')]).toEqual(['LoginRefused', true, 4]);
  });

  test('but a token that an API has never taken is refused', async () => {
    answers[SCALE] = [status(401, 'Unauthorized')];
    const error = await failureOf(kubernetes.scale(cluster, 'order-service', 9));
    expect([error.name, isPassing(error), times('PATCH')]).toEqual(['Unauthorized', false, 2]);
  });
});

describe('a change without an answer may have been made', () => {
  test.each<[string, Answer]>([
    ['the connection breaks', reset],
    ['the answer is cut off', cut],
    ['a proxy answers', page(502)],
    ['a proxy refuses', page(403)],
    ['the API has a fault', status(500, 'InternalError')],
    ['nobody answers in time', silence],
  ])('%s', { timeout: 20_000 }, async (_, answer) => {
    answers[`PATCH ${DEPLOYMENT}/scale`] = [answer];
    const error = await failureOf(kubernetes.scale(cluster, 'order-service', 9));
    expect(error).toBeInstanceOf(UnknownOutcome);
    expect(isPassing(error.cause)).toBe(true);
  });

  test('one that was read for and not sent was not', async () => {
    answers[`GET ${DEPLOYMENT}`] = [reset];
    const error = await failureOf(kubernetes.setEnvironment(cluster, 'order-service', { WRITER: 'new' }));
    expect([isPassing(error), times('PATCH')]).toEqual([true, 0]);
  });
});

test('each request has its own time: an API that is slow all along is no API that is silent', {
  timeout: 20_000,
}, async () => {
  const slowly =
    (answer: Answer): Answer =>
    (response, request) =>
      void realClock()
        .sleep(2_600)
        .then(() => answer(response, request));
  answers[DEPLOYMENT] = [slowly(json(200, deployment()))];
  await kubernetes.setEnvironment(cluster, 'order-service', { WRITER: 'new' });
  expect([times('GET'), times('PATCH')]).toEqual([1, 1]);
});

describe('why pods are not ready', () => {
  const PODS = 'GET /api/v1/namespaces/shop/pods';
  const EVENTS = 'GET /api/v1/namespaces/shop/events';
  const list = (items: object[]) => json(200, { kind: 'List', apiVersion: 'v1', metadata: {}, items });
  const pod = (name: string, podStatus: object, spec = {}) => ({ metadata: { name }, spec, status: podStatus });
  const waiting = (reason: string, message = '') => ({
    containerStatuses: [{ name: 'app', state: { waiting: { reason, message } }, lastState: {} }],
  });
  const event = (
    kind: string,
    name: string,
    reason: string,
    message: string,
    lastTimestamp = '2026-01-05T01:00:00Z',
  ) => ({
    ...{ metadata: {}, type: 'Warning', involvedObject: { kind, name }, reason, message, lastTimestamp },
  });
  const troubles = async () =>
    (await kubernetes.troubles(cluster, 'order-service')).map(({ about, reason, message }) => [about, reason, message]);

  beforeEach(() => {
    answers[DEPLOYMENT] = [json(200, deployment())];
    answers[PODS] = [list([])];
    answers[EVENTS] = [list([])];
  });

  test('a quota keeps them from being made', async () => {
    const message = 'pods "order-service-5d" is forbidden: exceeded quota: small, requested: pods=1, used: pods=1';
    const conditions = [
      { type: 'Available', status: 'False', reason: 'MinimumReplicasUnavailable' },
      { type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate', message },
      { type: 'Progressing', status: 'False', reason: 'ProgressDeadlineExceeded', message: 'timed out progressing' },
    ];
    answers[DEPLOYMENT] = [json(200, deployment({ status: { conditions } }))];
    expect(await troubles()).toEqual([
      ['Deployment order-service', 'FailedCreate', message],
      ['Deployment order-service', 'ProgressDeadlineExceeded', 'timed out progressing'],
    ]);
  });

  test('an admission webhook denies them, nodes are full, a volume is missing, a probe fails', async () => {
    const claim = { volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'orders' } }] };
    answers[PODS] = [
      list([
        pod('order-service-5d9c7b8f6d-aaaaa', {
          conditions: [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message: '0/3 nodes: full' }],
        }),
        pod('order-service-5d9c7b8f6d-bbbbb', waiting('ContainerCreating'), claim),
        pod('order-service-5d9c7b8f6d-ready', { conditions: [{ type: 'Ready', status: 'True' }] }),
      ]),
    ];
    answers[EVENTS] = [
      list([
        event('ReplicaSet', 'order-service-5d9c7b8f6d', 'FailedCreate', 'an older one', '2026-01-05T00:00:00Z'),
        event(
          'ReplicaSet',
          'order-service-5d9c7b8f6d',
          'FailedCreate',
          'admission webhook "images" denied the request',
        ),
        event('PersistentVolumeClaim', 'orders', 'ProvisioningFailed', 'no storage class'),
        event('Pod', 'order-service-5d9c7b8f6d-bbbbb', 'Unhealthy', 'Readiness probe failed: 503'),
        event('Pod', 'another-service-1', 'BackOff', 'of somebody else'),
        event('ReplicaSet', 'order-service-eu-5d9c7b8f6d', 'FailedCreate', 'of another deployment'),
      ]),
    ];
    expect(await troubles()).toEqual([
      ['1 pod of order-service', 'Unschedulable', '0/3 nodes: full'],
      ['ReplicaSet order-service-5d9c7b8f6d', 'FailedCreate', 'admission webhook "images" denied the request'],
      ['PersistentVolumeClaim orders', 'ProvisioningFailed', 'no storage class'],
      ['Pod order-service-5d9c7b8f6d-bbbbb', 'Unhealthy', 'Readiness probe failed: 503'],
    ]);
  });

  test('the same of several pods is told once', async () => {
    const image = 'Back-off pulling image "shop:9"';
    const ended = { state: { waiting: { reason: 'CrashLoopBackOff', message: 'back-off 40s' } }, name: 'app' };
    answers[PODS] = [
      list([
        pod('order-service-5d9c7b8f6d-aaaaa', waiting('ImagePullBackOff', image)),
        pod('order-service-5d9c7b8f6d-bbbbb', waiting('ImagePullBackOff', image)),
        pod('order-service-5d9c7b8f6d-ccccc', {
          containerStatuses: [{ ...ended, lastState: { terminated: { exitCode: 137, reason: 'OOMKilled' } } }],
        }),
      ]),
    ];
    expect(await troubles()).toEqual([
      ['2 pods of order-service', 'ImagePullBackOff', `app: ${image}`],
      ['1 pod of order-service', 'CrashLoopBackOff', 'app: back-off 40s It ended with 137 (OOMKilled).'],
    ]);
  });

  test('and where events may not be read, that is told with what to grant', async () => {
    answers[EVENTS] = [status(403, 'Forbidden')];
    expect(await troubles()).toEqual([
      ['events', 'Forbidden', expect.stringContaining('grant it get and list on events')],
    ]);
  });

  test('nothing, where all are ready', async () => {
    answers[DEPLOYMENT] = [json(200, deployment({ status: { readyReplicas: 3 } }))];
    expect(await troubles()).toEqual([]);
    expect(asked).toHaveLength(1);
  });
});
