import { generate } from 'selfsigned';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { realClock } from '../../src/clock/real-clock.ts';
import { liveKubernetes } from '../../src/live/kubernetes.ts';
import type { Kubernetes, KubernetesObject } from '../../src/ports/kubernetes.ts';
import { type KubernetesApi, startKubernetesApi } from '../lab/kubernetes-api.ts';
import { stillWorld } from '../server/server.ts';
import { RECOVERY_CLUSTER } from '../simulator/world.ts';

const SCRATCH = { ...RECOVERY_CLUSTER, namespace: 'scratch' };
const KINDS = [
  { apiVersion: 'v1', kind: 'ConfigMap' },
  { apiVersion: 'v1', kind: 'Secret' },
  { apiVersion: 'apps/v1', kind: 'Deployment' },
  { apiVersion: 'batch/v1', kind: 'CronJob' },
];

let simulated: Kubernetes;
let live: Kubernetes;
let api: KubernetesApi;

/** A real client, and a real connection to what a simulated cluster says. */
beforeEach(async () => {
  const tls = await generate([{ name: 'commonName', value: 'shop' }], {
    keyType: 'ec',
    extensions: [
      { name: 'basicConstraints', cA: true },
      { name: 'subjectAltName', altNames: [{ type: 7, ip: '127.0.0.1' }] },
    ],
  });
  simulated = stillWorld({ configuration: { refuses: true } }).ports.kubernetes;
  const { namespace: _, ...cluster } = RECOVERY_CLUSTER;
  api = await startKubernetesApi({
    kubernetes: simulated,
    cluster,
    nodegroup: 'workers',
    tls: { key: tls.private, cert: tls.cert },
  });
  live = liveKubernetes({
    describeCluster: async () => ({
      endpoint: api.endpoint,
      certificateAuthority: Buffer.from(tls.cert).toString('base64'),
    }),
    token: async () => 'k8s-aws-v1.token',
    clock: realClock(),
  });
});
afterEach(() => api.close());

test('objects of any kind are listed as the API has them', async () => {
  const named = (all: KubernetesObject[]) => all.map(({ kind, metadata }) => `${kind}/${metadata.name}`);
  const found = await live.objects(RECOVERY_CLUSTER, KINDS);
  expect(named(found)).toContain('Deployment/order-service');
  const expected = await simulated.objects(RECOVERY_CLUSTER, KINDS);
  expect(named(found).sort()).toEqual(named(expected).sort());
  const specOf = (all: KubernetesObject[]) => all.find(({ kind }) => kind === 'Deployment')?.spec;
  expect(specOf(found)).toMatchObject(specOf(expected) as object);
  const dataOf = (all: KubernetesObject[]) => all.find(({ kind }) => kind === 'Secret')?.data;
  expect(dataOf(found)).toEqual(dataOf(expected));
});

test('a namespace is made with its labels, filled and deleted', async () => {
  expect(await live.namespace(SCRATCH)).toBeUndefined();
  await live.createNamespace(SCRATCH, { 'dr-drill': 'mine' });
  expect(await live.namespace(SCRATCH)).toEqual({ labels: { 'dr-drill': 'mine' }, deleting: false });
  await expect(live.createNamespace(SCRATCH, {})).rejects.toMatchObject({ name: 'AlreadyExists' });

  const settings = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'settings' }, data: { A: '1' } };
  const job = { apiVersion: 'batch/v1', kind: 'CronJob', metadata: { name: 'nightly' }, spec: { suspend: true } };
  for (const one of [settings, job]) await live.apply(SCRATCH, one);
  await live.apply(SCRATCH, { ...settings, data: { A: '2' } });
  const found = await live.objects(SCRATCH, KINDS);
  expect(found.filter(({ metadata }) => metadata.name === 'settings')).toMatchObject([{ data: { A: '2' } }]);
  expect(found).toContainEqual(expect.objectContaining({ kind: 'CronJob', spec: { suspend: true } }));

  const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 's' }, data: { A: 'MQ==' } };
  await expect(live.apply(SCRATCH, secret)).rejects.toMatchObject({ name: 'Forbidden' });

  await live.deleteNamespace(SCRATCH);
  expect(await live.namespace(SCRATCH)).toMatchObject({ deleting: true });
  await expect(live.apply(SCRATCH, settings)).rejects.toThrow(/being terminated/);
  await expect(live.deleteNamespace({ ...SCRATCH, namespace: 'other' })).rejects.toMatchObject({ name: 'NotFound' });
});
