import { once } from 'node:events';
import { createServer as createPlain, type IncomingMessage } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { generate } from 'selfsigned';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Clock } from '../../src/clock/clock.ts';
import { realClock } from '../../src/clock/real-clock.ts';
import { Aborted } from '../../src/errors.ts';
import { type LiveKubernetesOptions, liveKubernetes } from '../../src/live/kubernetes.ts';
import type { Kubernetes } from '../../src/ports/kubernetes.ts';

const cluster = { region: 'ap-northeast-1', cluster: 'shop', namespace: 'shop' };
const DEPLOYMENT = '/apis/apps/v1/namespaces/shop/deployments/order-service';

interface Asked {
  method: string | undefined;
  path: string;
  type: string | undefined;
  body: unknown;
}

let asked: Asked[];
let answers: Record<string, object | { code: number; reason: string; message: string } | undefined>;
let kubernetes: Kubernetes;
let close: () => void;
let address: () => string;
let reading: (other: Partial<LiveKubernetesOptions>) => Kubernetes;
/** Requests that nobody has answered. */
let unanswered: Set<Socket>;

let tls: Awaited<ReturnType<typeof generate>>;
beforeAll(async () => {
  tls = await generate([{ name: 'commonName', value: 'shop' }], {
    keyType: 'ec',
    extensions: [
      { name: 'basicConstraints', cA: true },
      { name: 'subjectAltName', altNames: [{ type: 7, ip: '127.0.0.1' }] },
    ],
  });
});

