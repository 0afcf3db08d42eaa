import type { Need, NeedKind, NeedOf } from '../needs.ts';
import type { Permission } from '../step.ts';
import { alarmLook } from './alarms.ts';
import { archiveLook } from './archives.ts';
import { backupsLook } from './backups.ts';
import { bucketLook } from './buckets.ts';
import { cacheDatastoreLook } from './cache-datastores.ts';
import { cacheGroupLook, cacheSnapshotLook } from './cache-groups.ts';
import { cacheParameterGroupLook, cacheSubnetGroupLook } from './cache-placement.ts';
import { deploymentsLook } from './deployments.ts';
import { failureInjectionLook } from './failure-injection.ts';
import { freeSnapshotLook } from './free-snapshots.ts';
import { globalClusterLook } from './global-clusters.ts';
import { instanceClassLook, optionGroupLook, parameterGroupLook, subnetGroupLook } from './groups.ts';
import { instanceLook } from './instances.ts';
import { kafkaClusterLook, kafkaMirrorLook } from './kafka.ts';
import { keyLook } from './keys.ts';
import { accessLook } from './kubernetes-access.ts';
import { loginLook } from './logins.ts';
import { type Look, type LookContext, type LookFor, looked } from './look.ts';
import { metricLook } from './metrics.ts';
import { namespaceLook } from './namespaces.ts';
import { nodeGroupLook } from './node-groups.ts';
import { topicLook } from './notices.ts';
import { documentLook, functionLook, templateLook } from './platform.ts';
import { quotaLook } from './quotas.ts';
import { publicNameLook } from './records.ts';
import { replicationLook } from './replication.ts';
import { routingControlsLook } from './routing-controls.ts';
import { secretLook } from './secrets.ts';
import { securityGroupsLook } from './security-groups.ts';
import { sessionLook } from './session.ts';
import { witnessLook } from './witness.ts';

const looks: { [K in NeedKind]: LookFor<K> } = {
  alarm: alarmLook,
  'aws-session': sessionLook,
  archive: archiveLook,
  bucket: bucketLook,
  'cache-datastore': cacheDatastoreLook,
  'cache-group': cacheGroupLook,
  'cache-parameter-group': cacheParameterGroupLook,
  'cache-snapshot': cacheSnapshotLook,
  'cache-subnet-group': cacheSubnetGroupLook,
  'database-login': loginLook,
  'db-class': instanceClassLook,
  'db-option-group': optionGroupLook,
  'db-parameter-group': parameterGroupLook,
  'db-subnet-group': subnetGroupLook,
  deployments: deploymentsLook,
  'failure-injection': failureInjectionLook,
  'fis-template': templateLook,
  'kafka-cluster': kafkaClusterLook,
  'kafka-mirror': kafkaMirrorLook,
  'kms-key': keyLook,
  'kubernetes-access': accessLook,
  'lambda-function': functionLook,
  metric: metricLook,
  namespace: namespaceLook,
  'node-group': nodeGroupLook,
  'public-name': publicNameLook,
  quota: quotaLook,
  'rds-backups': backupsLook,
  'rds-free-snapshot': freeSnapshotLook,
  'rds-global-cluster': globalClusterLook,
  'rds-instance': instanceLook,
  'rds-replication': replicationLook,
  'routing-controls': routingControlsLook,
  secret: secretLook,
  'security-groups': securityGroupsLook,
  'sns-topic': topicLook,
  'ssm-document': documentLook,
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
