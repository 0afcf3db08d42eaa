import type { Cluster, Kind, Kubernetes, KubernetesObject } from '../../ports/kubernetes.ts';
import { named } from '../faults.ts';
import type { Namespace } from '../state.ts';
import { at, plan } from '../timeline.ts';
import { nextDraw, type World } from '../world.ts';
import { established, madeByItself, objectsOf } from './objects.ts';
import { isSamePlace, placesOf } from './place.ts';

/** Namespaces beside those of the topology, and what is in them. */
export const namespacesOf = (
  world: World,
  arrive: (cluster: Cluster, signal?: AbortSignal) => Promise<void>,
): Pick<Kubernetes, 'namespace' | 'createNamespace' | 'deleteNamespace' | 'objects' | 'apply'> => ({
  async namespace(cluster, signal) {
    await arrive(cluster, signal);
    const found = namespaceIn(world, cluster);
    if (found) return { labels: { ...found.labels }, deleting: at(found.phase, world.clock.nowMs()) === 'Terminating' };
    return isTaken(world, cluster) ? { labels: {}, deleting: false } : undefined;
  },

  async createNamespace(cluster, labels, signal) {
    await arrive(cluster, signal);
    const { region, cluster: home, namespace: name } = cluster;
    if (namespaceIn(world, cluster) || isTaken(world, cluster)) {
      throw named('AlreadyExists', `namespaces "${name}" already exists`);
    }
    const nowMs = world.clock.nowMs();
    const objects = madeByItself(name).map((one) => established(one, name, nowMs));
    world.namespaces.push({ region, cluster: home, name, labels: { ...labels }, phase: [[nowMs, 'Active']], objects });
  },

  async deleteNamespace(cluster, signal) {
    await arrive(cluster, signal);
    const found = foundNamespace(world, cluster);
    const nowMs = world.clock.nowMs();
    if (at(found.phase, nowMs) === 'Terminating') return;
    const takesMs = world.durations.namespaceDeletion(nextDraw(world, `namespace-deletion/${found.name}`));
    const goneMs = nowMs + Math.round(takesMs);
    const stays = world.simulation.configuration.namespaceStays;
    plan(found.phase, nowMs, [[nowMs, 'Terminating'], ...(stays ? [] : [[goneMs, null] as [number, null]])]);
  },

  async objects(cluster, kinds, signal) {
    await arrive(cluster, signal);
    return structuredClone(objectsIn(world, cluster).filter((one) => kinds.some((kind) => isOf(one, kind))));
  },

  async apply(cluster, object, signal) {
    await arrive(cluster, signal);
    const namespace = foundNamespace(world, cluster);
    const { kind, metadata } = object;
    const name = `${kind.toLowerCase()}s "${metadata.name}"`;
    if (at(namespace.phase, world.clock.nowMs()) === 'Terminating') {
      throw named('Forbidden', `${name} is forbidden: namespace ${namespace.name} is being terminated`);
    }
    if (world.simulation.configuration.refuses && kind === 'Secret') {
      throw named('Forbidden', `${name} is forbidden: exceeded quota: secrets, used: secrets=0, limited: secrets=0`);
    }
    const others = namespace.objects.filter((one) => !isOf(one, object) || one.metadata.name !== metadata.name);
    const { metadata: _, ...rest } = structuredClone(object);
    const taken = established({ ...rest, name: metadata.name }, namespace.name, world.clock.nowMs());
    namespace.objects = [...others, { ...taken, metadata: { ...metadata, ...taken.metadata } }];
  },
});

function objectsIn(world: World, cluster: Cluster): KubernetesObject[] {
  const { topology, deployments, startMs } = world;
  if (isDescribed(topology, cluster)) {
    const here = deployments.filter((one) => isSamePlace(one, cluster));
    return objectsOf(cluster.namespace, here, startMs);
  }
  const { objects = [] } = namespaceIn(world, cluster) ?? {};
  return objects.slice(0, objects.length - world.simulation.configuration.drops);
}

const isOf = (object: Kind, { apiVersion, kind }: Kind): boolean =>
  object.apiVersion === apiVersion && object.kind === kind;

function namespaceIn(
  { namespaces, clock }: World,
  { region, cluster, namespace: name }: Cluster,
): Namespace | undefined {
  return namespaces.findLast(
    (one) =>
      one.region === region && one.cluster === cluster && one.name === name && at(one.phase, clock.nowMs()) !== null,
  );
}

function foundNamespace(world: World, cluster: Cluster): Namespace {
  const found = namespaceIn(world, cluster);
  if (found) return found;
  throw named('NotFound', `namespaces "${cluster.namespace}" not found`);
}

/** Whether someone else has that name, with labels of their own: the topology's computes have theirs. */
const isTaken = ({ simulation, topology }: World, cluster: Cluster): boolean =>
  simulation.configuration.namespaceTaken || isDescribed(topology, cluster);

const isDescribed = (topology: World['topology'], cluster: Cluster): boolean =>
  placesOf(topology).some((one) => isSamePlace(one, cluster));
