import { afterFits, isCompute } from '../fits.ts';
import type { KindOfComponent } from '../verbs.ts';
import { configurationArchiveExample } from './example.ts';
import { isOfCompute } from './fits.ts';
import { archiveLook } from './looks.ts';
import { chooseArchive } from './steps/choose-archive.ts';
import { compareObjects } from './steps/compare-objects.ts';
import { deleteNamespace } from './steps/delete-namespace.ts';
import { makeNamespace } from './steps/make-namespace.ts';
import { restoreObjects } from './steps/restore-objects.ts';

/** Archives of the objects of a Kubernetes namespace, in a bucket. */
export const configurationArchive: KindOfComponent<'configuration-archive'> = {
  kind: 'configuration-archive',
  group: 'data',
  title: 'archives of a Kubernetes namespace',
  verbs: {},
  steps: [chooseArchive, compareObjects, deleteNamespace, makeNamespace, restoreObjects],
  looks: { archive: archiveLook },
  discovery: { title: 'archives of Kubernetes objects', not: 'only who writes them knows the bucket' },
  example: configurationArchiveExample,
  fits: (one, topology, path) => [
    ...isCompute(one.of, [...path, 'of'], topology),
    ...isOfCompute(one, topology, path),
    ...afterFits(one, topology),
  ],
};
