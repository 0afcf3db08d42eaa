import type { HttpLibrary, V1Deployment } from '@kubernetes/client-node';
import type { Clock } from '../clock/clock.ts';
import { Aborted, DrillError } from '../errors.ts';
import type { Cluster, Deployment, Kubernetes } from '../ports/kubernetes.ts';
import { FormerLogins } from './former-logins.ts';
import { type Apis, connect } from './kubernetes-api.ts';
import { autoscalerOf, minimumPatch } from './kubernetes-autoscalers.ts';
import { asPortNamesIt, named, type Progress } from './kubernetes-errors.ts';
import { objectsThrough } from './kubernetes-objects.ts';
import { troublesOf } from './kubernetes-troubles.ts';
import { type Environment, environmentOf, setEnvironment } from './pod-environment.ts';
import { within } from './within.ts';

export interface LiveKubernetesOptions {
  /** Where a cluster's API is; the authority is base64 of PEM. */
  describeCluster(cluster: Cluster, signal?: AbortSignal): Promise<Endpoint>;
  /** Made again where the one that is known was refused. */
  token(cluster: Cluster, options?: { anew?: boolean }): Promise<string>;
  clock: Clock;
  /** Carries the requests: the client's own way over sockets by default. */
  http?: HttpLibrary;
  /** Variables of pods to read, so that no other config map or secret needs to be readable; all of them by default. */
  variables?: readonly string[];
}

/** Of one request. */
const TIMEOUT_MS = 5_000;
/** How often a call is made again that the API itself wants made again, and how long it waits at most before. */
const TRIES = 5;
const AGAIN_AFTER_MS = 250;
const AGAIN_MAX_MS = 10_000;

/**
 * Both clusters' APIs. Fails with an error named by the API's reason (`NotFound`, `Forbidden`, `Unauthorized`, `AlreadyExists`), with `Timeout`,
 * `Unavailable` or `Throttled` when nobody gives a valid answer, with `UnknownOutcome` when a change may have been made, and with the
 * DrillErrors `tls-failed`, and `variable-missing` when no pod reads what is to be set.
 */
