import type { CoreV1Event, V1ContainerStatus, V1Deployment, V1Pod } from '@kubernetes/client-node';
import type { Trouble } from '../ports/kubernetes.ts';
import type { Apis } from './kubernetes-api.ts';

/** So many troubles are reported, the gravest first. */
const TOLD = 8;

/**
 * Why pods of a deployment are not ready: what the deployment itself says, then its pods, then the newest warnings about any of it. What may
 * not be read is reported as such.
 */
export async function troublesOf(found: V1Deployment, namespace: string, { core }: Apis): Promise<Trouble[]> {
  const { metadata, spec, status } = found;
  const name = metadata?.name ?? '';
  const wanted = spec?.replicas ?? 1;
  if ((status?.readyReplicas ?? 0) >= wanted && (status?.updatedReplicas ?? 0) >= wanted) return [];
  const labelSelector = selectorOf(found);
  const pods = await orForbidden('pods', namespace, async () =>
    (await core.listNamespacedPod({ namespace, labelSelector })).items.filter((pod) => !isReady(pod)),
  );
  const events = await orForbidden(
    'events',
    namespace,
    async () => (await core.listNamespacedEvent({ namespace, fieldSelector: 'type=Warning' })).items,
  );
  return [
    ...conditionsOf(found),
    ...counted(name, (pods.found ?? []).flatMap(podTroubles)),
    ...warningsAbout(name, pods.found ?? [], events.found ?? []),
    ...pods.trouble,
    ...events.trouble,
  ].slice(0, TOLD);
}

/** A ReplicaSet that may make no pods, and a roll-out that has come to nothing. */
function conditionsOf({ metadata, status }: V1Deployment): Trouble[] {
  const about = `Deployment ${metadata?.name}`;
  return (status?.conditions ?? [])
    .filter(
      ({ type, status: is }) =>
        (type === 'ReplicaFailure' && is === 'True') || (type === 'Progressing' && is === 'False'),
    )
    .map(({ reason = 'unknown', message = '' }) => ({ about, reason, message }));
}

const isReady = ({ status }: V1Pod): boolean =>
  (status?.conditions ?? []).some((one) => one.type === 'Ready' && one.status === 'True');

type Told = Omit<Trouble, 'about'>;

function podTroubles({ status }: V1Pod): Told[] {
  const unscheduled = (status?.conditions ?? []).find((one) => one.type === 'PodScheduled' && one.status === 'False');
  if (unscheduled) return [{ reason: unscheduled.reason ?? 'Unschedulable', message: unscheduled.message ?? '' }];
  const containers = [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])];
  return containers.flatMap(containerTrouble);
}

/** A container that is only being made is no trouble. */
function containerTrouble({ name, state, lastState }: V1ContainerStatus): Told[] {
  const { waiting } = state ?? {};
  const ended = state?.terminated ?? lastState?.terminated;
  if (waiting?.reason && !['ContainerCreating', 'PodInitializing'].includes(waiting.reason)) {
    const last = ended ? ` It ended with ${ended.exitCode}${ended.reason ? ` (${ended.reason})` : ''}.` : '';
    return [{ reason: waiting.reason, message: `${name}: ${waiting.message ?? 'it waits'}${last}` }];
  }
  if (state?.terminated && state.terminated.exitCode !== 0) {
    const { exitCode, reason = 'Error' } = state.terminated;
    return [{ reason, message: `${name}: it ended with ${exitCode}.` }];
  }
  return [];
}

/** The same of several pods is reported once. */
function counted(deployment: string, troubles: readonly Told[]): Trouble[] {
  const counts = new Map<string, { one: Told; pods: number }>();
  for (const one of troubles) {
    const key = `${one.reason}/${withoutPod(one.message)}`;
    counts.set(key, { one, pods: (counts.get(key)?.pods ?? 0) + 1 });
  }
  return [...counts.values()].map(({ one, pods }) => ({
    about: `${pods} ${pods === 1 ? 'pod' : 'pods'} of ${deployment}`,
    ...one,
  }));
}

/** What Kubernetes says of a pod may name it. */
const withoutPod = (message: string): string => message.replace(/\S*-[a-z0-9]{8,10}-[a-z0-9]{5}\S*/g, '…');

/** The newest warning of each reason about the deployment, its ReplicaSets and pods, and the volumes that its pods claim. */
function warningsAbout(deployment: string, pods: readonly V1Pod[], events: readonly CoreV1Event[]): Trouble[] {
  const claims = pods.flatMap(({ spec }) =>
    (spec?.volumes ?? []).flatMap(({ persistentVolumeClaim: claim }) => (claim ? [claim.claimName] : [])),
  );
  const podNames = pods.map(({ metadata }) => metadata?.name);
  const isAbout = ({ involvedObject: { kind, name = '' } }: CoreV1Event): boolean =>
    (kind === 'Deployment' && name === deployment) ||
    (kind === 'ReplicaSet' && name.replace(/-[a-z0-9]+$/, '') === deployment) ||
    (kind === 'Pod' && podNames.includes(name)) ||
    (kind === 'PersistentVolumeClaim' && claims.includes(name));
  const newest = new Map<string, CoreV1Event>();
  for (const event of events.filter(isAbout).toSorted((a, b) => atMs(a) - atMs(b))) {
    newest.set(`${event.involvedObject.kind}/${event.reason}`, event);
  }
  return [...newest.values()].map(({ involvedObject: { kind, name }, reason = 'unknown', message = '' }) => ({
    about: `${kind} ${name}`,
    reason,
    message,
  }));
}

const atMs = ({ lastTimestamp, eventTime, metadata }: CoreV1Event): number =>
  Date.parse(String(lastTimestamp ?? eventTime ?? metadata.creationTimestamp ?? 0)) || 0;

function selectorOf({ spec }: V1Deployment): string {
  const { matchLabels = {}, matchExpressions = [] } = spec?.selector ?? {};
  const expressions = matchExpressions.map(({ key, operator, values = [] }) => {
    if (operator === 'Exists') return key;
    if (operator === 'DoesNotExist') return `!${key}`;
    return `${key} ${operator === 'In' ? 'in' : 'notin'} (${values.join()})`;
  });
  return [...Object.entries(matchLabels).map(([key, value]) => `${key}=${value}`), ...expressions].join();
}

/** A role that may scale need not be allowed to read why nothing comes of it. */
async function orForbidden<T>(
  what: string,
  namespace: string,
  read: () => Promise<T>,
): Promise<{ found?: T; trouble: Trouble[] }> {
  try {
    return { found: await read(), trouble: [] };
  } catch (error) {
    if ((error as { code?: unknown }).code !== 403) throw error;
    const message = `the drill's role may not list ${what} in ${namespace}: grant it get and list on ${what} to see more`;
    return { trouble: [{ about: what, reason: 'Forbidden', message }] };
  }
}
