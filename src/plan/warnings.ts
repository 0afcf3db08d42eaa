import { breakingSteps, breaks, failureSteps } from '../drill/breakage.ts';
import { componentsOf } from '../drill/components.ts';
import type { Drill } from '../drill/drill.ts';
import type { Topology } from '../drill/topology.ts';
import { type PlannedPhase, type PlannedStep, stepsOf } from './planned.ts';

/** What a plan leans on that may be part of the disaster. A note is milder: no better way is known, or it matters less. */
export interface Warning {
  severity: 'warning' | 'note';
  step: string;
  region: string;
  what: string;
  why: string;
  mend: string;
}

/** Control-plane calls after the failure: to Route 53 in us-east-1, to the region that is lost, to the one that takes over. */
export function warningsOf(drill: Drill, topology: Topology, phases: readonly PlannedPhase[]): Warning[] {
  const { primary, recovery } = topology.regions;
  if (!breaks(drill)) return restoreNotes(phases, recovery);
  const lost = losesRegion(drill) ? primary : undefined;
  const found = afterFailure(drill, phases).flatMap((step) => {
    const { region } = step;
    if (step.plane !== 'control' || region === null) return [];
    if (step.kind.startsWith('route53.')) return leverWarning(step, region, lost, recovery);
    if (step.kind.startsWith('globalaccelerator.')) return dialsWarning(step, region, lost);
    if (region === lost) return lostRegionWarning(step, region);
    return region === recovery ? recoveryNote(step, region, topology) : [];
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

function leverWarning(step: PlannedStep, region: string, lost: string | undefined, recovery: string): Warning {
  const changes = step.calls.filter(({ mutating }) => mutating).map(({ operation }) => operation);
  const what = `${step.step} calls ${changes.join(', ')} on Route 53's control plane, which is in ${region}`;
  const here = lost === region ? ` ${region} is the very region that is lost.` : '';
  const lever =
    `an ARC routing control (lever: arc-routing-controls; its endpoints are in five regions), or a health check that reads something which can be ` +
    `flipped in ${recovery}: an S3 object, an HTTP endpoint, a CloudWatch alarm on a metric of your own.`;
  return step.kind === 'route53.invert-health-check'
    ? {
        ...warning(step, region),
        what,
        why: `The effect travels with health checking, which is data plane and goes on working. The call does not: where that control plane is part of the disaster, nothing can be inverted.${here}`,
        mend: `Have a lever that needs no call to ${region}: ${lever}`,
      }
    : {
        ...warning(step, region),
        what,
        why: `Where that control plane is part of the disaster, no record can be edited; and an edit has to reach every name server before a customer sees it.${here}`,
        mend: `Have a lever that needs no call to ${region}: ${lever} Inverting a health check edits no record, but is a call to ${region}, too.`,
      };
}

function dialsWarning(step: PlannedStep, region: string, lost: string | undefined): Warning {
  const changes = step.calls.filter(({ mutating }) => mutating).map(({ operation }) => operation);
  const here = lost === region ? ` ${region} is the very region that is lost.` : '';
  return {
    ...warning(step, region),
    what: `${step.step} calls ${changes.join(', ')} on Global Accelerator's control plane, which is in ${region}`,
    why: `Edges go on sending customers away from endpoints that are not healthy, and heed no dial then: that is data plane. But where that control plane is part of the disaster, no dial can be turned, and customers go back as soon as the lost region looks well again.${here}`,
    mend: `Have a lever that needs no call to ${region}: ARC routing controls (lever: arc-routing-controls; their endpoints are in five regions), or health checks of the load balancers that somebody in the region which takes over can make fail.`,
  };
}

const lostRegionWarning = (step: PlannedStep, region: string): Warning =>
  step.kind === 'rds.fence-writer'
    ? {
        ...warning(step, region),
        what: `${step.step} acts in ${region}, the region that is lost`,
        why: 'Its control plane may not answer, and then the old writer cannot be put into quarantine.',
        mend: 'None is needed on the day: where it does not answer, the writer is proven unreachable instead, and put into quarantine the moment that its region answers again.',
      }
    : {
        ...warning(step, region),
        what: `${step.step} needs the control plane of ${region}, the region that is lost`,
        why: 'It may not answer, and the drill would stop there.',
        mend: 'Do it beforehand, or from what is in the region that takes over.',
      };

/** What the recovery region's own control planes are needed for, by kind of step. */
const needed: Record<string, (topology: Topology, step: PlannedStep) => Pick<Warning, 'why' | 'mend'>> = {
  'account.validate-recovery': () => ({
    why: 'It only reads, but comes before the failover: where those reads fail, there is none.',
    mend: 'Know how to go on by hand from here: the commands below do not need it.',
  }),
  'rds.promote-replica': () => ({
    why: 'A promotion is a control-plane change, and everybody who fails over to that region asks for one at the same time.',
    mend: 'A replica has no other way. Keep it as large as the writer, so that on the day the promotion is the only change.',
  }),
  'eks.scale-node-group': (topology, { of }) => ({
    why: 'New nodes need the EKS and EC2 control planes and free capacity there, when everybody wants it; only a reservation guarantees it.',
    mend: `Statically stable: keep ${nodesOf(topology, of)} running there at all times, and the step finds its work done. Next best: a capacity reservation.`,
  }),
};

/** How many nodes a compute needs in the region that takes over, where the topology says so. */
function nodesOf(topology: Topology, of: string | null): string {
  const all = componentsOf(topology, 'eks');
  const nodes = (all.find(({ id }) => id === of) ?? all[0])?.recovery.failoverNodes;
  return nodes ? `${nodes.desired} nodes` : 'as many nodes as it needs';
}

const recoveryNote = (step: PlannedStep, region: string, topology: Topology): Warning => ({
  ...warning(step, region),
  severity: 'note',
  what: `${step.step} needs the control plane of ${region}, the region that takes over`,
  ...(needed[step.kind]?.(topology, step) ?? {
    why: 'In a disaster everybody who fails over to that region calls it at the same time.',
    mend: 'Do beforehand what can be done beforehand.',
  }),
});

const restoreNotes = (phases: readonly PlannedPhase[], recovery: string): Warning[] =>
  stepsOf(phases).flatMap((step) =>
    step.kind.startsWith('rds.restore-') && step.region !== null && step.region !== recovery
      ? {
          ...warning(step, step.region),
          severity: 'note' as const,
          what: `${step.step} needs the control plane of ${step.region}, and backups that are kept there`,
          why: 'Where the region itself is lost, neither is there: this drill says nothing about that.',
          mend: `Copy snapshots, or replicate automated backups, to ${recovery}, and drill a restore there.`,
        }
      : [],
  );

const warning = ({ step }: PlannedStep, region: string) => ({ severity: 'warning' as const, step, region });
