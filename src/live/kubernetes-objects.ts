import type { Cluster, Kubernetes, KubernetesObject } from '../ports/kubernetes.ts';
import type { Apis } from './kubernetes-api.ts';

/** Asks one cluster within the time that an API may take, and names what it refuses. */
type Asked = <T>(cluster: Cluster, signal: AbortSignal | undefined, ask: (apis: Apis) => Promise<T>) => Promise<T>;

/** Under this name the API keeps which parts of an object are the drill's. */
const FIELD_MANAGER = 'dr-drill';

/** Namespaces, and objects of any kind in them. */
export const objectsThrough = (
  asked: Asked,
): Pick<Kubernetes, 'namespace' | 'createNamespace' | 'deleteNamespace' | 'objects' | 'apply'> => ({
  async namespace(cluster, signal) {
    try {
      return await asked(cluster, signal, async ({ core }) => {
        const { metadata } = await core.readNamespace({ name: cluster.namespace });
        return { labels: metadata?.labels ?? {}, deleting: metadata?.deletionTimestamp !== undefined };
      });
    } catch (error) {
      if ((error as Error).name === 'NotFound') return undefined;
      throw error;
    }
  },

  createNamespace: (cluster, labels, signal) =>
    asked(cluster, signal, async ({ core }) => {
      await core.createNamespace({ body: { metadata: { name: cluster.namespace, labels } } });
    }),

  deleteNamespace: (cluster, signal) =>
    asked(cluster, signal, async ({ core }) => {
      await core.deleteNamespace({ name: cluster.namespace });
    }),

  async objects(cluster, kinds, signal) {
    const found: KubernetesObject[] = [];
    for (const kind of kinds) {
      const items = await asked(cluster, signal, async ({ objects }) => {
        const list = await objects.list(kind.apiVersion, kind.kind, cluster.namespace);
        return list.items;
      });
      // The client has converted it to dates and classes, and items of a list do not say their kind.
      const plain = JSON.parse(JSON.stringify(items)) as Omit<KubernetesObject, 'kind' | 'apiVersion'>[];
      found.push(...plain.map((one) => ({ ...one, ...kind }) as KubernetesObject));
    }
    return found;
  },

  async apply(cluster, object, signal) {
    const patch = () =>
      asked(cluster, signal, async ({ objects, applying }) => {
        const here = { ...object, metadata: { ...object.metadata, namespace: cluster.namespace } };
        await objects.patch(here, undefined, undefined, FIELD_MANAGER, true, applying);
      });
    await patch().catch((error) => {
      // Another delivery of the request has just made it, so that it can be changed now.
      if ((error as Error).name !== 'AlreadyExists') throw error;
      return patch();
    });
  },
});
