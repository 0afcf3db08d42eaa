import { createSign } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { realClock } from '../../src/clock/real-clock.ts';
import { liveKubernetes } from '../../src/live/kubernetes.ts';
import { type ControlPlane, eventually, startControlPlane } from './control-plane.ts';
import { at, DEPLOYMENT, type Look, looks } from './looks.ts';
import { exchange, type Recorded, startRecorder } from './recorder.ts';

const FILE = 'test/live/recorded/kubernetes.json';
const USERS = { 'drill-token': 'drill', 'no-events-token': 'no-events', 'throttled-token': 'throttled' };

let plane: ControlPlane;
/** Takes connections, and never says anything. */
let silent: Server;
let recorder: Awaited<ReturnType<typeof startRecorder>>;
const recorded: Recorded = { version: '', looks: {}, answers: {} };

beforeAll(async () => {
  plane = await startControlPlane(USERS);
  recorder = await startRecorder(plane);
  recorded.version = plane.version;
  await prepare();
});
afterAll(async () => {
  if (process.env.RECORD) writeFileSync(FILE, `${JSON.stringify(recorded, null, 1)}\n`);
  recorder?.close();
  silent?.close();
  await plane?.stop();
});

const askedAs = (who: Look['as'], to: { endpoint: string; ca?: string } = recorder) =>
  liveKubernetes({
    describeCluster: async () => ({
      endpoint: to.endpoint,
      certificateAuthority: Buffer.from(to.ca ?? '').toString('base64'),
    }),
    token: async () => (who === 'expired' ? expiredToken(plane.signingKey) : `${who}-token`),
    clock: realClock(),
  });

test.each(looks)('$situation', async ({ situation, as, act, expected }) => {
  if (as === 'throttled') await occupied(as);
  recorder.taken();
  const told = await act(askedAs(as));
  recorded.looks[situation] = recorder.taken();
  expect(told).toEqual(expected);
});

test('a list is continued after its revision was forgotten', async () => {
  const path = '/api/v1/namespaces/kube-system/configmaps?limit=1';
  await plane.make('/api/v1/namespaces/kube-system/configmaps', { metadata: { name: 'one-more' } });
  const { metadata } = JSON.parse((await plane.ask('GET', path)).body) as { metadata: { continue: string } };
  await plane.make('/api/v1/namespaces/kube-system/configmaps', { metadata: { name: 'another' } });
  await plane.compact();
  const answer = await plane.ask('GET', `${path}&continue=${metadata.continue}`);
  recorded.answers.expired = exchange('GET', answer);
  expect([answer.status, JSON.parse(answer.body)]).toEqual([410, expect.objectContaining({ reason: 'Expired' })]);
});

test('somebody else changes the object at the same time', async () => {
  const path = `/apis/apps/v1/namespaces/shop/deployments/${DEPLOYMENT}`;
  const read = JSON.parse((await plane.ask('GET', path)).body) as object;
  await askedAs('drill').scale(at('shop'), DEPLOYMENT, 4);
  const answer = await plane.ask('PUT', path, read);
  recorded.answers.conflict = exchange('PUT', answer);
  expect([answer.status, JSON.parse(answer.body)]).toEqual([409, expect.objectContaining({ reason: 'Conflict' })]);
});

test('twenty changes at once all arrive', async () => {
  const kubernetes = askedAs('drill');
  const numbers = Array.from({ length: 20 }, (_, one) => 1 + (one % 10));
  await Promise.all(numbers.map((one) => kubernetes.scale(at('shop'), DEPLOYMENT, one)));
  expect(numbers).toContain((await kubernetes.deployment(at('shop'), DEPLOYMENT)).wanted);
  const conflicts = recorder.taken().filter(({ status }) => status === 409);
  console.info(`${conflicts.length} of these changes met a conflict on the way.`);
});

