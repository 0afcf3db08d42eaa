import { breakingSteps, breaks, failureSteps } from '../drill/breakage.ts';
import type { Drill } from '../drill/drill.ts';
import type { Topology } from '../drill/topology.ts';
import { steps } from '../platform/steps.ts';
import { factsBeforeRun } from '../runbook/not-yet-known.ts';
import { runbookFor } from '../runbook/runbook.ts';
import type { Disaster, Risk } from '../steps/step.ts';
import { type PlannedPhase, type PlannedStep, stepsOf } from './planned.ts';

/** What a plan leans on that may be part of the disaster. A note is milder: no better way is known, or it matters less. */
export interface Warning {
  severity: 'warning' | 'note';
  step: string;
  region: string;
  what: string;
  why: string;
  fix: string;
}

/** Control-plane calls after the failure: to a service that is in one region, to the region that is lost, to the one that takes over. */
export function warningsOf(drill: Drill, topology: Topology, phases: readonly PlannedPhase[]): Warning[] {
  const { primary, recovery } = topology.regions;
  if (!breaks(drill)) return restoreNotes(phases, recovery);
  const lost = losesRegion(drill) ? primary : undefined;
  const runbook = runbookFor(drill, topology);
  const found = afterFailure(drill, phases).flatMap((planned): Warning[] => {
    const { step, kind, region } = planned;
    if (planned.plane !== 'control' || region === null) return [];
    const disaster = { region, lost, recovery };
    const params = runbook.steps[step]?.params(factsBeforeRun);
    const risk = steps.get(kind)?.risk?.(params, disaster) ?? usualRisk(disaster);
    if (!risk) return [];
    const { severity = 'warning', of, why, fix } = risk;
    return [{ severity, step, region, what: whatOf(planned, of, disaster), why: `${why}${here(of, disaster)}`, fix }];
  });
  return found.toSorted((a, b) => severities.indexOf(a.severity) - severities.indexOf(b.severity));
}

const losesRegion = (drill: Drill): boolean =>
  drill.machine === 'custom'
    ? breakingSteps(drill).some((step) => step.with.kind === 'region-outage')
    : drill.machine === 'multi-region-failover' && drill.failure.kind === 'region-outage';

const severities = ['warning', 'note'];

function afterFailure(drill: Drill, phases: readonly PlannedPhase[]): PlannedStep[] {
  const all = stepsOf(phases);
  const failures = failureSteps(drill);
  return all.slice(all.findIndex(({ step }) => failures.includes(step)) + 1);
}

function whatOf({ step, calls }: PlannedStep, of: string | undefined, { region, lost }: Disaster): string {
  if (of === undefined)
    return `${step} needs the control plane of ${region}, the region that ${region === lost ? 'is lost' : 'takes over'}`;
  const changes = calls.filter(({ mutating }) => mutating).map(({ operation }) => operation);
  return `${step} calls ${changes.join(', ')} on ${of}, which is in ${region}`;
}

const here = (of: string | undefined, { region, lost }: Disaster): string =>
  of !== undefined && lost === region ? ` ${region} is the very region that is lost.` : '';

/** What holds for a step that says nothing about its own; nothing, where its region is neither lost nor the one that takes over. */
function usualRisk({ region, lost, recovery }: Disaster): Risk | undefined {
  if (region === lost)
    return {
      why: 'It may not answer, and the drill would stop at this step.',
      fix: 'Do it before the disaster, or from the recovery region.',
    };
  if (region !== recovery) return undefined;
  return {
    severity: 'note',
    why: 'In a disaster, everyone who fails over to that region calls it at the same time.',
    fix: 'Make the changes that you can before the disaster.',
  };
}

const restoreNotes = (phases: readonly PlannedPhase[], recovery: string): Warning[] =>
  stepsOf(phases).flatMap(({ step, kind, region }) =>
    steps.get(kind)?.restores && region !== null && region !== recovery
      ? {
          severity: 'note' as const,
          step,
          region,
          what: `${step} needs the control plane of ${region}, and backups that are kept there`,
          why: 'Where the region itself is lost, neither is there: this drill says nothing about that.',
          fix: `Copy snapshots, or replicate automated backups, to ${recovery}, and drill a restore there.`,
        }
      : [],
  );
