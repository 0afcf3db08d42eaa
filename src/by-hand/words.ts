import type { Drill } from '../drill/drill.ts';
import type { Topology } from '../drill/topology.ts';
import type { Plan } from '../plan/plan.ts';
import { type PlannedStep, stepsOf } from '../plan/planned.ts';

/** When a person follows the runbook for real: as the drill file says, or as the machine is meant. */
export function whenFollowed(drill: Drill, { regions }: Topology): string {
  if (drill.when !== undefined) return drill.when;
  const { primary, recovery } = regions;
  switch (drill.machine) {
    case 'multi-region-failover':
      return {
        'region-outage': `${primary} is lost, or does not serve customers, and cannot be repaired within the RTO.`,
        'writer-loss': `A database writer in ${primary} is lost and does not recover by itself.`,
        degradation: `Critical services in ${primary} fail and cannot be repaired within the RTO.`,
      }[drill.failure.kind];
    case 'network-partition':
      return `${primary} and ${recovery} do not see each other, and it must be decided which of them takes writes.`;
    case 'backup-restore':
      return 'Data was lost or damaged, and must be restored from a backup.';
    case 'custom':
      return `The drill file does not say. The title is: ${drill.title}.`;
  }
}

/** Who decides, in sentences: the rules of the machine, and the steps that ask people. */
export function whoDecides({ machine }: Drill, { phases }: Plan): string[] {
  const asking = stepsOf(phases).filter(({ kind }) => kind === 'people.approve');
  const rules = phases.filter(({ decisions }) => decisions.length > 0).map(({ phase }) => phase);
  return [
    ...asking.map(({ step, title }) => `A person decides in the step ${step}: ${title}.`),
    ...rules.map((phase) => `The incident commander applies the rules of the phase “${phase}”.`),
    ...(asking.length + rules.length === 0
      ? [
          `The incident commander decides. ${machine === 'custom' ? 'No step of this runbook asks for a decision.' : ''}`.trim(),
        ]
      : []),
  ];
}

/** What people do where a step fails. */
export function ifItFails({ step, of, calls, pointOfNoReturn, undoable }: PlannedStep, plan: Plan): string {
  const { ifAStepFails, phases } = plan;
  const all = stepsOf(phases).map((one) => one.step);
  const isChange = undoable || pointOfNoReturn !== null || calls.some(({ mutating }) => mutating);
  const held = ifAStepFails.heldAfter.filter((one) => all.indexOf(one.step) < all.indexOf(step) && all.includes(step));
  const first = isChange
    ? 'Look whether it was done all the same. If it was not, type it again once.'
    : 'Look again until the deadline.';
  return `${first} ${consequence()}`;

  function consequence(): string {
    if (of !== null && ifAStepFails.goesOnWithout.includes(of))
      return `Then give ${of} up, continue without it, and tell the incident commander.`;
    if (held.length > 0)
      return `Then stop, and undo nothing: ${held.map((one) => one.step).join(', ')} cannot be undone. The incident commander decides.`;
    if (pointOfNoReturn !== null)
      return 'If AWS refused the request, follow the section Rollback. If AWS accepted it, or you cannot tell, undo nothing: the incident commander decides.';
    return ifAStepFails.onFailure === 'hold'
      ? 'Then stop, and undo nothing. The incident commander decides.'
      : 'Then follow the section Rollback.';
  }
}