export function liveKubernetes({ describeCluster, token, clock, http, variables }: LiveKubernetesOptions): Kubernetes {
  const endpoints = new Map<string, Promise<Endpoint>>();
  const logins = new FormerLogins(clock);
  const keyOf = ({ region, cluster }: Cluster) => `${region}/${cluster}`;

  const endpointOf = async (cluster: Cluster, signal: AbortSignal | undefined): Promise<Endpoint> => {
    const key = keyOf(cluster);
    const asked = endpoints.get(key) ?? describeCluster(cluster, signal);
    endpoints.set(key, asked);
    try {
      return await asked;
    } catch (error) {
      // What was not available is requested again.
      if (endpoints.get(key) === asked) endpoints.delete(key);
      // The one who asked has left; who waited with them has not.
      if (error instanceof Aborted && !signal?.aborted) return endpointOf(cluster, signal);
      throw error;
    }
  };

  /** Asks one cluster; each request has the time that an API may take. */
  const once = async <T>(cluster: Cluster, signal: AbortSignal | undefined, ask: Ask<T>, anew: boolean): Promise<T> => {
    const endpoint = await endpointOf(cluster, signal);
    // To load the client is no part of the time that an API may take.
    await import('./kubernetes-library.ts');
    const progress: Progress = { who: `The Kubernetes API of ${cluster.cluster}`, changing: undefined };
    const untold = () => named('Timeout', `Could not get a token for ${progress.who} within ${TIMEOUT_MS / 1000} s.`);
    const bearer = await within({ clock, ms: TIMEOUT_MS, signal, late: untold }, () => token(cluster, { anew }));
    const late = () => named('Timeout', `${progress.who} did not answer within ${TIMEOUT_MS / 1000} s.`);
    try {
      return await within({ clock, ms: TIMEOUT_MS, signal, late }, async (ends, again) => {
        const asking = (method: string) => {
          progress.changing = method === 'GET' ? undefined : `A ${method} to ${progress.who}`;
          again();
        };
        return ask(await connect({ ...endpoint, token: bearer, http, signal: ends, asking }));
      });
    } catch (error) {
      if (signal?.aborted) throw new Aborted();
      const told = asPortNamesIt(error, progress);
      // A cluster that was made again has another endpoint and another authority.
      if (told instanceof DrillError && told.code === 'tls-failed') endpoints.delete(keyOf(cluster));
      throw told;
    }
  };

  const asked = async <T>(cluster: Cluster, signal: AbortSignal | undefined, ask: Ask<T>): Promise<T> => {
    if (signal?.aborted) throw new Aborted();
    let anew = false;
    for (let tries = 1; ; tries += 1) {
      try {
        const answer = await once(cluster, signal, ask, anew);
        logins.worked(keyOf(cluster));
        return answer;
      } catch (error) {
        const { name, cause } = error as Error;
        if (name === 'Unauthorized' && !anew) {
          // EKS is asked on the way, so that a session that has ended is noticed, and a new one waited for.
          anew = true;
          endpoints.delete(keyOf(cluster));
          continue;
        }
        if (name === 'Unauthorized') throw logins.refused(keyOf(cluster), error);
        if (!['Conflict', 'Throttled'].includes(name)) throw error;
        // Someone else changed the same object just then, or the API has too much to do: nothing was done.
        if (tries === TRIES) throw name === 'Conflict' ? named('Unavailable', (error as Error).message, cause) : error;
        const afterMs = retryAfterMs(cause) ?? AGAIN_AFTER_MS * 2 ** tries;
        await clock.sleep(Math.min(AGAIN_MAX_MS, afterMs), signal);
      }
    }
  };

  return {
    deployment: (cluster, name, signal) =>
      asked(cluster, signal, async (apis) => {
        const found = await apis.apps.readNamespacedDeployment({ name, namespace: cluster.namespace });
        return describe(found, await environmentOf({ found, namespace: cluster.namespace }, apis, variables));
      }),
    troubles: (cluster, name, signal) =>
      asked(cluster, signal, async (apis) => {
        const found = await apis.apps.readNamespacedDeployment({ name, namespace: cluster.namespace });
        return troublesOf(found, cluster.namespace, apis);
      }),
    scale: (cluster, name, replicas, signal) =>
      asked(cluster, signal, async ({ apps, merge }) => {
        const body = { spec: { replicas } };
        await apps.patchNamespacedDeploymentScale({ name, namespace: cluster.namespace, body }, merge);
      }),
    autoscalers: (cluster, signal) =>
      asked(cluster, signal, async ({ autoscaling }) => {
        const { items } = await autoscaling.listNamespacedHorizontalPodAutoscaler({ namespace: cluster.namespace });
        return items.flatMap(autoscalerOf);
      }),
    setMinimum: (cluster, name, bounds, signal) =>
      asked(cluster, signal, async ({ autoscaling, merge }) => {
        const at = { name, namespace: cluster.namespace };
        await autoscaling.patchNamespacedHorizontalPodAutoscaler({ ...at, body: minimumPatch(bounds) }, merge);
      }),
    setEnvironment: (cluster, name, values, signal) =>
      asked(cluster, signal, async (apis) => {
        const found = await apis.apps.readNamespacedDeployment({ name, namespace: cluster.namespace });
        await setEnvironment({ found, namespace: cluster.namespace }, apis, values, clock.nowMs());
      }),
    may: (cluster, access, signal) =>
      asked(cluster, signal, async ({ authorization }) => {
        const spec = { resourceAttributes: attributesOf(access, cluster.namespace) };
        const { status } = await authorization.createSelfSubjectAccessReview({ body: { spec } });
        return { allowed: status?.allowed ?? false, reason: status?.reason ?? '' };
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

/** Nodes are in no namespace, and one that is made is in none yet. */
const CLUSTER_WIDE = /^(\w+ nodes|create namespaces)$/;

/** `patch deployments.apps/scale` in the parts that Kubernetes asks for. */
function attributesOf(access: string, namespace: string) {
  const [verb = '', what = ''] = access.split(' ');
  const [named = '', subresource] = what.split('/');
  const [resource = '', group = ''] = named.split('.');
  return {
    ...{ verb, group, resource },
    ...(subresource !== undefined && { subresource }),
    ...(!CLUSTER_WIDE.test(access) && { namespace }),
    ...(resource === 'namespaces' && { name: namespace }),
  };
}

interface Endpoint {
  endpoint: string;
  certificateAuthority: string;
}

type Ask<T> = (apis: Apis) => Promise<T>;

/** How long the API asks clients to wait. */
function retryAfterMs(cause: unknown): number | undefined {
  const seconds = Number((cause as { headers?: Record<string, string> } | undefined)?.headers?.['retry-after']);
  return Number.isNaN(seconds) ? undefined : seconds * 1000;
}

function describe(found: V1Deployment, { environment, unread }: Environment): Deployment {
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
    unread,
  };
}