test('the cluster’s own authority is trusted, and no other', async () => {
  const { wanted } = await askedAs('drill', plane).deployment(at('shop'), DEPLOYMENT);
  expect(wanted).toBeGreaterThan(0);
  const stranger = askedAs('drill', { endpoint: plane.endpoint });
  await expect(stranger.deployment(at('shop'), DEPLOYMENT)).rejects.toMatchObject({ code: 'tls-failed' });
});

test('what is recorded is of this version', () => {
  const { version } = JSON.parse(readFileSync(FILE, 'utf8')) as Recorded;
  if (!process.env.RECORD) expect(version).toBe(plane.version);
});

/** A namespace for each situation, and what brings it about. */
async function prepare(): Promise<void> {
  for (const name of ['shop', 'quota', 'admission']) await plane.make('/api/v1/namespaces', { metadata: { name } });
  await plane.make('/api/v1/namespaces/quota/resourcequotas', {
    metadata: { name: 'small' },
    spec: { hard: { pods: '1' } },
  });
  await eventually('the quota counts', async () => {
    const { body } = await plane.ask('GET', '/api/v1/namespaces/quota/resourcequotas/small');
    return (JSON.parse(body) as { status: { used?: object } }).status.used !== undefined;
  });
  await deny(
    'images',
    'pods',
    '!object.spec.containers.exists(c, c.image.startsWith("forbidden/"))',
    'no such registry',
  );
  await deny('sizes', 'deployments/scale', 'object.spec.replicas <= 10', 'at most ten');
  await eventually('the policies are in force', async () => {
    const pod = { metadata: { name: 'probe' }, spec: { containers: [{ name: 'a', image: 'forbidden/a' }] } };
    return (await plane.ask('POST', '/api/v1/namespaces/admission/pods?dryRun=All', pod)).status === 422;
  });
  await plane.make('/api/v1/namespaces/shop/configmaps', { metadata: { name: 'settings' }, data: { WRITER: 'old' } });
  await deploy('shop', 'shop:1', 2);
  await deploy('quota', 'shop:1', 3);
  await deploy('admission', 'forbidden/shop:1', 1);
  for (const name of ['quota', 'admission']) {
    await eventually(`pods cannot be made in ${name}`, async () => {
      const { body } = await plane.ask('GET', `/apis/apps/v1/namespaces/${name}/deployments/${DEPLOYMENT}`);
      const { body: events } = await plane.ask('GET', `/api/v1/namespaces/${name}/events`);
      return body.includes('"ReplicaFailure"') && events.includes('FailedCreate');
    });
  }
  for (const [name, status] of [
    ['node-a', 'True'],
    ['node-b', 'False'],
  ]) {
    await plane.make('/api/v1/nodes', { metadata: { name, labels: { 'eks.amazonaws.com/nodegroup': 'workers' } } });
    const headers = { 'content-type': 'application/strategic-merge-patch+json' };
    const conditions = [{ type: 'Ready', status, reason: 'Test' }];
    await plane.ask('PATCH', `/api/v1/nodes/${name}/status`, JSON.stringify({ status: { conditions } }), headers);
  }
  await grant('drill', [{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }]);
  await grant('throttled', [{ apiGroups: ['*'], resources: ['*'], verbs: ['get', 'list', 'create'] }]);
  await grant('no-events', [{ apiGroups: ['', 'apps'], resources: ['deployments', 'pods'], verbs: ['get', 'list'] }]);
  await throttle('throttled');
}

const deploy = (namespace: string, image: string, replicas: number) =>
  plane.make(`/apis/apps/v1/namespaces/${namespace}/deployments`, {
    metadata: { name: DEPLOYMENT },
    spec: {
      replicas,
      selector: { matchLabels: { app: 'orders' } },
      template: {
        metadata: { labels: { app: 'orders' } },
        spec: {
          containers: [{ name: 'app', image, envFrom: [{ configMapRef: { name: 'settings', optional: true } }] }],
        },
      },
    },
  });

