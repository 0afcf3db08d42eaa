import type * as z from 'zod';
import { strictObject } from 'zod';
import { given } from '../../../steps/given.ts';
import { isOfDrill, markInLabels, tellLeftover } from '../../../steps/mark.ts';
import { untilAnswered } from '../../../steps/poll.ts';
import { defineStep } from '../../../steps/step.ts';
import { untilGone } from '../../../steps/until-gone.ts';
import { accessNeed, clusterPermissions, kubectl } from '../../kubernetes/cluster.ts';
import { things } from '../../kubernetes/needs.ts';
import { scratch, scratchGiven, scratchOf } from './scratch-namespace.ts';

/** Deletes the scratch namespace with everything in it, and only one that bears this drill's label. */
export const deleteNamespace = defineStep<z.output<typeof scratch>>({
  kind: 'kubernetes.delete-namespace',
  params: scratch,
  given: given(strictObject(scratchGiven), scratchOf),
  needs: ({ cluster }) => [accessNeed(cluster, ['get namespaces', 'delete namespaces'])],
  alters: ({ cluster }) => [things.namespace(cluster)],
  plane: 'data',
  title: ({ cluster }) => `Delete the namespace ${cluster.namespace}`,
  region: ({ cluster }) => cluster.region,
  calls: [],
  permissions: ({ cluster }, account) => clusterPermissions(cluster, account),
  command: ({ cluster }) => kubectl(cluster, [`delete namespace ${cluster.namespace}`]),
  doneWhen: () => 'The namespace is gone.',
  usuallyMs: () => 15_000,
  async observe({ cluster, drill }, context) {
    const found = await context.kubernetes.namespace(cluster, context.signal);
    if (!found) return { done: true, state: null };
    const mark = markInLabels(found.labels);
    if (!isOfDrill(mark, drill)) context.notDone(`${cluster.namespace} was not made by this drill, and is left alone`);
    else if (!found.deleting) tellLeftover(mark, { what: cluster.namespace, drill }, context);
    return { done: !isOfDrill(mark, drill), state: null };
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
  async settle({ cluster, drill }, context) {
    await untilGone(context, cluster.namespace, async () => {
      const found = await context.kubernetes.namespace(cluster, context.signal);
      return found !== undefined && isOfDrill(markInLabels(found.labels), drill);
    });
    return null;
  },
});
