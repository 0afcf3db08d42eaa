import { afterFits } from '../fits.ts';
import type { KindOfComponent } from '../verbs.ts';
import { discoverBuckets } from './discover.ts';
import { s3ReplicationExample } from './example.ts';
import { bucketsDiffer } from './fits.ts';
import { bucketLook } from './looks.ts';
import { compareReplica } from './steps/compare-replica.ts';
import { deleteObject } from './steps/delete-object.ts';
import { removeVersions } from './steps/remove-versions.ts';
import { restoreVersion } from './steps/restore-version.ts';
import { waitForReplication } from './steps/wait-for-replication.ts';
import { writeObject } from './steps/write-object.ts';

/** A bucket that is replicated to one in the other region. */
export const s3Replication: KindOfComponent<'s3-replication'> = {
  kind: 's3-replication',
  group: 'data',
  title: 'a replicated bucket',
  verbs: {},
  steps: [compareReplica, deleteObject, removeVersions, restoreVersion, waitForReplication, writeObject],
  looks: { bucket: bucketLook },
  discovery: { title: 'replicated buckets', discover: discoverBuckets },
  example: s3ReplicationExample,
  fits: (one, topology, path) => [...bucketsDiffer(one, topology, path), ...afterFits(one, topology)],
};
