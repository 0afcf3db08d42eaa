import type * as z from 'zod';
import { strictObject } from 'zod';
import { given } from '../given.ts';
import { until, untilAnswered } from '../poll.ts';
import { defineStep } from '../step.ts';
import { clusterPermissions, kubectl } from './cluster.ts';
import { isOurs, scratch, scratchGiven, scratchOf } from './scratch-namespace.ts';

/** Deletes the scratch namespace with everything in it, and only one that bears this drill's label. */
export const deleteNamespace = defineStep<z.output<typeof scratch>>({
  kind: 'kubernetes.delete-namespace',
  params: scratch,
  given: given(strictObject(scratchGiven), scratchOf),
  needs: () => [],
  plane: 'data',
  title: ({ cluster }) => `Delete the namespace ${cluster.namespace}`,
  region: ({ cluster }) => cluster.region,
  calls: [],
  permissions: ({ cluster }, account) => clusterPermissions(cluster, account),
  command: ({ cluster }) => kubectl(cluster, [`delete namespace ${cluster.namespace}`]),
  usuallyMs: () => 15_000,
  async observe(target, { kubernetes, signal }) {
    const found = await kubernetes.namespace(target.cluster, signal);
    return { done: !found || !isOurs(target, found.labels), state: null };
  },
  repeatable: true,
  async apply({ cluster }, context) {
    try {
      await untilAnswered(context, () => context.kubernetes.deleteNamespace(cluster, context.signal));
    } catch (error) {
      // Asked for before, and gone by now.
      if ((error as Error).name !== 'NotFound') throw error;
    }
    return undefined;
  },
  async settle(target, context) {
    await until(context, async () => {
      const found = await context.kubernetes.namespace(target.cluster, context.signal);
      return found && isOurs(target, found.labels) ? undefined : true;
    });
    return null;
  },
});
