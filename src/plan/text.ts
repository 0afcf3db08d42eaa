import { inWords } from '../duration.ts';
import { paragraph, type Screen } from '../layout.ts';
import type { Granted } from '../steps/granted.ts';
import { type Colours, coloursFor } from './colours.ts';
import type { IfAStepFails } from './if-a-step-fails.ts';
import type { Plan } from './plan.ts';
import type { PlannedWatch } from './plan-watches.ts';
import { dataCheckLines } from './text-data-checks.ts';
import { estimateLines } from './text-estimate.ts';
import { phaseLines, stepLines } from './text-phases.ts';
import type { Warning } from './warnings.ts';

/** A plan for a person to read. Commands keep their line to themselves, so that they can be copied. */
export function planLines(plan: Plan, terminal: Screen): string[] {
  const colours = coloursFor(terminal);
  const section = (title: string, about: string, lines: string[]) =>
    lines.length === 0
      ? []
      : [
          '',
          ...paragraph(about, {
            first: `${title.toUpperCase()}  `,
            paintFirst: colours.bold,
            paint: colours.dim,
            width: colours.width,
          }),
          '',
          ...lines,
        ];
  return [
    ...headLines(plan, colours),
    ...section('Estimated recovery', plan.estimate.label, estimateLines(plan, colours)),
    ...section('Warnings', 'dependencies that the disaster may take down', warningLines(plan.warnings, colours)),
    ...section('Phases', 'in order; below each step, the command to run it by hand', phaseLines(plan.phases, colours)),
    ...section(
      'Otherwise',
      'where another decision is made, in the place of what follows the first',
      plan.otherwise.flatMap((step) => stepLines(step, '  ', colours)).slice(0, -1),
    ),
    ...section('Watches', 'beside the steps', watchLines(plan.watches, colours)),
    ...section(
      'Data checks',
      'what the recovered data must show; asked read-only',
      dataCheckLines(plan.dataChecks, colours),
    ),
    ...section('If a step fails', 'or someone aborts', failingLines(plan.ifAStepFails, colours)),
    ...section(
      'Permissions',
      `in account ${plan.account}; rights in Kubernetes and in the database come on top`,
      permissionLines(plan.permissions),
    ),
  ];
}

const limit = (ms: number | null): string => (ms === null ? 'none' : inWords(ms));

function headLines(
  { drill, title, machine, regions, failure, quorumHolder, settings, targets, objective, account }: Plan,
  colours: Colours,
) {
  const both = ({ rtoMs, rpoMs }: Plan['targets']) => `RTO ${limit(rtoMs)}, RPO ${limit(rpoMs)}`;
  const facts: [string, string][] = [
    ['drill', `${drill}, on the machine ${machine}`],
    ['account', account],
    ['regions', `${regions.primary} (primary), ${regions.recovery} (recovery)`],
    ...(failure === null ? [] : [['failure', failureWords(failure, regions)] as [string, string]]),
    ...(quorumHolder === null ? [] : [['exercises', exercises[quorumHolder]] as [string, string]]),
    ...settings,
    [
      'targets',
      `${both(targets)}${objective.rtoMs === null && objective.rpoMs === null ? '' : `; the platform's own objective: ${both(objective)}`}`,
    ],
  ];
  return [
    ...paragraph(title, { first: '', paint: colours.bold, width: colours.width }),
    colours.dim('Plan only: nothing is run, and no AWS call is made.'),
    '',
    ...facts.flatMap(([name, value]) => paragraph(value, { first: `  ${name.padEnd(11)}`, width: colours.width })),
  ];
}

const exercises = {
  primary: 'the primary region keeps the right to write: nothing fails over',
  recovery: 'the recovery region takes the right to write: a failover',
};

const failureWords = (
  { kind, region }: NonNullable<Plan['failure']>,
  { primary, recovery }: Plan['regions'],
): string => (kind === 'network-partition' ? `${kind} between ${primary} and ${recovery}` : `${kind} in ${region}`);

function warningLines(warnings: readonly Warning[], { bold, yellow, cyan, width }: Colours): string[] {
  return warnings.flatMap(({ severity, what, why, fix }, index) => [
    ...(index === 0 ? [] : ['']),
    ...paragraph(what, {
      first: `  ${severity.padEnd(9)}`,
      paintFirst: severity === 'warning' ? yellow : cyan,
      paint: bold,
      width,
    }),
    ...paragraph(why, { first: '  why      ', width }),
    ...paragraph(fix, { first: '  fix      ', width }),
  ]);
}

function watchLines(watches: readonly PlannedWatch[], { bold, yellow, width }: Colours): string[] {
  const names = Math.max(0, ...watches.map(({ watch }) => watch.length)) + 2;
  return watches.flatMap(({ watch, title, phases, calls }) => {
    const changes = calls.filter(({ mutating }) => mutating).map(({ operation }) => operation);
    const about = `${title}; from ${phases[0]} to ${phases.at(-1)}`;
    return [
      ...paragraph(about, { first: `  ${watch.padEnd(names)}`, paintFirst: bold, width }),
      ...(changes.length === 0
        ? []
        : paragraph(changes.join(', '), { first: `${' '.repeat(names + 2)}changes  `, paint: yellow, width })),
    ];
  });
}

function failingLines(
  { onFailure, undone, heldAfter, afterwards, goesOnWithout }: IfAStepFails,
  colours: Colours,
): string[] {
  const { bold, red, width } = colours;
  const names = undone.map(({ step }) => step).join(', ');
  const lines =
    onFailure === 'hold'
      ? paragraph('The drill says hold: nothing is undone, and a person decides. Only an abort undoes.', {
          first: '  ',
          width,
        })
      : ['  What was carried out is undone, the last first.'];
  lines.push(
    ...(names === ''
      ? ['  There is nothing to undo.']
      : paragraph(names, { first: '  In this order: ', paint: bold, width })),
  );
  if (goesOnWithout.length > 0) {
    const words = `Not essential: ${goesOnWithout.join(', ')}. If one of their steps fails, it is given up, and the rest continues.`;
    lines.push(...paragraph(words, { first: '  ', width }));
  }
  for (const { step, why } of heldAfter) {
    lines.push(
      ...paragraph(`Once ${step} was accepted nothing is undone any more: ${why}. A person decides.`, {
        first: '  ',
        paint: red,
        width,
      }),
    );
  }
  for (const { step, staysBehind } of undone) {
    if (staysBehind !== null)
      lines.push(
        ...paragraph(`After undoing ${step} a person decides: ${staysBehind}.`, { first: '  ', paint: red, width }),
      );
  }
  if (afterwards.length > 0) {
    lines.push('  Then, unless something is held for a person:', '');
    lines.push(...afterwards.flatMap((step) => stepLines(step, '    ', colours)).slice(0, -1));
  }
  return lines;
}

const permissionLines = (permissions: readonly Granted[]): string[] =>
  permissions.flatMap(({ action, resources }) => [`  ${action}`, ...resources.map((resource) => `    ${resource}`)]);
