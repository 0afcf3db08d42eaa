import type { V1Deployment } from '@kubernetes/client-node';
import type { Clock } from '../clock/clock.ts';
import { Aborted, DrillError } from '../errors.ts';
import type { Cluster, Deployment, Kubernetes } from '../ports/kubernetes.ts';
import { type Apis, connect } from './kubernetes-api.ts';
import { objectsThrough } from './kubernetes-objects.ts';
import { environmentOf, setEnvironment } from './pod-environment.ts';

export interface LiveKubernetesOptions {
  /** Where a cluster's API is; the authority is base64 of PEM. */
  describeCluster(cluster: Cluster, signal?: AbortSignal): Promise<{ endpoint: string; certificateAuthority: string }>;
  token(cluster: Cluster): Promise<string>;
  clock: Clock;
  /** Variables of pods to read, so that no other config map or secret needs to be readable; all of them, unless given. */
  variables?: readonly string[];
}

const TIMEOUT_MS = 5_000;

/**
 * Both clusters' APIs. Fails with an error named by the API's reason (`NotFound`, `Forbidden`, `Unauthorized`, `Conflict`), with
 * `Timeout` when nobody answers, and with the DrillError `variable-missing` when no pod reads what is to be set.
 */
export function liveKubernetes({ describeCluster, token, clock, variables }: LiveKubernetesOptions): Kubernetes {
  const known = new Map<string, Promise<{ endpoint: string; certificateAuthority: string }>>();
  const endpointOf = async (
    cluster: Cluster,
    signal: AbortSignal | undefined,
  ): Promise<{ endpoint: string; certificateAuthority: string }> => {
    const key = `${cluster.region}/${cluster.cluster}`;
    const asked = known.get(key) ?? describeCluster(cluster, signal);
    known.set(key, asked);
    try {
      return await asked;
    } catch (error) {
      // What could not be had is asked for again.
      if (known.get(key) === asked) known.delete(key);
      // Whoever asked has left; who waited with them has not.
      if (error instanceof Aborted && !signal?.aborted) return endpointOf(cluster, signal);
      throw error;
    }
  };

  /** Asks one cluster, within the time that an API may take. */
  const asked = async <T>(
    cluster: Cluster,
    signal: AbortSignal | undefined,
    ask: (apis: Apis) => Promise<T>,
  ): Promise<T> => {
    if (signal?.aborted) throw new Aborted();
    const { endpoint, certificateAuthority } = await endpointOf(cluster, signal);
    const connection = { endpoint, certificateAuthority, token: await token(cluster) };
    return within(clock, signal, `The Kubernetes API of ${cluster.cluster}`, async (ends) =>
      ask(await connect({ ...connection, signal: ends })),
    );
  };

  return {
    deployment: (cluster, name, signal) =>
      asked(cluster, signal, async (apis) => {
        const found = await apis.apps.readNamespacedDeployment({ name, namespace: cluster.namespace });
        return describe(found, await environmentOf({ found, namespace: cluster.namespace }, apis, variables));
      }),
    scale: (cluster, name, replicas, signal) =>
      asked(cluster, signal, async ({ apps, merge }) => {
        const body = { spec: { replicas } };
        await apps.patchNamespacedDeploymentScale({ name, namespace: cluster.namespace, body }, merge);
      }),
    setEnvironment: (cluster, name, values, signal) =>
      asked(cluster, signal, async (apis) => {
        const found = await apis.apps.readNamespacedDeployment({ name, namespace: cluster.namespace });
        await setEnvironment({ found, namespace: cluster.namespace }, apis, values, clock.nowMs());
      }),
    nodes: (cluster, nodegroup, signal) =>
      asked(cluster, signal, async ({ core }) => {
        const { items } = await core.listNode({ labelSelector: `eks.amazonaws.com/nodegroup=${nodegroup}` });
        return items.map(({ metadata, status }) => ({
          name: metadata?.name ?? '',
          ready: (status?.conditions ?? []).some((one) => one.type === 'Ready' && one.status === 'True'),
        }));
      }),
    ...objectsThrough(asked),
  };
}

/** Ends `work`, with every request of it, when its time is over or nobody waits any more. */
function within<T>(
  clock: Clock,
  signal: AbortSignal | undefined,
  who: string,
  work: (ends: AbortSignal) => Promise<T>,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const ends = new AbortController();
    const stop = () => end(() => reject(new Aborted()));
    const message = `${who} did not answer within ${TIMEOUT_MS / 1000} s.`;
    const timer = clock.setTimeout(() => end(() => reject(named('Timeout', message))), TIMEOUT_MS);
    const end = (settle: () => void) => {
      clock.clearTimeout(timer);
      signal?.removeEventListener('abort', stop);
      settle();
      ends.abort();
    };
    signal?.addEventListener('abort', stop, { once: true });
    work(ends.signal).then(
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
