import type { AppsV1Api, CoreV1Api, V1Container, V1Deployment } from '@kubernetes/client-node';
import type { Clock } from '../clock/clock.ts';
import { Aborted, DrillError } from '../errors.ts';
import type { Cluster, Deployment, Kubernetes } from '../ports/kubernetes.ts';

export interface LiveKubernetesOptions {
  /** Where a cluster's API is; the authority is base64 of PEM. */
  describeCluster(cluster: Cluster, signal?: AbortSignal): Promise<{ endpoint: string; certificateAuthority: string }>;
  token(cluster: Cluster): Promise<string>;
  clock: Clock;
}

const TIMEOUT_MS = 5_000;

/** Both clusters' APIs. Fails with an error named by the API's reason, or `Timeout` when nobody answers. */
export function liveKubernetes({ describeCluster, token, clock }: LiveKubernetesOptions): Kubernetes {
  const known = new Map<string, Promise<{ endpoint: string; certificateAuthority: string }>>();
  const endpointOf = (cluster: Cluster, signal?: AbortSignal) => {
    const key = `${cluster.region}/${cluster.cluster}`;
    const endpoint = known.get(key) ?? describeCluster(cluster, signal);
    known.set(key, endpoint);
    // What could not be had is asked for again.
    endpoint.catch(() => known.delete(key));
    return endpoint;
  };

  /** Asks one cluster, within the time that an API may take. */
  const asked = async <T>(
    cluster: Cluster,
    signal: AbortSignal | undefined,
    ask: (apis: Apis) => Promise<T>,
  ): Promise<T> => {
    if (signal?.aborted) throw new Aborted();
    const { endpoint, certificateAuthority } = await endpointOf(cluster, signal);
    const apis = await connect(endpoint, certificateAuthority, await token(cluster));
    return within(clock, signal, `The Kubernetes API of ${cluster.cluster}`, ask(apis));
  };

  return {
    deployment: (cluster, name, signal) =>
      asked(cluster, signal, async (apis) => {
        const found = await apis.apps.readNamespacedDeployment({ name, namespace: cluster.namespace });
        return describe(found, await environmentOf(found, cluster.namespace, apis.core));
      }),
    scale: (cluster, name, replicas, signal) =>
      asked(cluster, signal, async ({ apps, merge }) => {
        const body = { spec: { replicas } };
        await apps.patchNamespacedDeploymentScale({ name, namespace: cluster.namespace, body }, merge);
      }),
    setEnvironment: (cluster, name, values, signal) =>
      asked(cluster, signal, async (apis) => {
        for (const [variable, value] of Object.entries(values)) {
          await setVariable(apis, cluster.namespace, name, { variable, value, nowMs: clock.nowMs() });
        }
      }),
    nodes: (cluster, nodegroup, signal) =>
      asked(cluster, signal, async ({ core }) => {
        const { items } = await core.listNode({ labelSelector: `eks.amazonaws.com/nodegroup=${nodegroup}` });
        return items.map(({ metadata, status }) => ({
          name: metadata?.name ?? '',
          ready: (status?.conditions ?? []).some((one) => one.type === 'Ready' && one.status === 'True'),
        }));
      }),
  };
}

interface Apis {
  apps: AppsV1Api;
  core: CoreV1Api;
  /** How a patch that names only what changes is sent. */
  merge: Parameters<AppsV1Api['patchNamespacedDeployment']>[1];
}

/** Loaded only when a drill asks a cluster something: the client is large. */
async function connect(server: string, caData: string, token: string): Promise<Apis> {
  const { AppsV1Api, CoreV1Api, KubeConfig, PatchStrategy, setHeaderOptions } = await import('@kubernetes/client-node');
  const config = new KubeConfig();
  config.loadFromOptions({
    clusters: [{ name: 'cluster', server, ...(caData && { caData }) }],
    users: [{ name: 'dr-drill', token }],
    contexts: [{ name: 'drill', cluster: 'cluster', user: 'dr-drill' }],
    currentContext: 'drill',
  });
  return {
    apps: config.makeApiClient(AppsV1Api),
    core: config.makeApiClient(CoreV1Api),
    merge: setHeaderOptions('Content-Type', PatchStrategy.StrategicMergePatch),
  };
}

function within<T>(clock: Clock, signal: AbortSignal | undefined, who: string, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = () => end(() => reject(new Aborted()));
    const message = `${who} did not answer within ${TIMEOUT_MS / 1000} s.`;
    const timer = clock.setTimeout(() => end(() => reject(named('Timeout', message))), TIMEOUT_MS);
    const end = (settle: () => void) => {
      clock.clearTimeout(timer);
      signal?.removeEventListener('abort', stop);
      settle();
    };
    signal?.addEventListener('abort', stop, { once: true });
    work.then(
      (value) => end(() => resolve(value)),
      (error) => end(() => reject(asPortNamesIt(error, who))),
    );
    if (signal?.aborted) stop();
  });
}

const named = (name: string, message: string, cause?: unknown): Error =>
  Object.assign(new Error(message, cause === undefined ? {} : { cause }), { name });

/** The API says in a `Status` why it refused. */
function asPortNamesIt(error: unknown, who: string): Error {
  if (error instanceof DrillError) return error;
  const { code, body } = error as { code?: unknown; body?: unknown };
  if (typeof code !== 'number') return named('Timeout', `${who} cannot be reached: ${(error as Error).message}`, error);
  const status = statusIn(body);
  const names: Record<number, string> = { 401: 'Unauthorized', 403: 'Forbidden', 404: 'NotFound', 409: 'Conflict' };
  return named(status.reason ?? names[code] ?? `Status${code}`, `${who}: ${status.message ?? `status ${code}`}`, error);
}

