import type { KubernetesObject } from '../../ports/kubernetes.ts';
import { hash32 } from '../distributions.ts';
import type { Deployment } from '../state.ts';

const DAY = 86_400_000;

/** What makes one deployment of the shop what it is, apart from its pods. */
type Shaped = Pick<Deployment, 'region' | 'name' | 'wanted' | 'rollouts'>;

/** Everything in a namespace of the topology, as its cluster's API lists it. */
export const objectsOf = (namespace: string, deployments: readonly Shaped[], startMs: number) =>
  [...madeByItself(namespace), ...deployments.flatMap(deployed)].map((one) =>
    established(one, namespace, startMs - 90 * DAY),
  );

type Bare = Omit<KubernetesObject, 'metadata'> & Record<'apiVersion' | 'kind' | 'name', string>;

/** Kubernetes puts these into every namespace. */
export const madeByItself = (namespace: string): Bare[] => [
  { apiVersion: 'v1', kind: 'ConfigMap', name: 'kube-root-ca.crt', data: { 'ca.crt': `authority of ${namespace}` } },
  { apiVersion: 'v1', kind: 'ServiceAccount', name: 'default' },
];

function deployed({ region, name, wanted, rollouts }: Shaped): Bare[] {
  const environment = Object.entries(rollouts.at(-1)?.environment ?? {});
  const labels = { app: name };
  const key = Buffer.from(hash32(`${name}/api-key`).toString(36)).toString('base64');
  const container = {
    name: 'app',
    image: `registry.example.com/shop/${name}:2026.1`,
    ports: [{ containerPort: 8080, protocol: 'TCP' }],
    envFrom: [{ configMapRef: { name: `${name}-settings` } }, { secretRef: { name: `${name}-credentials` } }],
    env: environment.map(([variable, value]) => ({ name: variable, value })),
  };
  return [
    { apiVersion: 'v1', kind: 'ServiceAccount', name },
    { apiVersion: 'v1', kind: 'ConfigMap', name: `${name}-settings`, data: { CURRENCY: 'TWD', REGION: region } },
    { apiVersion: 'v1', kind: 'Secret', name: `${name}-credentials`, type: 'Opaque', data: { API_KEY: key } },
    {
      apiVersion: 'v1',
      kind: 'Service',
      name,
      spec: { type: 'ClusterIP', clusterIP: '172.20.7.7', selector: labels, ports: [{ port: 80, targetPort: 8080 }] },
    },
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      name,
      spec: {
        replicas: wanted,
        selector: { matchLabels: labels },
        template: { metadata: { labels }, spec: { serviceAccountName: name, containers: [container] } },
      },
      status: { observedGeneration: 1, replicas: wanted },
    },
  ];
}

/** As an object stands once the API has taken it. */
export function established({ name, ...rest }: Bare, namespace: string, ms: number): KubernetesObject {
  const uid = hash32(`${namespace}/${rest.kind}/${name}`).toString(16);
  const metadata = { name, namespace, uid, resourceVersion: '1', creationTimestamp: new Date(ms).toISOString() };
  return { ...rest, metadata };
}
