import { globalClusterLook } from '../components/aurora-global/looks.ts';
import { archiveLook } from '../components/configuration-archive/looks.ts';
import { deploymentsLook } from '../components/eks/looks/deployments.ts';
import { accessLook } from '../components/eks/looks/kubernetes-access.ts';
import { namespaceLook } from '../components/eks/looks/namespaces.ts';
import { nodeGroupLook } from '../components/eks/looks/node-groups.ts';
import { cacheDatastoreLook } from '../components/elasticache-global/looks/cache-datastores.ts';
import { cacheGroupLook, cacheSnapshotLook } from '../components/elasticache-global/looks/cache-groups.ts';
import {
  cacheParameterGroupLook,
  cacheSubnetGroupLook,
} from '../components/elasticache-global/looks/cache-placement.ts';
import { kafkaClusterLook, kafkaMirrorLook } from '../components/kafka/looks.ts';
import { backupsLook } from '../components/rds-replica/looks/backups.ts';
import { freeSnapshotLook } from '../components/rds-replica/looks/free-snapshots.ts';
import {
  instanceClassLook,
  optionGroupLook,
  parameterGroupLook,
  subnetGroupLook,
} from '../components/rds-replica/looks/groups.ts';
import { instanceLook } from '../components/rds-replica/looks/instances.ts';
import { keyLook } from '../components/rds-replica/looks/keys.ts';
import { replicationLook } from '../components/rds-replica/looks/replication.ts';
import { securityGroupsLook } from '../components/rds-replica/looks/security-groups.ts';
import { publicNameLook } from '../components/route53/looks/records.ts';
import { routingControlsLook } from '../components/route53/looks/routing-controls.ts';
import { bucketLook } from '../components/s3-replication/looks.ts';
import { secretLook } from '../components/secrets/looks.ts';
import { alarmLook } from '../steps/account/alarms.ts';
import { failureInjectionLook } from '../steps/account/failure-injection.ts';
import { loginLook } from '../steps/account/logins.ts';
import { type Look, type LookContext, type LookFor, looked } from '../steps/account/look.ts';
import { metricLook } from '../steps/account/metrics.ts';
import { topicLook } from '../steps/account/notices.ts';
import { documentLook, functionLook, templateLook } from '../steps/account/platform.ts';
import { quotaLook } from '../steps/account/quotas.ts';
import { sessionLook } from '../steps/account/session.ts';
import type { Need, NeedKind, NeedOf } from '../steps/needs.ts';
import type { Permission } from '../steps/step.ts';
import { witnessLook } from './quorum/witness.ts';

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
