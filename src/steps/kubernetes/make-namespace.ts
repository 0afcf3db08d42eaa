import type * as z from 'zod';
import { strictObject } from 'zod';
import { given } from '../given.ts';
import { defineStep } from '../step.ts';
import { clusterPermissions, kubectl } from './cluster.ts';
import { labelsOf, mustBeOurs, scratch, scratchGiven, scratchOf } from './scratch-namespace.ts';

/** Makes a namespace to restore into, beside the living one. */
export const makeNamespace = defineStep<z.output<typeof scratch>>({
  kind: 'kubernetes.make-namespace',
  params: scratch,
  given: given(strictObject(scratchGiven), scratchOf),
  plane: 'data',
  title: ({ cluster }) => `Make the namespace ${cluster.namespace} in ${cluster.cluster}`,
  region: ({ cluster }) => cluster.region,
  calls: [],
  permissions: ({ cluster }, account) => clusterPermissions(cluster, account),
  command: (target) => {
    const { namespace } = target.cluster;
    const labels = Object.entries(labelsOf(target)).map(([key, value]) => `${key}=${value}`);
    return kubectl(target.cluster, [`create namespace ${namespace}`, `label namespace ${namespace} ${labels}`]);
  },
  usuallyMs: () => 200,
  async observe(target, { kubernetes, signal }) {
    const found = await kubernetes.namespace(target.cluster, signal);
    if (found) mustBeOurs(target, found.labels);
    return { done: found !== undefined, state: null };
  },
  async apply(target, { kubernetes, signal }) {
    try {
      await kubernetes.createNamespace(target.cluster, labelsOf(target), signal);
    } catch (error) {
      if ((error as Error).name !== 'AlreadyExists') throw error;
      // An earlier try has made it, or somebody else has.
      const found = await kubernetes.namespace(target.cluster, signal);
      if (!found) throw error;
      mustBeOurs(target, found.labels);
    }
    return undefined;
  },
});
