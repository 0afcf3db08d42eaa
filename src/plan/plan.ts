import { machineOf } from '../../state-machines/index.ts';
import { bringingSteps } from '../drill/breakage.ts';
import type { Drill } from '../drill/drill.ts';
import { objectiveOf } from '../drill/measures.ts';
import type { Topology } from '../drill/topology.ts';
import { noticePermissions } from '../runbook/channels.ts';
import { preflightNeeds } from '../runbook/look.ts';
import { machineInput } from '../runbook/machine-input.ts';
import { neededBeside } from '../runbook/needed.ts';
import { runbookFor } from '../runbook/runbook.ts';
import { withoutSecrets } from '../secrets.ts';
import { type Granted, merged, mergedAgain } from '../steps/granted.ts';
import { type Estimate, estimate } from './estimate.ts';
import { type IfAStepFails, ifAStepFails } from './if-a-step-fails.ts';
import { type PlannedDataChecks, planDataChecks } from './plan-data-checks.ts';
import { planSteps } from './plan-steps.ts';
import { type PlannedWatch, planWatches } from './plan-watches.ts';
import { type PlannedPhase, type PlannedStep, stepsOf } from './planned.ts';
import { settingsOf } from './settings.ts';
import { straightPath } from './straight-path.ts';
import { type Warning, warningsOf } from './warnings.ts';

/** What a drill would do; every duration is in milliseconds. */
export interface Plan {
  format: 1;
  drill: string;
  title: string;
  machine: string;
  account: string;
  regions: { primary: string; recovery: string };
  /** What would be caused; `null` for a drill that breaks nothing. */
  failure: { kind: string; region: string } | null;
  /** Which side of a partition is to have the right to write; null for every other drill, and where either may. */
  quorumHolder: 'primary' | 'recovery' | null;
  /** How the drill watches and decides, also where its file leaves that to defaults. */
  settings: [name: string, words: string][];
  /** Null where the drill holds nothing against it. */
  targets: { rtoMs: number | null; rpoMs: number | null };
  objective: { rtoMs: number | null; rpoMs: number | null };
  estimate: Estimate;
  warnings: Warning[];
  phases: PlannedPhase[];
  /** Steps that are on the way only where another decision is made. */
  otherwise: PlannedStep[];
  watches: PlannedWatch[];
  /** Null where no data are checked. */
  dataChecks: PlannedDataChecks | null;
  ifAStepFails: IfAStepFails;
  permissions: Granted[];
}

/** What a drill would do on its topology, without doing it. */
export function planOf(drill: Drill, topology: Topology): Plan {
  const { root } = machineOf(runbookFor(drill, topology).course);
  const holder = (drill.machine === 'network-partition' && drill.quorum.holder) || 'recovery';
  const known = { ...machineInput(drill), holder };
  const path = straightPath(root, known);
  const trouble = { step: '', reason: '' };
  const behindRollback = straightPath(root, { ...known, trouble }, root.states.rollback);

  const phases = planSteps(path.phases, drill, topology);
  const planned = stepsOf(phases).map(({ step }) => step);
  const other = holder === 'primary' ? 'recovery' : 'primary';
  const otherwise = stepsOf(planSteps(straightPath(root, { ...known, holder: other }).phases, drill, topology)).filter(
    ({ step }) => !planned.includes(step),
  );
  const watches = planWatches(path.watches, drill, topology);
  const failing = ifAStepFails(drill, topology, phases, planSteps(behindRollback.phases, drill, topology));
  const objective = objectiveOf(drill, topology);
  const all = [...stepsOf(phases), ...otherwise, ...failing.afterwards, ...watches];
  return {
    format: 1,
    drill: drill.drill,
    title: withoutSecrets(drill.title),
    machine: drill.machine,
    account: topology.account,
    regions: topology.regions,
    failure: failureOf(drill, topology),
    quorumHolder: (drill.machine === 'network-partition' && drill.quorum.holder) || null,
    settings: settingsOf(drill),
    targets: { rtoMs: drill.targets.rto, rpoMs: drill.targets.rpo },
    objective: { rtoMs: objective.rto, rpoMs: objective.rpo },
    estimate: estimate(drill, topology, phases),
    warnings: warningsOf(drill, topology, phases),
    phases,
    otherwise,
    watches,
    dataChecks: planDataChecks(drill, [...stepsOf(phases), ...failing.afterwards]),
    ifAStepFails: failing,
    permissions: mergedAgain([
      ...all.flatMap(({ permissions }) => permissions),
      ...merged(neededBeside(drill, topology, preflightNeeds(drill, topology))),
      ...merged(noticePermissions(topology)),
    ]),
  };
}

function failureOf(drill: Drill, topology: Topology): Plan['failure'] {
  const region = topology.regions.primary;
  if (drill.machine === 'multi-region-failover') return { kind: drill.failure.kind, region };
  if (drill.machine === 'network-partition') return { kind: drill.machine, region };
  if (drill.machine === 'backup-restore') return null;
  const [bringing] = bringingSteps(drill);
  if (!bringing) return null;
  const { kind, failure, in: where = 'primary' } = bringing.with;
  return kind === undefined
    ? { kind: String(failure), region: topology.regions[where as 'primary' | 'recovery'] }
    : { kind: String(kind), region };
}
