import { allKinds } from '../components/index.ts';
import { openForWrites } from '../steps/data/allow-writes.ts';
import { carryTables } from '../steps/data/carry-tables.ts';
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
    ...allKinds.flatMap((kind) => kind.steps),
    approve,
    bringAboutFailure,
    carryTables,
    callHttp,
    checkCarried,
    checkData,
    checklist,
    compareSides,
    countHeartbeats,
    countRows,
    detectFailure,
    detectPartition,
    dropWhatWasCarried,
    endFailure,
    openForWrites,
    preflight,
    proveThatItTakesWrites,
    putRowsBack,
    quorumBaseline,
    runAutomation,
    runExperiment,
    runSqlFile,
    invokeFunction,
    settleQuorum,
    stopExperiment,
    stopWrites,
    validateRecovery,
    waitUntilUsable,
    writeHeartbeatsFor,
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
