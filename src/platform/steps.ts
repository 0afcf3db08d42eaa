import { failOverGlobalCluster } from '../components/aurora-global/steps/fail-over-global-cluster.ts';
import { fenceCluster } from '../components/aurora-global/steps/fence-cluster.ts';
import { findGlobalWriter } from '../components/aurora-global/steps/find-global-writer.ts';
import { proveGlobalWriter } from '../components/aurora-global/steps/prove-global-writer.ts';
import { switchOverGlobalCluster } from '../components/aurora-global/steps/switch-over-global-cluster.ts';
import { chooseArchive } from '../components/configuration-archive/steps/choose-archive.ts';
import { compareObjects } from '../components/configuration-archive/steps/compare-objects.ts';
import { deleteNamespace } from '../components/configuration-archive/steps/delete-namespace.ts';
import { makeNamespace } from '../components/configuration-archive/steps/make-namespace.ts';
import { restoreObjects } from '../components/configuration-archive/steps/restore-objects.ts';
import { pointApplications } from '../components/eks/steps/point-applications.ts';
import { proveCapacity } from '../components/eks/steps/prove-capacity.ts';
import { scaleDeployments } from '../components/eks/steps/scale-deployments.ts';
import { scaleNodeGroup } from '../components/eks/steps/scale-node-group.ts';
import { chooseSnapshot } from '../components/elasticache-global/steps/choose-snapshot.ts';
import { compareKeys } from '../components/elasticache-global/steps/compare-keys.ts';
import { deleteGroup } from '../components/elasticache-global/steps/delete-group.ts';
import { failOverDatastore } from '../components/elasticache-global/steps/fail-over-datastore.ts';
import { findPrimary } from '../components/elasticache-global/steps/find-primary.ts';
import { provePrimary } from '../components/elasticache-global/steps/prove-primary.ts';
import { restoreSnapshot } from '../components/elasticache-global/steps/restore-snapshot.ts';
import { awaitMarkers } from '../components/kafka/steps/await-markers.ts';
import { checkTranslation } from '../components/kafka/steps/check-translation.ts';
import { commitOffsets } from '../components/kafka/steps/commit-offsets.ts';
import { countMarkers } from '../components/kafka/steps/count-markers.ts';
import { drain } from '../components/kafka/steps/drain.ts';
import { pointProducers } from '../components/kafka/steps/point-producers.ts';
import { proveConsumption } from '../components/kafka/steps/prove-consumption.ts';
import { putOffsetsBack } from '../components/kafka/steps/put-offsets-back.ts';
import { startConsumers } from '../components/kafka/steps/start-consumers.ts';
import { stopConsumers } from '../components/kafka/steps/stop-consumers.ts';
import { takeCheckpoints } from '../components/kafka/steps/take-checkpoints.ts';
import { validateKafka } from '../components/kafka/steps/validate.ts';
import { writeMarkers } from '../components/kafka/steps/write-markers.ts';
import { chooseRecoveryPoint } from '../components/rds-replica/steps/choose-recovery-point.ts';
import { copySnapshot } from '../components/rds-replica/steps/copy-snapshot.ts';
import { createReplica } from '../components/rds-replica/steps/create-replica.ts';
import { deleteInstance } from '../components/rds-replica/steps/delete-instance.ts';
import { deleteSnapshot } from '../components/rds-replica/steps/delete-snapshot.ts';
import { failOverZone } from '../components/rds-replica/steps/fail-over-zone.ts';
import { fenceWriter } from '../components/rds-replica/steps/fence-writer.ts';
import { findWriter } from '../components/rds-replica/steps/find-writer.ts';
import { followEndpoint } from '../components/rds-replica/steps/follow-endpoint.ts';
import { orderReplica } from '../components/rds-replica/steps/order-replica.ts';
import { promoteReplica } from '../components/rds-replica/steps/promote-replica.ts';
import { promoteTestReplica } from '../components/rds-replica/steps/promote-test-replica.ts';
import { protectWriter } from '../components/rds-replica/steps/protect-writer.ts';
import { proveWriter } from '../components/rds-replica/steps/prove-writer.ts';
import { rebuildReplica } from '../components/rds-replica/steps/rebuild-replica.ts';
import { restoreFromSnapshot } from '../components/rds-replica/steps/restore-from-snapshot.ts';
import { restoreToPointInTime } from '../components/rds-replica/steps/restore-to-point-in-time.ts';
import { setAside } from '../components/rds-replica/steps/set-aside.ts';
import { verifyPair } from '../components/rds-replica/steps/verify-pair.ts';
import { verifyZone } from '../components/rds-replica/steps/verify-zone.ts';
import { waitForReplica } from '../components/rds-replica/steps/wait-for-replica.ts';
import { setDials } from '../components/route53/accelerator/set-dials.ts';
import { shareByDials } from '../components/route53/accelerator/share-traffic.ts';
import { baseline } from '../components/route53/probe/baseline.ts';
import { verifyService } from '../components/route53/probe/verify-service.ts';
import { setRoutingControls } from '../components/route53/routing-controls/set-routing-controls.ts';
import { holdByWeights } from '../components/route53/steps/hold-by-weights.ts';
import { invertHealthCheck } from '../components/route53/steps/invert-health-check.ts';
import { shareTraffic } from '../components/route53/steps/share-traffic.ts';
import { swapFailoverRecords } from '../components/route53/steps/swap-failover-records.ts';
import { weightRecords } from '../components/route53/steps/weight-records.ts';
import { compareReplica } from '../components/s3-replication/steps/compare-replica.ts';
import { deleteObject } from '../components/s3-replication/steps/delete-object.ts';
import { removeVersions } from '../components/s3-replication/steps/remove-versions.ts';
import { restoreVersion } from '../components/s3-replication/steps/restore-version.ts';
import { waitForReplication } from '../components/s3-replication/steps/wait-for-replication.ts';
import { writeObject } from '../components/s3-replication/steps/write-object.ts';
import { compareReplicas } from '../components/secrets/steps/compare-replicas.ts';
import { deleteSecrets } from '../components/secrets/steps/delete-secrets.ts';
import { restoreSecrets } from '../components/secrets/steps/restore-secrets.ts';
import { restoreVersions } from '../components/secrets/steps/restore-versions.ts';
import { openForWrites } from '../steps/data/allow-writes.ts';
import { dataBaseline } from '../steps/data/baseline.ts';
import { carryTables } from '../steps/data/carry-tables.ts';
import { catchUp } from '../steps/data/catch-up.ts';
import { checkCarried } from '../steps/data/check-carried.ts';
import { checkData } from '../steps/data/check-data.ts';
import { compareSides } from '../steps/data/compare-sides.ts';
import { countHeartbeats } from '../steps/data/count-heartbeats.ts';
import { countRows } from '../steps/data/count-rows.ts';
import { dropWhatWasCarried } from '../steps/data/drop-carried.ts';
import { proveThatItTakesWrites } from '../steps/data/prove-write.ts';
import { putRowsBack } from '../steps/data/put-back.ts';
import { runSqlFile } from '../steps/data/sql-file.ts';
import { stopWrites } from '../steps/data/stop-writes.ts';
import { waitUntilUsable } from '../steps/data/wait-until-usable.ts';
import { writeHeartbeatsFor } from '../steps/data/write-heartbeats.ts';
import { bringAboutFailure } from '../steps/failure/bring-about.ts';
import { endFailure } from '../steps/failure/end.ts';
import { runExperiment } from '../steps/fis/experiment.ts';
import { stopExperiment } from '../steps/fis/stop-experiment.ts';
import { callHttp } from '../steps/http/call.ts';
import { invokeFunction } from '../steps/lambda/invoke.ts';
import { approve } from '../steps/people/approve.ts';
import { checklist } from '../steps/people/checklist.ts';
import { runAutomation } from '../steps/ssm/automation.ts';
import type { AnyStep } from '../steps/step.ts';
import { detectFailure } from './detect-failure.ts';
import { preflight } from './preflight.ts';
import { quorumBaseline } from './quorum/baseline.ts';
import { detectPartition } from './quorum/detect-partition.ts';
import { settleQuorum } from './quorum/settle.ts';
import { validateRecovery } from './validate-recovery.ts';

