import { strictObject } from 'zod';
import { given } from '../../../steps/given.ts';
import { labelsFor, markedBy } from '../../../steps/mark.ts';
import { until } from '../../../steps/poll.ts';
import { defineStep, type StepContext } from '../../../steps/step.ts';
import { accessNeed, clusterPermissions, kubectl } from '../../kubernetes/cluster.ts';
import { things } from '../../kubernetes/needs.ts';
import { mustBeOurs, type Scratch, scratch, scratchGiven, scratchOf } from './scratch-namespace.ts';

/** Makes a namespace to restore into, beside the live one. */
export const makeNamespace = defineStep<Scratch>({
  kind: 'kubernetes.make-namespace',
  params: scratch,
  given: given(strictObject(scratchGiven), scratchOf),
  needs: ({ cluster, drill }) => [
    { need: 'namespace', cluster, state: 'free', drill },
    accessNeed(cluster, ['get namespaces', 'create namespaces']),
  ],
  alters: ({ cluster }) => [things.namespace(cluster)],
  plane: 'data',
  title: ({ cluster }) => `Create the namespace ${cluster.namespace} in ${cluster.cluster}`,
  region: ({ cluster }) => cluster.region,
  calls: [],
  permissions: ({ cluster }, account) => clusterPermissions(cluster, account),
  command: (target) => {
    const { namespace } = target.cluster;
    const labels = Object.entries(labelsFor(target)).map(([key, value]) => `${key}=${value}`);
    return kubectl(target.cluster, [`create namespace ${namespace}`, `label namespace ${namespace} ${labels}`]);
  },
  doneWhen: () => 'The namespace is Active.',
  usuallyMs: () => 200,
  async observe(target, context) {
    const { kubernetes, signal } = context;
    const found = await kubernetes.namespace(target.cluster, signal);
    if (found && !found.deleting) mustBeOurs(target, found.labels, context);
    return { done: found !== undefined && !found.deleting, state: null };
  },
  async apply(target, context) {
    const { kubernetes, signal } = context;
    await untilGone(target, context);
    try {
      await kubernetes.createNamespace(target.cluster, labelsFor(markedBy(target.drill, context)), signal);
    } catch (error) {
      if ((error as Error).name !== 'AlreadyExists') throw error;
      // An earlier try has made it, or someone else has.
      const found = await kubernetes.namespace(target.cluster, signal);
      if (!found || found.deleting) throw error;
      mustBeOurs(target, found.labels, context);
    }
    return undefined;
  },
});

/** A namespace that is being deleted keeps its name until everything in it is gone, which can take minutes. */
async function untilGone({ cluster }: Scratch, context: StepContext): Promise<void> {
  const { kubernetes, signal, record, step } = context;
  let told = false;
  await until(context, async () => {
    if (!(await kubernetes.namespace(cluster, signal))?.deleting) return true;
    const reasons = [`the namespace ${cluster.namespace} is still being deleted`];
    if (!told) record({ type: 'not-ready', step, subject: cluster.namespace, reasons });
    told = true;
    return undefined;
  });
}
