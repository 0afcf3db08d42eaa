import type { Need, NeedKind, NeedOf } from '../needs.ts';
import type { Permission } from '../step.ts';
import { alarmLook } from './alarms.ts';
import { archiveLook } from './archives.ts';
import { backupsLook } from './backups.ts';
import { bucketLook } from './buckets.ts';
import { cacheDatastoreLook } from './cache-datastores.ts';
import { cacheGroupLook, cacheSnapshotLook } from './cache-groups.ts';
import { deploymentsLook } from './deployments.ts';
import { failureInjectionLook } from './failure-injection.ts';
import { freeSnapshotLook } from './free-snapshots.ts';
import { globalClusterLook } from './global-clusters.ts';
import { instanceLook } from './instances.ts';
import { kafkaClusterLook, kafkaMirrorLook } from './kafka.ts';
import { loginLook } from './logins.ts';
import { type Look, type LookContext, type LookFor, looked } from './look.ts';
import { metricLook } from './metrics.ts';
import { namespaceLook } from './namespaces.ts';
import { nodeGroupLook } from './node-groups.ts';
import { topicLook } from './notices.ts';
import { instanceQuotaLook } from './quotas.ts';
import { publicNameLook } from './records.ts';
import { replicationLook } from './replication.ts';
import { routingControlsLook } from './routing-controls.ts';
import { secretLook } from './secrets.ts';
import { sessionLook } from './session.ts';
import { witnessLook } from './witness.ts';

const looks: { [K in NeedKind]: LookFor<K> } = {
  alarm: alarmLook,
  'aws-session': sessionLook,
  archive: archiveLook,
  bucket: bucketLook,
  'cache-datastore': cacheDatastoreLook,
  'cache-group': cacheGroupLook,
  'cache-snapshot': cacheSnapshotLook,
  'database-login': loginLook,
  deployments: deploymentsLook,
  'failure-injection': failureInjectionLook,
  'kafka-cluster': kafkaClusterLook,
  'kafka-mirror': kafkaMirrorLook,
  metric: metricLook,
  namespace: namespaceLook,
  'node-group': nodeGroupLook,
  'public-name': publicNameLook,
  'rds-backups': backupsLook,
  'rds-free-snapshot': freeSnapshotLook,
  'rds-global-cluster': globalClusterLook,
  'rds-instance': instanceLook,
  'rds-instance-quota': instanceQuotaLook,
  'rds-replication': replicationLook,
  'routing-controls': routingControlsLook,
  secret: secretLook,
  'sns-topic': topicLook,
  witness: witnessLook,
};

/** The look for a need; the table above ties each kind to its own. */
const lookFor = (need: Need) => looks[need.need] as unknown as LookFor<NeedKind> & LookFor<never>;

export const callsFor = (need: Need): readonly string[] => lookFor(need).calls(need as NeedOf<never>);

export const permissionsFor = (need: Need, account: string): Permission[] =>
  lookFor(need).permissions(need as NeedOf<never>, account);

/** Looks at what a need is about. */
export const lookAt = (need: Need, context: LookContext): Promise<Look> => {
  const { look, subject } = lookFor(need);
  return looked(subject(need as NeedOf<never>), () => look(need as NeedOf<never>, context), context);
};
