import * as z from 'zod';
import type { Kind, KubernetesObject } from '../../../ports/kubernetes.ts';
import { given } from '../../../steps/given.ts';
import { defineStep, type StepContext } from '../../../steps/step.ts';
import { accessNeed, clusterPermissions, kubectl } from '../../kubernetes/cluster.ts';
import { cluster } from '../../kubernetes/needs.ts';
import { archive, archivedCluster, archiveGiven, chosenArchive, objectsIn, readArchivePermissions } from './archive.ts';
import { accessTo, bare, changedMs, isMade, isOf, isSame, kinds, stilled } from './objects.ts';
import { scratch, scratchGiven, scratchOf } from './scratch-namespace.ts';

const params = scratch.extend({ archive: archive.extend({ madeMs: z.number() }), living: cluster });
type Params = z.output<typeof params>;

/**
 * Compares object by object what was restored with the archive, and the archive with what lives. Of what is in them it says no more than
 * whether they are the same.
 */
export const compareObjects = defineStep<Params, { failed: string[] }>({
  kind: 'kubernetes.compare-objects',
  params,
  given: given(z.strictObject({ ...scratchGiven, ...archiveGiven }), (asked, around) => ({
    ...scratchOf(asked, around),
    archive: chosenArchive(asked.archive, around),
    living: archivedCluster(around),
  })),
  needs: ({ cluster, living }) => [
    { need: 'namespace', cluster: living, state: 'there' },
    ...[cluster, living].map((where) => accessNeed(where, accessTo(['list']))),
  ],
  plane: 'data',
  title: ({ cluster: { namespace }, living }) =>
    `Compare ${namespace} with the archive, and the archive with ${living.namespace} in ${living.cluster}`,
  region: (target) => target.cluster.region,
  calls: ['s3:GetObject'],
  permissions: (target, account) => [
    ...clusterPermissions(target.cluster, account),
    ...clusterPermissions(target.living, account),
    ...readArchivePermissions(target.archive),
  ],
  command: (target) =>
    `${kubectl(target.cluster, ['diff -f archive'])} && ${kubectl(target.living, ['diff -f archive'])}`,
  doneWhen: () => 'No difference is shown that you cannot explain.',
  usuallyMs: () => 2_000,
  observe: async () => ({ done: false, underway: true, state: null }),
  async settle(target, context) {
    const [archived, restored, living] = (
      await Promise.all([
        objectsIn(target.archive, context),
        context.kubernetes.objects(target.cluster, kinds, context.signal),
        context.kubernetes.objects(target.living, kinds, context.signal),
      ])
    ).map((objects) => objects.filter(isMade)) as [KubernetesObject[], KubernetesObject[], KubernetesObject[]];
    const failed: string[] = [];
    for (const kind of kinds) {
      const [wanted, found, there] = [archived, restored, living].map((all) => all.filter((one) => isOf(one, kind)));
      for (const one of [
        againstArchive(kind, target, { wanted: wanted ?? [], found: found ?? [] }),
        againstLiving(kind, target, { wanted: there ?? [], found: wanted ?? [] }),
      ]) {
        if (one && !note(one, context)) failed.push(one.check);
      }
    }
    return { failed };
  },
});

interface Sides {
  wanted: KubernetesObject[];
  found: KubernetesObject[];
}

interface Compared {
  check: string;
  title: string;
  instance: string;
  /** Objects that are not as they should be. */
  wrong: string[];
  of: number;
  besides?: string | undefined;
}

/** What was restored holds what the archive holds. */
function againstArchive({ kind }: Kind, { cluster: { namespace } }: Params, sides: Sides): Compared | undefined {
  const { wanted } = sides;
  if (wanted.length === 0) return undefined;
  const wrong = wanted.map(stilled).filter((one) => !hasTwin(one, sides.found));
  const title = `Each ${kind} of the archive was restored, and is the same`;
  return { check: `restored-${kind}`, title, instance: namespace, wrong: wrong.map(nameOf), of: wanted.length };
}

/** The archive holds what lived when it was made. What was made or changed since cannot be in it: it would be lost. */
function againstLiving({ kind }: Kind, { living, archive: { madeMs } }: Params, sides: Sides): Compared | undefined {
  const older = sides.wanted.filter((one) => changedMs(one) <= madeMs);
  if (older.length === 0) return undefined;
  const wrong = older.map(bare).filter((one) => !hasTwin(one, sides.found.map(bare)));
  const since = sides.wanted.length - older.length;
  return {
    check: `archived-${kind}`,
    title: `Each ${kind} that has not changed since is in the archive, and is the same`,
    instance: living.namespace,
    wrong: wrong.map(nameOf),
    of: older.length,
    besides: since > 0 ? `${since} made or changed since would be lost` : undefined,
  };
}

const hasTwin = (object: KubernetesObject, among: readonly KubernetesObject[]): boolean =>
  among.some((one) => one.metadata.name === object.metadata.name && isSame(object, one));

const nameOf = ({ metadata }: KubernetesObject): string => metadata.name;

function note({ check, title, instance, wrong, of, besides }: Compared, { record }: StepContext): boolean {
  const detail = [`${of - wrong.length} of ${of} are there and the same`, besides].filter(Boolean).join('; ');
  record({ type: 'data-check', check, title, instance, ok: wrong.length === 0, detail, rows: wrong });
  return wrong.length === 0;
}
