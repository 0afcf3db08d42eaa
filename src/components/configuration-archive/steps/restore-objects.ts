import * as z from 'zod';
import { DrillError, isPassing, UnknownOutcome } from '../../../errors.ts';
import type { KubernetesObject } from '../../../ports/kubernetes.ts';
import { given } from '../../../steps/given.ts';
import { untilAnswered } from '../../../steps/poll.ts';
import { defineStep, type StepContext } from '../../../steps/step.ts';
import { accessNeed, clusterPermissions, kubectl } from '../../kubernetes/cluster.ts';
import { archive, archiveGiven, chosenArchive, objectsIn, readArchivePermissions } from './archive.ts';
import { accessTo, isMade, isRestored, stilled } from './objects.ts';
import { scratch, scratchGiven, scratchOf } from './scratch-namespace.ts';

const params = scratch.extend({ archive });
type Params = z.output<typeof params>;
type Restored = { restored: Record<string, number>; leftOut: Record<string, number> };

/** Applies an archive's objects in a scratch namespace, where none of them runs: their pods would work on living data. */
export const restoreObjects = defineStep<Params, Restored>({
  kind: 'kubernetes.restore-objects',
  params,
  given: given(z.strictObject({ ...scratchGiven, ...archiveGiven }), (asked, around) => ({
    ...scratchOf(asked, around),
    archive: chosenArchive(asked.archive, around),
  })),
  needs: ({ cluster }) => [accessNeed(cluster, accessTo(['create', 'patch']))],
  plane: 'data',
  title: (target) => `Restore ${target.archive.key} into the namespace ${target.cluster.namespace}`,
  region: ({ cluster }) => cluster.region,
  calls: ['s3:GetObject'],
  permissions: (target, account) => [
    ...clusterPermissions(target.cluster, account),
    ...readArchivePermissions(target.archive),
  ],
  command: ({ archive: { bucket, region, key }, cluster }) =>
    `aws s3 cp --region ${region} s3://${bucket}/${key} archive && ${kubectl(cluster, ['apply -f archive'])}  # with replicas: 0`,
  doneWhen: () => 'Every object is created, and no pod runs.',
  usuallyMs: () => 5_000,
  observe: async () => ({ done: false, state: null }),
  repeatable: true,
  async apply(target, context) {
    const archived = (await objectsIn(target.archive, context)).filter(isMade);
    for (const one of archived.filter(isRestored)) await untilAnswered(context, () => applied(one, target, context));
    return counted(archived);
  },
  async settle(target, context, _, receipt) {
    // An answer may have been lost after everything was applied; what the archive holds is the same whenever it is read.
    const { restored, leftOut } = (receipt ??
      counted((await objectsIn(target.archive, context)).filter(isMade))) as Restored;
    for (const [kind, count] of Object.entries(leftOut)) {
      context.record({
        type: 'finding',
        severity: 'note',
        subject: target.archive.key,
        what: `${count} of the kind ${kind} were not restored`,
        why: 'In a scratch namespace they would do nothing, or have effects beside it.',
        fix: 'Check that they can be made again some other way.',
      });
    }
    return { restored, leftOut };
  },
});

async function applied(object: KubernetesObject, { cluster }: Params, { kubernetes, signal }: StepContext) {
  try {
    await kubernetes.apply(cluster, stilled(object), signal);
  } catch (error) {
    signal.throwIfAborted();
    // An object can safely be applied again.
    if (isPassing(error) || error instanceof UnknownOutcome) throw error;
    // What an API says of a secret that it refuses may quote it.
    const { name, message } = error as Error;
    const why = object.kind === 'Secret' ? name : `${name}: ${message}`;
    throw new DrillError('object-refused', `${object.kind} ${object.metadata.name} could not be restored: ${why}`, {
      hint: 'See what admission and quotas of the cluster say to it.',
    });
  }
}

function counted(archived: readonly KubernetesObject[]): Restored {
  const count = (objects: readonly KubernetesObject[]) => {
    const counts: Record<string, number> = {};
    for (const { kind } of objects) counts[kind] = (counts[kind] ?? 0) + 1;
    return counts;
  };
  return { restored: count(archived.filter(isRestored)), leftOut: count(archived.filter((one) => !isRestored(one))) };
}
