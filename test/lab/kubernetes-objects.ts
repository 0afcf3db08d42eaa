import type { Cluster, Kind, Kubernetes, KubernetesObject } from '../../src/ports/kubernetes.ts';

export interface Answered {
  status?: number;
  body: unknown;
}

interface Asked {
  method: string | undefined;
  pathname: string;
  body: string;
}

const NAMESPACE = /^\/api\/v1\/namespaces(?:\/([^/]+))?$/;
const OBJECTS = /^(?:\/api\/v1|\/apis\/(?:apps|batch)\/v1)\/namespaces\/([^/]+)\/([a-z]+)(?:\/([^/]+))?$/;

/** What each version of the API has in a namespace. */
const resources: Record<string, Record<string, string>> = {
  v1: { configmaps: 'ConfigMap', secrets: 'Secret', serviceaccounts: 'ServiceAccount', services: 'Service' },
  'apps/v1': { deployments: 'Deployment', statefulsets: 'StatefulSet' },
  'batch/v1': { cronjobs: 'CronJob' },
};

/** Namespaces and the objects in them; `undefined` for what is neither. */
export async function objectsAnswer(
  { kubernetes, cluster }: { kubernetes: Kubernetes; cluster: Omit<Cluster, 'namespace'> },
  { method, pathname, body }: Asked,
): Promise<Answered | undefined> {
  const version = Object.keys(resources).find((one) => pathname === pathOf(one));
  if (version) return { body: resourceList(version) };
  const space = NAMESPACE.exec(pathname);
  if (space) return namespaceAnswer(kubernetes, { ...cluster, namespace: space[1] ?? '' }, { method, body });
  const [, namespace = '', plural = '', name] = OBJECTS.exec(pathname) ?? [];
  const kind = kindOf(pathname, plural);
  if (!kind) return undefined;
  const here = { ...cluster, namespace };
  if (method === 'GET' && name === undefined) {
    const items = await kubernetes.objects(here, [kind]);
    // In a list, the API does not repeat the kind of each item.
    return { body: { apiVersion: kind.apiVersion, kind: `${kind.kind}List`, metadata: {}, items: items.map(unnamed) } };
  }
  if (method !== 'PATCH' || !body.includes('"apiVersion"')) return undefined;
  const object = JSON.parse(body) as KubernetesObject;
  await kubernetes.apply(here, object);
  return { body: object };
}

async function namespaceAnswer(
  kubernetes: Kubernetes,
  cluster: Cluster,
  { method, body }: Pick<Asked, 'method' | 'body'>,
): Promise<Answered> {
  if (method === 'POST') {
    const { metadata } = JSON.parse(body) as { metadata: { name: string; labels?: Record<string, string> } };
    await kubernetes.createNamespace({ ...cluster, namespace: metadata.name }, metadata.labels ?? {});
    return { status: 201, body: { apiVersion: 'v1', kind: 'Namespace', metadata } };
  }
  const { namespace: name } = cluster;
  const found = await kubernetes.namespace(cluster);
  if (!found) return { status: 404, body: status(404, 'NotFound', `namespaces "${name}" not found`) };
  if (method === 'DELETE') await kubernetes.deleteNamespace(cluster);
  const deletion = found.deleting && { deletionTimestamp: '2026-01-05T01:00:00Z' };
  return { body: { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels: found.labels, ...deletion } } };
}

function kindOf(pathname: string, plural: string): Kind | undefined {
  const apiVersion = Object.keys(resources).find((one) => pathname.startsWith(`${pathOf(one)}/`)) ?? '';
  const kind = resources[apiVersion]?.[plural];
  return kind === undefined ? undefined : { apiVersion, kind };
}

const pathOf = (version: string): string => (version === 'v1' ? '/api/v1' : `/apis/${version}`);

const resourceList = (groupVersion: string) => ({
  kind: 'APIResourceList',
  apiVersion: 'v1',
  groupVersion,
  resources: Object.entries(resources[groupVersion] ?? {}).map(([name, kind]) => ({
    name,
    kind,
    singularName: kind.toLowerCase(),
    namespaced: true,
    verbs: ['get', 'list', 'patch', 'create', 'delete'],
  })),
});

const unnamed = ({ apiVersion: _, kind: __, ...rest }: KubernetesObject) => rest;

export const status = (code: number, reason: string, message: string) => ({
  kind: 'Status',
  apiVersion: 'v1',
  metadata: {},
  status: 'Failure',
  message,
  reason,
  code,
});
