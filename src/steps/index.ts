import { preflight } from './account/preflight.ts';
import { validateRecovery } from './account/validate-recovery.ts';
import { setRoutingControls } from './arc/set-routing-controls.ts';
import { openForWrites } from './data/allow-writes.ts';
import { dataBaseline } from './data/baseline.ts';
import { carryTables } from './data/carry-tables.ts';
import { catchUp } from './data/catch-up.ts';
import { checkCarried } from './data/check-carried.ts';
import { checkData } from './data/check-data.ts';
import { compareSides } from './data/compare-sides.ts';
import { countHeartbeats } from './data/count-heartbeats.ts';
import { countRows } from './data/count-rows.ts';
import { dropWhatWasCarried } from './data/drop-carried.ts';
import { proveThatItTakesWrites } from './data/prove-write.ts';
import { putRowsBack } from './data/put-back.ts';
import { runSqlFile } from './data/sql-file.ts';
import { stopWrites } from './data/stop-writes.ts';
import { waitUntilUsable } from './data/wait-until-usable.ts';
import { writeHeartbeatsFor } from './data/write-heartbeats.ts';
import { scaleNodeGroup } from './eks/scale-node-group.ts';
import { chooseSnapshot } from './elasticache/choose-snapshot.ts';
import { compareKeys } from './elasticache/compare-keys.ts';
import { deleteGroup } from './elasticache/delete-group.ts';
import { failOverDatastore } from './elasticache/fail-over-datastore.ts';
import { findPrimary } from './elasticache/find-primary.ts';
import { provePrimary } from './elasticache/prove-primary.ts';
import { restoreSnapshot } from './elasticache/restore-snapshot.ts';
import { bringAboutFailure } from './failure/bring-about.ts';
import { endFailure } from './failure/end.ts';
import { runExperiment } from './fis/experiment.ts';
import { stopExperiment } from './fis/stop-experiment.ts';
import { setDials } from './global-accelerator/set-dials.ts';
import { shareByDials } from './global-accelerator/share-traffic.ts';
import { callHttp } from './http/call.ts';
import { awaitMarkers } from './kafka/await-markers.ts';
import { checkTranslation } from './kafka/check-translation.ts';
import { commitOffsets } from './kafka/commit-offsets.ts';
import { countMarkers } from './kafka/count-markers.ts';
import { drain } from './kafka/drain.ts';
import { pointProducers } from './kafka/point-producers.ts';
import { proveConsumption } from './kafka/prove-consumption.ts';
import { putOffsetsBack } from './kafka/put-offsets-back.ts';
import { startConsumers } from './kafka/start-consumers.ts';
import { stopConsumers } from './kafka/stop-consumers.ts';
import { takeCheckpoints } from './kafka/take-checkpoints.ts';
import { validateKafka } from './kafka/validate.ts';
import { writeMarkers } from './kafka/write-markers.ts';
import { chooseArchive } from './kubernetes/choose-archive.ts';
import { compareObjects } from './kubernetes/compare-objects.ts';
import { deleteNamespace } from './kubernetes/delete-namespace.ts';
import { makeNamespace } from './kubernetes/make-namespace.ts';
import { pointApplications } from './kubernetes/point-applications.ts';
import { proveCapacity } from './kubernetes/prove-capacity.ts';
import { restoreObjects } from './kubernetes/restore-objects.ts';
import { scaleDeployments } from './kubernetes/scale-deployments.ts';
import { invokeFunction } from './lambda/invoke.ts';
import { approve } from './people/approve.ts';
import { checklist } from './people/checklist.ts';
import { baseline } from './probe/baseline.ts';
import { detectFailure } from './probe/detect-failure.ts';
import { verifyService } from './probe/verify-service.ts';
import { quorumBaseline } from './quorum/baseline.ts';
import { detectPartition } from './quorum/detect-partition.ts';
import { settleQuorum } from './quorum/settle.ts';
import { chooseRecoveryPoint } from './rds/choose-recovery-point.ts';
import { copySnapshot } from './rds/copy-snapshot.ts';
import { createReplica } from './rds/create-replica.ts';
import { deleteInstance } from './rds/delete-instance.ts';
import { deleteSnapshot } from './rds/delete-snapshot.ts';
import { failOverGlobalCluster } from './rds/fail-over-global-cluster.ts';
import { failOverZone } from './rds/fail-over-zone.ts';
import { fenceCluster } from './rds/fence-cluster.ts';
import { fenceWriter } from './rds/fence-writer.ts';
import { findGlobalWriter } from './rds/find-global-writer.ts';
import { findWriter } from './rds/find-writer.ts';
import { followEndpoint } from './rds/follow-endpoint.ts';
import { orderReplica } from './rds/order-replica.ts';
import { promoteReplica } from './rds/promote-replica.ts';
import { promoteTestReplica } from './rds/promote-test-replica.ts';
import { protectWriter } from './rds/protect-writer.ts';
import { proveGlobalWriter } from './rds/prove-global-writer.ts';
import { proveWriter } from './rds/prove-writer.ts';
import { rebuildReplica } from './rds/rebuild-replica.ts';
import { restoreFromSnapshot } from './rds/restore-from-snapshot.ts';
import { restoreToPointInTime } from './rds/restore-to-point-in-time.ts';
import { setAside } from './rds/set-aside.ts';
import { switchOverGlobalCluster } from './rds/switch-over-global-cluster.ts';
import { verifyPair } from './rds/verify-pair.ts';
import { verifyZone } from './rds/verify-zone.ts';
import { waitForReplica } from './rds/wait-for-replica.ts';
import { holdByWeights } from './route53/hold-by-weights.ts';
import { invertHealthCheck } from './route53/invert-health-check.ts';
import { shareTraffic } from './route53/share-traffic.ts';
import { swapFailoverRecords } from './route53/swap-failover-records.ts';
import { weightRecords } from './route53/weight-records.ts';
import { compareReplica } from './s3/compare-replica.ts';
import { deleteObject } from './s3/delete-object.ts';
import { removeVersions } from './s3/remove-versions.ts';
import { restoreVersion } from './s3/restore-version.ts';
import { waitForReplication } from './s3/wait-for-replication.ts';
import { writeObject } from './s3/write-object.ts';
import { compareReplicas } from './secrets-manager/compare-replicas.ts';
import { deleteSecrets } from './secrets-manager/delete-secrets.ts';
import { restoreSecrets } from './secrets-manager/restore-secrets.ts';
import { restoreVersions } from './secrets-manager/restore-versions.ts';
import { runAutomation } from './ssm/automation.ts';
import type { AnyStep } from './step.ts';

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