async function deny(name: string, resource: string, expression: string, message: string): Promise<void> {
  const path = '/apis/admissionregistration.k8s.io/v1';
  const apiGroups = [resource === 'pods' ? '' : 'apps'];
  const operations = ['CREATE', 'UPDATE'];
  await plane.make(`${path}/validatingadmissionpolicies`, {
    metadata: { name },
    spec: {
      matchConstraints: { resourceRules: [{ apiGroups, apiVersions: ['v1'], operations, resources: [resource] }] },
      validations: [{ expression, message }],
    },
  });
  await plane.make(`${path}/validatingadmissionpolicybindings`, {
    metadata: { name },
    spec: { policyName: name, validationActions: ['Deny'] },
  });
}

async function grant(name: string, rules: object[]): Promise<void> {
  const path = '/apis/rbac.authorization.k8s.io/v1';
  await plane.make(`${path}/clusterroles`, { metadata: { name }, rules });
  await plane.make(`${path}/clusterrolebindings`, {
    metadata: { name },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name },
    subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name }],
  });
}

/** The API's own priority and fairness lets one request of this user in, and one that never comes to its end is there already. */
async function throttle(name: string): Promise<void> {
  const path = '/apis/flowcontrol.apiserver.k8s.io/v1';
  const limited = { nominalConcurrencyShares: 0, lendablePercent: 0, borrowingLimitPercent: 0 };
  await plane.make(`${path}/prioritylevelconfigurations`, {
    metadata: { name },
    spec: { type: 'Limited', limited: { ...limited, limitResponse: { type: 'Reject' } } },
  });
  const everything = [{ verbs: ['*'], apiGroups: ['*'], resources: ['*'], namespaces: ['*'], clusterScope: true }];
  await plane.make(`${path}/flowschemas`, {
    metadata: { name },
    spec: {
      matchingPrecedence: 2,
      priorityLevelConfiguration: { name },
      rules: [{ subjects: [{ kind: 'User', user: { name } }], resourceRules: everything }],
    },
  });
  silent = createServer().listen(0, '127.0.0.1');
  await once(silent, 'listening');
  await plane.make('/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations', {
    metadata: { name },
    webhooks: [
      {
        name: 'silent.example.com',
        clientConfig: { url: `https://127.0.0.1:${(silent.address() as AddressInfo).port}/` },
        rules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['configmaps'] }],
        matchConditions: [{ name: 'user', expression: `request.userInfo.username == "${name}"` }],
        ...{ timeoutSeconds: 30, failurePolicy: 'Ignore', sideEffects: 'None', admissionReviewVersions: ['v1'] },
      },
    ],
  });
}

/** Takes the only place that a throttled user has. */
async function occupied(name: string): Promise<void> {
  const headers = { authorization: `Bearer ${name}-token` };
  await eventually('the user is throttled', async () => {
    plane
      .ask('POST', '/api/v1/namespaces/shop/configmaps', { metadata: { generateName: 'never-' } }, headers)
      .catch(() => {});
    await sleep(500);
    return (await plane.ask('GET', '/api/v1/namespaces', undefined, headers)).status === 429;
  });
}

/** A service account's token as the API itself signs it, of yesterday. */
function expiredToken(key: string): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const seconds = Math.floor(Date.now() / 1000) - 86_400;
  const claims = {
    iss: 'https://kubernetes.default.svc',
    aud: ['https://kubernetes.default.svc'],
    sub: 'system:serviceaccount:shop:default',
    'kubernetes.io': { namespace: 'shop', serviceaccount: { name: 'default', uid: 'a' } },
    ...{ iat: seconds - 600, nbf: seconds - 600, exp: seconds },
  };
  const text = `${part({ alg: 'RS256' })}.${part(claims)}`;
  return `${text}.${createSign('RSA-SHA256').update(text).sign(key).toString('base64url')}`;
}