function statusIn(body: unknown): { reason?: string; message?: string } {
  if (typeof body !== 'string') return (body as { reason?: string; message?: string } | undefined) ?? {};
  try {
    return JSON.parse(body) as { reason?: string; message?: string };
  } catch {
    return {};
  }
}

const containersOf = (found: V1Deployment): V1Container[] => found.spec?.template.spec?.containers ?? [];

function describe(found: V1Deployment, environment: Record<string, string>): Deployment {
  const { metadata, spec, status } = found;
  // What it says of its replicas may still be of the template before.
  const current = (status?.observedGeneration ?? 0) >= (metadata?.generation ?? 0);
  return {
    name: metadata?.name ?? '',
    wanted: spec?.replicas ?? 1,
    updated: current ? (status?.updatedReplicas ?? 0) : 0,
    ready: status?.readyReplicas ?? 0,
    available: status?.availableReplicas ?? 0,
    environment,
  };
}

/** Where a variable's value stands. */
type Place = { kind: 'literal'; value: string } | { kind: 'config-map' | 'secret'; name: string; key: string };

function placesOf(found: V1Deployment): Map<string, Place> {
  const places = new Map<string, Place>();
  for (const { env = [] } of containersOf(found)) {
    for (const { name, value, valueFrom } of env) {
      const map = valueFrom?.configMapKeyRef;
      const secret = valueFrom?.secretKeyRef;
      if (map?.name) places.set(name, { kind: 'config-map', name: map.name, key: map.key });
      else if (secret?.name) places.set(name, { kind: 'secret', name: secret.name, key: secret.key });
      else if (!valueFrom) places.set(name, { kind: 'literal', value: value ?? '' });
    }
  }
  return places;
}

async function environmentOf(found: V1Deployment, namespace: string, core: CoreV1Api): Promise<Record<string, string>> {
  const environment: Record<string, string> = {};
  for (const { envFrom = [] } of containersOf(found)) {
    for (const { configMapRef, prefix = '' } of envFrom) {
      if (!configMapRef?.name) continue;
      const { data = {} } = await core.readNamespacedConfigMap({ name: configMapRef.name, namespace });
      for (const [key, value] of Object.entries(data)) environment[`${prefix}${key}`] = value;
    }
  }
  for (const [variable, place] of placesOf(found)) {
    if (place.kind === 'literal') environment[variable] = place.value;
    if (place.kind === 'config-map') {
      const { data = {} } = await core.readNamespacedConfigMap({ name: place.name, namespace });
      environment[variable] = data[place.key] ?? '';
    }
    if (place.kind === 'secret') {
      const { data = {} } = await core.readNamespacedSecret({ name: place.name, namespace });
      environment[variable] = Buffer.from(data[place.key] ?? '', 'base64').toString('utf8');
    }
  }
  return environment;
}

/** The config map from which all of a container's variables come, where one of them is this. */
async function sourceOf(
  found: V1Deployment,
  namespace: string,
  variable: string,
  core: CoreV1Api,
): Promise<Place | undefined> {
  for (const { envFrom = [] } of containersOf(found)) {
    for (const { configMapRef, prefix = '' } of envFrom) {
      if (!configMapRef?.name || !variable.startsWith(prefix)) continue;
      const key = variable.slice(prefix.length);
      const { data = {} } = await core.readNamespacedConfigMap({ name: configMapRef.name, namespace });
      if (key in data) return { kind: 'config-map', name: configMapRef.name, key };
    }
  }
  return undefined;
}

interface Setting {
  variable: string;
  value: string;
  nowMs: number;
}

/** Changes the value where it stands, and has the pods started anew with it. */
async function setVariable(
  { apps, core, merge }: Apis,
  namespace: string,
  name: string,
  { variable, value, nowMs }: Setting,
) {
  const found = await apps.readNamespacedDeployment({ name, namespace });
  const place = placesOf(found).get(variable) ?? (await sourceOf(found, namespace, variable, core));
  if (!place) {
    throw new DrillError('variable-missing', `No container of ${name} has the variable ${variable}.`, {
      hint: "Correct kubernetes.writerVariable in the topology: it names where pods read the writer's address.",
    });
  }
  if (place.kind === 'literal') {
    const containers = containersOf(found)
      .filter(({ env = [] }) => env.some((one) => one.name === variable))
      .map((container) => ({ name: container.name, env: [{ name: variable, value }] }));
    await apps.patchNamespacedDeployment(
      { name, namespace, body: { spec: { template: { spec: { containers } } } } },
      merge,
    );
    return;
  }
  if (place.kind === 'config-map') {
    await core.patchNamespacedConfigMap({ name: place.name, namespace, body: { data: { [place.key]: value } } }, merge);
  } else {
    const data = { [place.key]: Buffer.from(value).toString('base64') };
    await core.patchNamespacedSecret({ name: place.name, namespace, body: { data } }, merge);
  }
  // Pods read what they refer to only when they start.
  const annotations = { 'kubectl.kubernetes.io/restartedAt': new Date(nowMs).toISOString() };
  await apps.patchNamespacedDeployment(
    { name, namespace, body: { spec: { template: { metadata: { annotations } } } } },
    merge,
  );
}
