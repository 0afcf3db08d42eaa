import { isDeepStrictEqual } from 'node:util';
import type { Kind, KubernetesObject } from '../../../ports/kubernetes.ts';

/** What a scratch namespace can hold without any effect beside it: an ingress would make a load balancer, a claim a volume. */
export const kinds: readonly Kind[] = [
  { apiVersion: 'v1', kind: 'ConfigMap' },
  { apiVersion: 'v1', kind: 'Secret' },
  { apiVersion: 'v1', kind: 'ServiceAccount' },
  { apiVersion: 'v1', kind: 'Service' },
  { apiVersion: 'apps/v1', kind: 'Deployment' },
  { apiVersion: 'apps/v1', kind: 'StatefulSet' },
  { apiVersion: 'batch/v1', kind: 'CronJob' },
];

/** What Kubernetes calls them in a permission. */
export const accessTo = (verbs: readonly string[]): string[] =>
  verbs.flatMap((verb) =>
    kinds.map(({ apiVersion, kind }) => {
      const [group = '', version] = apiVersion.split('/');
      return `${verb} ${kind.toLowerCase()}s${version ? `.${group}` : ''}`;
    }),
  );

export const isOf = (object: Kind, { apiVersion, kind }: Kind): boolean =>
  object.apiVersion === apiVersion && object.kind === kind;

export const isRestored = (object: KubernetesObject): boolean => kinds.some((kind) => isOf(object, kind));

/** Whether someone made it, and not Kubernetes itself or a controller that makes it again. */
export function isMade({ kind, type, metadata }: KubernetesObject): boolean {
  if (Array.isArray(metadata.ownerReferences) && metadata.ownerReferences.length > 0) return false;
  if (kind === 'ConfigMap') return metadata.name !== 'kube-root-ca.crt';
  if (kind === 'ServiceAccount') return metadata.name !== 'default';
  if (kind === 'Service') return metadata.name !== 'kubernetes';
  return type !== 'kubernetes.io/service-account-token';
}

/** An object as it is applied again: without what the API itself has put into it. */
export function bare({ status: _, metadata, stringData, ...rest }: KubernetesObject): KubernetesObject {
  const { name, labels } = metadata;
  // What is written as text is kept as data.
  const texts = Object.entries((stringData ?? {}) as Record<string, string>).map(([key, text]) => [
    key,
    Buffer.from(text).toString('base64'),
  ]);
  const data = { ...(rest.data as object | undefined), ...Object.fromEntries(texts) };
  return { ...rest, ...(stringData !== undefined && { data }), metadata: { name, ...(labels && { labels }) } };
}

/** As it is restored beside the live one: nothing of it may run, listen outside, or take an address. */
export function stilled(object: KubernetesObject): KubernetesObject {
  const here = bare(object);
  const spec = (here.spec ?? {}) as Record<string, unknown>;
  switch (here.kind) {
    case 'Deployment':
    case 'StatefulSet':
      return { ...here, spec: { ...spec, replicas: 0 } };
    case 'CronJob':
      return { ...here, spec: { ...spec, suspend: true } };
    case 'Service':
      return { ...here, spec: inside(spec) };
    default:
      return here;
  }
}

const ofCluster = [
  'clusterIP',
  'clusterIPs',
  'externalIPs',
  'externalTrafficPolicy',
  'healthCheckNodePort',
  'allocateLoadBalancerNodePorts',
  'loadBalancerClass',
  'loadBalancerIP',
  'loadBalancerSourceRanges',
];

/** A service without address, load balancer and ports of nodes; one without an address at all stays so. */
function inside(spec: Record<string, unknown>): Record<string, unknown> {
  const kept = Object.fromEntries(Object.entries(spec).filter(([key]) => !ofCluster.includes(key)));
  const ports = (spec.ports ?? []) as Record<string, unknown>[];
  return {
    ...kept,
    ...(spec.type === 'ExternalName' ? {} : { type: 'ClusterIP' }),
    ...(spec.clusterIP === 'None' && { clusterIP: 'None' }),
    ...(spec.ports !== undefined && { ports: ports.map(({ nodePort: _, ...port }) => port) }),
  };
}

/** Data are the same or not; of everything else the API may have added to what was asked for. */
export function isSame(wanted: KubernetesObject, found: KubernetesObject): boolean {
  const { metadata, spec, apiVersion: _, kind: __, status: ___, ...values } = wanted;
  return (
    holds(found.metadata.labels ?? {}, metadata.labels ?? {}) &&
    holds(found.spec ?? {}, spec ?? {}) &&
    [...new Set([...Object.keys(values), ...dataIn(found)])].every((key) =>
      isDeepStrictEqual(orNothing(found[key]), orNothing(values[key])),
    )
  );
}

/** The API keeps nothing where there is nothing to keep. */
const orNothing = (value: unknown): unknown =>
  typeof value === 'object' && value !== null && Object.keys(value).length === 0 ? undefined : value;

const dataIn = (object: KubernetesObject): string[] => ['data', 'binaryData'].filter((key) => key in object);

/** Whether a value holds everything that another says. */
function holds(value: unknown, said: unknown): boolean {
  if (Array.isArray(said)) {
    return Array.isArray(value) && value.length === said.length && said.every((one, index) => holds(value[index], one));
  }
  if (typeof said !== 'object' || said === null) return Object.is(value, said);
  if (typeof value !== 'object' || value === null) return false;
  return Object.entries(said).every(
    ([key, one]) => one === null || holds((value as Record<string, unknown>)[key], one),
  );
}

/** When an object was last made otherwise than it had been, as far as its API keeps that; epoch milliseconds. */
export function changedMs({ metadata }: KubernetesObject): number {
  const fields = Array.isArray(metadata.managedFields) ? metadata.managedFields : [];
  const times = (fields as { time?: string; subresource?: string }[])
    .filter(({ subresource }) => subresource !== 'status')
    .map(({ time }) => Date.parse(time ?? ''));
  return Math.max(0, ...[Date.parse(String(metadata.creationTimestamp)), ...times].filter((ms) => !Number.isNaN(ms)));
}