beforeEach(async () => {
  asked = [];
  answers = {};
  const server = createServer({ key: tls.private, cert: tls.cert }, async (request, response) => {
    const { method, headers, url = '/' } = request;
    const path = url.split('?')[0] ?? '';
    const text = await bodyOf(request);
    asked.push({ method, path, type: headers['content-type'], body: text ? JSON.parse(text) : undefined });
    if (headers.authorization !== 'Bearer k8s-aws-v1.token') {
      const status = { kind: 'Status', apiVersion: 'v1', status: 'Failure', reason: 'Unauthorized', code: 401 };
      return response.writeHead(401, { 'content-type': 'application/json' }).end(JSON.stringify(status));
    }
    if (answers[path] === silence) {
      const { socket } = request;
      unanswered.add(socket);
      socket.once('close', () => unanswered.delete(socket));
      return;
    }
    const answer = answers[path] as { code?: number; reason?: string; message?: string } | undefined;
    const missing = { code: 404, reason: 'NotFound', message: `${path} not found` };
    const given = answer ?? missing;
    const body = given.code === undefined ? given : { kind: 'Status', apiVersion: 'v1', status: 'Failure', ...given };
    response.writeHead(given.code ?? 200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const endpoint = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  address = () => endpoint;
  close = () => {
    server.closeAllConnections();
    server.close();
  };
  reading = (other) =>
    liveKubernetes({
      describeCluster: async () => ({ endpoint, certificateAuthority: Buffer.from(tls.cert).toString('base64') }),
      token: async () => 'k8s-aws-v1.token',
      clock: realClock(),
      ...other,
    });
  kubernetes = reading({});
  unanswered = new Set();
});
afterEach(() => close());

/** What a path is answered with that is not answered at all. */
const silence = {};

async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request) text += chunk;
  return text;
}

const deployment = (container: object, status: object = {}) => ({
  ...{ kind: 'Deployment', apiVersion: 'apps/v1' },
  metadata: { name: 'order-service', generation: 4 },
  spec: { replicas: 3, template: { spec: { containers: [{ name: 'app', ...container }] } } },
  status: { observedGeneration: 4, updatedReplicas: 3, readyReplicas: 2, availableReplicas: 1, ...status },
});
const patches = () => asked.filter(({ method }) => method === 'PATCH');

test('a deployment is told by its own figures', async () => {
  answers[DEPLOYMENT] = deployment({ env: [{ name: 'WRITER', value: 'old' }] });
  expect(await kubernetes.deployment(cluster, 'order-service')).toEqual({
    ...{ name: 'order-service', wanted: 3, updated: 3, ready: 2, available: 1 },
    environment: { WRITER: 'old' },
    unread: [],
  });
});

test('figures of a template before are not those of this one', async () => {
  answers[DEPLOYMENT] = deployment({}, { observedGeneration: 3 });
  expect((await kubernetes.deployment(cluster, 'order-service')).updated).toBe(0);
});

test('it is scaled, and nothing else of it is touched', async () => {
  answers[`${DEPLOYMENT}/scale`] = { kind: 'Scale', apiVersion: 'autoscaling/v1', metadata: {}, spec: {} };
  await kubernetes.scale(cluster, 'order-service', 9);
  expect(patches()).toMatchObject([{ path: `${DEPLOYMENT}/scale`, body: { spec: { replicas: 9 } } }]);
});

describe('the writer’s address is changed where it stands', () => {
  const CONFIG = '/api/v1/namespaces/shop/configmaps/database';
  const SECRET = '/api/v1/namespaces/shop/secrets/database';
  const restart = {
    spec: { template: { metadata: { annotations: { 'dr-drill/read': expect.any(String) } } } },
  };

  test('in the container itself', async () => {
    answers[DEPLOYMENT] = deployment({ env: [{ name: 'WRITER', value: 'old' }] });
    await kubernetes.setEnvironment(cluster, 'order-service', { WRITER: 'new' });
    const containers = [{ name: 'app', env: [{ name: 'WRITER', value: 'new' }] }];
    expect(patches()).toMatchObject([{ path: DEPLOYMENT, body: { spec: { template: { spec: { containers } } } } }]);
    // What is so already must not start pods again.
    expect(patches()[0]?.body).not.toHaveProperty('spec.template.metadata');
    expect(patches()[0]?.type).toBe('application/strategic-merge-patch+json');
  });

  test('in the config map that it refers to, and pods start anew', async () => {
    answers[DEPLOYMENT] = deployment({
      env: [{ name: 'WRITER', valueFrom: { configMapKeyRef: { name: 'database', key: 'writer' } } }],
    });
    answers[CONFIG] = { kind: 'ConfigMap', apiVersion: 'v1', metadata: {}, data: { writer: 'old' } };
    expect((await kubernetes.deployment(cluster, 'order-service')).environment).toEqual({ WRITER: 'old' });
    await kubernetes.setEnvironment(cluster, 'order-service', { WRITER: 'new' });
    expect(patches()).toMatchObject([
      { path: CONFIG, body: { data: { writer: 'new' } } },
      { path: DEPLOYMENT, body: restart },
    ]);
  });

  test('in a config map that gives all variables', async () => {
    answers[DEPLOYMENT] = deployment({ envFrom: [{ prefix: 'DB_', configMapRef: { name: 'database' } }] });
    answers[CONFIG] = { kind: 'ConfigMap', apiVersion: 'v1', metadata: {}, data: { WRITER: 'old' } };
    expect((await kubernetes.deployment(cluster, 'order-service')).environment).toEqual({ DB_WRITER: 'old' });
    await kubernetes.setEnvironment(cluster, 'order-service', { DB_WRITER: 'new' });
    expect(patches()).toMatchObject([
      { path: CONFIG, body: { data: { WRITER: 'new' } } },
      { path: DEPLOYMENT, body: restart },
    ]);
  });

  test('in a secret', async () => {
    answers[DEPLOYMENT] = deployment({
      env: [{ name: 'WRITER', valueFrom: { secretKeyRef: { name: 'database', key: 'writer' } } }],
    });
    answers[SECRET] = {
      kind: 'Secret',
      apiVersion: 'v1',
      metadata: {},
      data: { writer: Buffer.from('old').toString('base64') },
    };
    expect((await kubernetes.deployment(cluster, 'order-service')).environment).toEqual({ WRITER: 'old' });
    await kubernetes.setEnvironment(cluster, 'order-service', { WRITER: 'new' });
    const data = { writer: Buffer.from('new').toString('base64') };
    expect(patches()).toMatchObject([
      { path: SECRET, body: { data } },
      { path: DEPLOYMENT, body: restart },
    ]);
  });

  test('in a secret that gives all variables', async () => {
    answers[DEPLOYMENT] = deployment({ envFrom: [{ secretRef: { name: 'database' } }] });
    answers[SECRET] = {
      kind: 'Secret',
      apiVersion: 'v1',
      metadata: {},
      data: { WRITER: Buffer.from('old').toString('base64') },
    };
    expect((await kubernetes.deployment(cluster, 'order-service')).environment).toEqual({ WRITER: 'old' });
    await kubernetes.setEnvironment(cluster, 'order-service', { WRITER: 'new' });
    expect(patches()).toMatchObject([
      { path: SECRET, body: { data: { WRITER: Buffer.from('new').toString('base64') } } },
      { path: DEPLOYMENT, body: restart },
    ]);
  });

  test('in the source that wins, where several have it: the last', async () => {
    const sources = [{ configMapRef: { name: 'defaults' } }, { configMapRef: { name: 'database' } }];
    answers[DEPLOYMENT] = deployment({ envFrom: sources });
    const map = (WRITER: string) => ({ kind: 'ConfigMap', apiVersion: 'v1', metadata: {}, data: { WRITER } });
    answers['/api/v1/namespaces/shop/configmaps/defaults'] = map('a default');
    answers[CONFIG] = map('old');
    expect((await kubernetes.deployment(cluster, 'order-service')).environment).toEqual({ WRITER: 'old' });
    await kubernetes.setEnvironment(cluster, 'order-service', { WRITER: 'new' });
    expect(patches().map(({ path }) => path)).toEqual([CONFIG, DEPLOYMENT]);
  });

  test('in every container, each where it has it, and all in one roll-out', async () => {
    const map = { configMapKeyRef: { name: 'database', key: 'writer' } };
    const template = {
      initContainers: [{ name: 'migrate', env: [{ name: 'WRITER', value: 'old' }] }],
      containers: [
        { name: 'app', env: [{ name: 'WRITER', value: 'old' }] },
        { name: 'worker', env: [{ name: 'WRITER', valueFrom: map }] },
        { name: 'log', env: [{ name: 'OTHER', value: 'x' }] },
      ],
    };
    answers[DEPLOYMENT] = { ...deployment({}), spec: { replicas: 3, template: { spec: template } } };
    answers[CONFIG] = { kind: 'ConfigMap', apiVersion: 'v1', metadata: {}, data: { writer: 'old' } };
    await kubernetes.setEnvironment(cluster, 'order-service', { WRITER: 'new', OTHER: 'y' });
    expect(patches()).toEqual([
      expect.objectContaining({ path: CONFIG, body: expect.objectContaining({ data: { writer: 'new' } }) }),
      expect.objectContaining({
        path: DEPLOYMENT,
        body: {
          spec: {
            template: {
              ...restart.spec.template,
              spec: {
                initContainers: [{ name: 'migrate', env: [{ name: 'WRITER', value: 'new' }] }],
                containers: [
                  { name: 'app', env: [{ name: 'WRITER', value: 'new' }] },
                  { name: 'log', env: [{ name: 'OTHER', value: 'y' }] },
                ],
              },
            },
          },
        },
      }),
    ]);
  });

  test('and where containers disagree, none of their values is told: an undo would give it to all', async () => {
    const containers = [
      { name: 'app', env: [{ name: 'WRITER', value: 'old' }] },
      { name: 'worker', env: [{ name: 'WRITER', value: 'new' }] },
    ];
    answers[DEPLOYMENT] = { ...deployment({}), spec: { replicas: 3, template: { spec: { containers } } } };
    expect((await kubernetes.deployment(cluster, 'order-service')).environment).toEqual({});
  });

  describe('and asked for again, as the answer to the first may have been lost', () => {
    const fromMap = { name: 'WRITER', valueFrom: { configMapKeyRef: { name: 'database', key: 'writer' } } };
    const map = (writer: string, changed?: string) => ({
      ...{ kind: 'ConfigMap', apiVersion: 'v1', data: { writer } },
      metadata: { ...(changed && { annotations: { 'dr-drill/changed': changed } }) },
    });
    const thatRead = (changed: string) => {
      const found = deployment({ env: [fromMap] });
      const metadata = { annotations: { 'dr-drill/read': `config-map/database@${changed}` } };
      return { ...found, spec: { ...found.spec, template: { ...found.spec.template, metadata } } };
    };

    test('between two patches, pods have not read what was changed, and start anew', async () => {
      answers[DEPLOYMENT] = thatRead('2026-01-01T00:00:00.000Z');
      answers[CONFIG] = map('new', '2026-01-05T00:00:00.000Z');
      expect((await kubernetes.deployment(cluster, 'order-service')).unread).toEqual(['WRITER']);
      await kubernetes.setEnvironment(cluster, 'order-service', { WRITER: 'new' });
      const annotations = { 'dr-drill/read': 'config-map/database@2026-01-05T00:00:00.000Z' };
      expect(patches()).toMatchObject([
        { path: DEPLOYMENT, body: { spec: { template: { metadata: { annotations } } } } },
      ]);
    });

    test('after both, no pod starts a second time', async () => {
      answers[DEPLOYMENT] = thatRead('2026-01-05T00:00:00.000Z');
      answers[CONFIG] = map('new', '2026-01-05T00:00:00.000Z');
      expect((await kubernetes.deployment(cluster, 'order-service')).unread).toEqual([]);
      await kubernetes.setEnvironment(cluster, 'order-service', { WRITER: 'new' });
      expect(patches().map(({ path }) => path)).toEqual([DEPLOYMENT]);
      expect(patches()[0]?.body).not.toHaveProperty('spec.template.metadata');
    });

    test('and where somebody else has changed it since, it is changed again', async () => {
      answers[DEPLOYMENT] = thatRead('2026-01-05T00:00:00.000Z');
      answers[CONFIG] = map('old', '2026-01-05T00:00:00.000Z');
      await kubernetes.setEnvironment(cluster, 'order-service', { WRITER: 'new' });
      expect(patches().map(({ path }) => path)).toEqual([CONFIG, DEPLOYMENT]);
    });
  });

  test('and where one of several is read by nobody, none is changed', async () => {
    answers[DEPLOYMENT] = deployment({ env: [{ name: 'WRITER', value: 'old' }] });
    await expect(
      kubernetes.setEnvironment(cluster, 'order-service', { WRITER: 'new', READER: 'new' }),
    ).rejects.toMatchObject({ code: 'variable-missing', message: expect.stringContaining('READER') });
    expect(patches()).toEqual([]);
  });

  test('and where nobody reads it, that is said', async () => {
    answers[DEPLOYMENT] = deployment({ env: [{ name: 'OTHER', value: 'x' }] });
    await expect(kubernetes.setEnvironment(cluster, 'order-service', { WRITER: 'new' })).rejects.toMatchObject({
      code: 'variable-missing',
      message: 'No container of order-service has the variable WRITER.',
    });
    expect(patches()).toEqual([]);
  });
});

describe('what a variable refers to', () => {
  const from = (name: string, ref: object) => ({
    name,
    valueFrom: { secretKeyRef: { name: 'keys', key: 'k', ...ref } },
  });

  test('may be missing, where the deployment says that it may', async () => {
    answers[DEPLOYMENT] = deployment({
      envFrom: [{ configMapRef: { name: 'none', optional: true } }],
      env: [{ name: 'WRITER', value: 'old' }, from('KEY', { optional: true })],
    });
    expect((await kubernetes.deployment(cluster, 'order-service')).environment).toEqual({ WRITER: 'old' });
  });

  test('is asked for once, however many variables refer to it', async () => {
    answers[DEPLOYMENT] = deployment({ env: [from('A', {}), from('B', {}), from('C', {})] });
    const data = { k: Buffer.from('v').toString('base64') };
    answers['/api/v1/namespaces/shop/secrets/keys'] = { kind: 'Secret', apiVersion: 'v1', metadata: {}, data };
    expect((await kubernetes.deployment(cluster, 'order-service')).environment).toEqual({ A: 'v', B: 'v', C: 'v' });
    expect(asked.filter(({ path }) => path.includes('secrets'))).toHaveLength(1);
  });

  test('is not read where only other variables are wanted: no drill needs to see passwords', async () => {
    answers[DEPLOYMENT] = deployment({ env: [{ name: 'WRITER', value: 'old' }, from('PASSWORD', {})] });
    const { environment } = await reading({ variables: ['WRITER'] }).deployment(cluster, 'order-service');
    expect(environment).toEqual({ WRITER: 'old' });
    expect(asked.filter(({ path }) => path.includes('secrets'))).toEqual([]);
  });
});

test('nodes of the group, and whether they are ready', async () => {
  const node = (name: string, status: string) => ({
    metadata: { name },
    status: { conditions: [{ type: 'Ready', status }] },
  });
  answers['/api/v1/nodes'] = {
    kind: 'NodeList',
    apiVersion: 'v1',
    metadata: {},
    items: [node('a', 'True'), node('b', 'Unknown')],
  };
  expect(await kubernetes.nodes(cluster, 'workers')).toEqual([
    { name: 'a', ready: true },
    { name: 'b', ready: false },
  ]);
});

test.each([
  [403, 'Forbidden'],
  [404, 'NotFound'],
  [409, 'AlreadyExists'],
  [422, 'Invalid'],
])('a refusal with %i has the name that the API gives it: %s', async (code, reason) => {
  answers[DEPLOYMENT] = { code, reason, message: `no: ${reason}` };
  await expect(kubernetes.deployment(cluster, 'order-service')).rejects.toMatchObject({
    name: reason,
    message: `The Kubernetes API of shop: no: ${reason}`,
  });
});

test('anyone who stops waiting is not kept waiting', async () => {
  const controller = new AbortController();
  answers[DEPLOYMENT] = deployment({});
  const reading = kubernetes.deployment(cluster, 'order-service', controller.signal);
  controller.abort();
  await expect(reading).rejects.toMatchObject({ name: 'AbortError' });
});

describe('a cluster that says nothing', () => {
  /** The time that an API may take passes as soon as it was asked. */
  const impatient = (): Clock => ({
    ...realClock(),
    setTimeout: (callback) => {
      const look = setInterval(() => {
        if (unanswered.size > 0) callback();
      }, 5);
      return look;
    },
    clearTimeout: (timer) => clearInterval(timer as NodeJS.Timeout),
  });

  test('times out, and the request is taken back', async () => {
    answers[DEPLOYMENT] = silence;
    await expect(reading({ clock: impatient() }).deployment(cluster, 'order-service')).rejects.toMatchObject({
      name: 'Timeout',
      message: 'The Kubernetes API of shop did not answer within 5 s.',
    });
    await expect.poll(() => unanswered.size).toBe(0);
  });

  test('is asked for nothing more by the person who has left', async () => {
    const controller = new AbortController();
    answers[DEPLOYMENT] = deployment({
      env: [{ name: 'WRITER', valueFrom: { configMapKeyRef: { name: 'database', key: 'writer' } } }],
    });
    answers['/api/v1/namespaces/shop/configmaps/database'] = silence;
    const setting = kubernetes.setEnvironment(cluster, 'order-service', { WRITER: 'new' }, controller.signal);
    await expect.poll(() => unanswered.size).toBe(1);
    controller.abort();
    await expect(setting).rejects.toMatchObject({ name: 'AbortError' });
    await expect.poll(() => unanswered.size).toBe(0);
    expect(patches().map(({ path }) => path)).not.toContain(DEPLOYMENT);
  });

  test('and cannot be reached at all, that is told with the reason', async () => {
    const describeCluster = async () => ({ endpoint: 'https://127.0.0.1:9', certificateAuthority: '' });
    await expect(reading({ describeCluster }).deployment(cluster, 'order-service')).rejects.toMatchObject({
      name: 'Unreachable',
      message: expect.stringContaining('ECONNREFUSED'),
    });
  });
});

test('a token that is not accepted is told as the API does, and not shown', async () => {
  const error = await reading({ token: async () => 'k8s-aws-v1.stale' })
    .deployment(cluster, 'order-service')
    .catch((failure: Error) => failure);
  expect(error).toMatchObject({ name: 'Unauthorized' });
  expect((error as Error).message).not.toContain('stale');
});

test('an authority that did not sign the API’s certificate is not trusted', async () => {
  const endpoint = address();
  const other = await generate([{ name: 'commonName', value: 'other' }], { keyType: 'ec' });
  const certificateAuthority = Buffer.from(other.cert).toString('base64');
  const before = asked.length;
  await expect(
    reading({ describeCluster: async () => ({ endpoint, certificateAuthority }) }).deployment(cluster, 'order-service'),
  ).rejects.toThrow(/certificate/);
  expect(asked).toHaveLength(before);
});

test('an API without TLS will do, for a lab', async () => {
  const server = createPlain((_, response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(deployment({ env: [{ name: 'WRITER', value: 'old' }] })));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const plain = reading({ describeCluster: async () => ({ endpoint, certificateAuthority: '' }) });
  expect((await plain.deployment(cluster, 'order-service')).environment).toEqual({ WRITER: 'old' });
  server.close();
});

test('anyone who leaves while the cluster’s address is asked for takes nobody else along', async () => {
  const controller = new AbortController();
  answers[DEPLOYMENT] = deployment({ env: [{ name: 'WRITER', value: 'old' }] });
  const certificateAuthority = Buffer.from(tls.cert).toString('base64');
  let calls = 0;
  const describeCluster = (_: unknown, signal?: AbortSignal) =>
    new Promise<{ endpoint: string; certificateAuthority: string }>((resolve, reject) => {
      calls += 1;
      if (calls > 1) resolve({ endpoint: address(), certificateAuthority });
      signal?.addEventListener('abort', () => reject(new Aborted()), { once: true });
    });
  const both = reading({ describeCluster });
  const leaving = both.deployment(cluster, 'order-service', controller.signal);
  const staying = both.deployment(cluster, 'order-service', new AbortController().signal);
  controller.abort();
  await expect(leaving).rejects.toMatchObject({ name: 'AbortError' });
  expect((await staying).environment).toEqual({ WRITER: 'old' });
});

test('autoscalers of deployments are read, and the minimum of one is set with what it was before', async () => {
  const path = '/apis/autoscaling/v2/namespaces/shop/horizontalpodautoscalers';
  const autoscaler = (name: string, kind: string, more: object = {}, annotations: object = {}) => ({
    metadata: { name, annotations },
    spec: { scaleTargetRef: { kind, name: `${name}-service` }, maxReplicas: 9, ...more },
  });
  const raised = autoscaler('orders', 'Deployment', { minReplicas: 6 }, { 'dr-drill/min-replicas': '2' });
  const items = [raised, autoscaler('carts', 'Deployment'), autoscaler('queue', 'StatefulSet')];
  answers[path] = { kind: 'HorizontalPodAutoscalerList', apiVersion: 'autoscaling/v2', items };
  expect(await kubernetes.autoscalers(cluster)).toEqual([
    { name: 'orders', deployment: 'orders-service', min: 6, max: 9, minBefore: 2 },
    { name: 'carts', deployment: 'carts-service', min: 1, max: 9, minBefore: null },
  ]);
  answers[`${path}/orders`] = { kind: 'HorizontalPodAutoscaler', apiVersion: 'autoscaling/v2', ...raised };
  await kubernetes.setMinimum(cluster, 'orders', { min: 2, minBefore: null });
  expect(patches()).toMatchObject([
    {
      path: `${path}/orders`,
      type: 'application/strategic-merge-patch+json',
      body: { metadata: { annotations: { 'dr-drill/min-replicas': null } }, spec: { minReplicas: 2 } },
    },
  ]);
});
