import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { generate } from 'selfsigned';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { realClock } from '../../src/clock/real-clock.ts';
import { liveKubernetes } from '../../src/live/kubernetes.ts';
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
    if (headers.authorization !== 'Bearer k8s-aws-v1.token') return response.writeHead(401).end('{}');
    const answer = answers[path] as { code?: number; reason?: string; message?: string } | undefined;
    const missing = { code: 404, reason: 'NotFound', message: `${path} not found` };
    const given = answer ?? missing;
    const body = given.code === undefined ? given : { kind: 'Status', apiVersion: 'v1', status: 'Failure', ...given };
    response.writeHead(given.code ?? 200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const endpoint = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  close = () => {
    server.closeAllConnections();
    server.close();
  };
  kubernetes = liveKubernetes({
    describeCluster: async () => ({ endpoint, certificateAuthority: Buffer.from(tls.cert).toString('base64') }),
    token: async () => 'k8s-aws-v1.token',
    clock: realClock(),
  });
});
afterEach(() => close());

async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request) text += chunk;
  return text;
}

const deployment = (container: object, status: object = {}) => ({
  ...{ kind: 'Deployment', apiVersion: 'apps/v1', metadata: { name: 'order-service', generation: 4 } },
  spec: { replicas: 3, template: { spec: { containers: [{ name: 'app', ...container }] } } },
  status: { observedGeneration: 4, updatedReplicas: 3, readyReplicas: 2, availableReplicas: 1, ...status },
});
const patches = () => asked.filter(({ method }) => method === 'PATCH');

test('a deployment is told by its own figures', async () => {
  answers[DEPLOYMENT] = deployment({ env: [{ name: 'WRITER', value: 'old' }] });
  expect(await kubernetes.deployment(cluster, 'order-service')).toEqual({
    ...{ name: 'order-service', wanted: 3, updated: 3, ready: 2, available: 1 },
    environment: { WRITER: 'old' },
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
    spec: { template: { metadata: { annotations: { 'kubectl.kubernetes.io/restartedAt': expect.any(String) } } } },
  };

  test('in the container itself', async () => {
    answers[DEPLOYMENT] = deployment({ env: [{ name: 'WRITER', value: 'old' }] });
    await kubernetes.setEnvironment(cluster, 'order-service', { WRITER: 'new' });
    const containers = [{ name: 'app', env: [{ name: 'WRITER', value: 'new' }] }];
    expect(patches()).toMatchObject([{ path: DEPLOYMENT, body: { spec: { template: { spec: { containers } } } } }]);
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

  test('and where nobody reads it, that is said', async () => {
    answers[DEPLOYMENT] = deployment({ env: [{ name: 'OTHER', value: 'x' }] });
    await expect(kubernetes.setEnvironment(cluster, 'order-service', { WRITER: 'new' })).rejects.toMatchObject({
      code: 'variable-missing',
      message: 'No container of order-service has the variable WRITER.',
    });
    expect(patches()).toEqual([]);
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
  [409, 'Conflict'],
])('a refusal with %i has the name that the API gives it: %s', async (code, reason) => {
  answers[DEPLOYMENT] = { code, reason, message: `no: ${reason}` };
  await expect(kubernetes.deployment(cluster, 'order-service')).rejects.toMatchObject({
    name: reason,
    message: `The Kubernetes API of shop: no: ${reason}`,
  });
});

test('whoever stops waiting is not kept waiting', async () => {
  const controller = new AbortController();
  answers[DEPLOYMENT] = deployment({});
  const reading = kubernetes.deployment(cluster, 'order-service', controller.signal);
  controller.abort();
  await expect(reading).rejects.toMatchObject({ name: 'AbortError' });
});