const known = new Map<string, AnyStep>(
  [
    approve,
    awaitMarkers,
    checkTranslation,
    commitOffsets,
    countMarkers,
    drain,
    pointProducers,
    proveConsumption,
    putOffsetsBack,
    startConsumers,
    stopConsumers,
    takeCheckpoints,
    validateKafka,
    writeMarkers,
    baseline,
    bringAboutFailure,
    carryTables,
    callHttp,
    catchUp,
    checkCarried,
    checkData,
    checklist,
    chooseArchive,
    chooseRecoveryPoint,
    chooseSnapshot,
    compareKeys,
    compareObjects,
    compareReplica,
    compareReplicas,
    compareSides,
    copySnapshot,
    countHeartbeats,
    countRows,
    dataBaseline,
    createReplica,
    deleteGroup,
    deleteInstance,
    deleteNamespace,
    deleteObject,
    deleteSecrets,
    deleteSnapshot,
    detectFailure,
    detectPartition,
    dropWhatWasCarried,
    endFailure,
    failOverDatastore,
    failOverGlobalCluster,
    failOverZone,
    fenceCluster,
    fenceWriter,
    findGlobalWriter,
    findPrimary,
    findWriter,
    followEndpoint,
    holdByWeights,
    invertHealthCheck,
    makeNamespace,
    openForWrites,
    orderReplica,
    pointApplications,
    preflight,
    promoteReplica,
    promoteTestReplica,
    protectWriter,
    proveCapacity,
    proveGlobalWriter,
    provePrimary,
    proveWriter,
    swapFailoverRecords,
    switchOverGlobalCluster,
    proveThatItTakesWrites,
    putRowsBack,
    quorumBaseline,
    rebuildReplica,
    removeVersions,
    restoreFromSnapshot,
    restoreObjects,
    restoreSecrets,
    restoreSnapshot,
    restoreToPointInTime,
    restoreVersion,
    restoreVersions,
    runAutomation,
    runExperiment,
    runSqlFile,
    scaleDeployments,
    invokeFunction,
    scaleNodeGroup,
    setAside,
    setDials,
    setRoutingControls,
    settleQuorum,
    shareByDials,
    shareTraffic,
    stopExperiment,
    stopWrites,
    validateRecovery,
    verifyPair,
    verifyService,
    verifyZone,
    waitForReplica,
    waitForReplication,
    waitUntilUsable,
    weightRecords,
    writeHeartbeatsFor,
    writeObject,
  ].map((step): [string, AnyStep] => [step.kind, step]),
);

/** The kinds of steps that come with dr-drill, without those of a user's own. */
export const shippedKinds: readonly string[] = [...known.keys()];

/** Every step that a runbook can name, by its kind. */
export const steps: ReadonlyMap<string, AnyStep> = known;

/** Adds a step of a user's own. */
export const takeInStep = (step: AnyStep): void => {
  known.set(step.kind, step);
};
