import { inWords } from '../duration.ts';
import { command, paragraph } from '../layout.ts';
import type { Colours } from './colours.ts';
import type { PlannedBranch, PlannedPart, PlannedPhase, PlannedStep } from './planned.ts';
import type { Decision } from './straight-path.ts';

export const phaseLines = (phases: readonly PlannedPhase[], colours: Colours): string[] =>
  phases.flatMap(({ phase, parts, decisions }, index) => [
    `${String(index + 1).padStart(2)}  ${colours.bold(phase)}`,
    ...decisionLines(decisions, colours),
    ...(phase === 'judge' ? ['    the figures of the run are compared with the targets'] : []),
    ...rowLines(parts, '    ', colours),
    ...(parts.length === 0 && index < phases.length - 1 ? [''] : []),
  ]);

function rowLines(parts: readonly PlannedPart[], indent: string, colours: Colours): string[] {
  return parts.flatMap((part, index) => {
    const before = parts[index - 1];
    const joins = before !== undefined && 'sideBySide' in before ? [`${indent}then`] : [];
    return [...joins, ...('step' in part ? stepLines(part, indent, colours) : branchLines(part, indent, colours))];
  });
}

function branchLines({ sideBySide }: Extract<PlannedPart, { sideBySide: unknown }>, indent: string, colours: Colours) {
  return sideBySide.flatMap((one) => [
    ...paragraph(`${one.branch}${placeOf(one, sideBySide)}`, {
      first: indent,
      paint: (line) => line.replace(one.branch, colours.bold),
      width: colours.width,
    }),
    ...rowLines(one.parts, `${indent}  `, colours),
  ]);
}

/** What a branch waits for, and what neither waits for the other. */
function placeOf({ branch, after }: PlannedBranch, all: readonly PlannedBranch[]): string {
  const beside = all.filter(
    (one) => one.branch !== branch && !after.includes(one.branch) && !one.after.includes(branch),
  );
  return [
    ...(after.length === 0 ? [] : [`, after ${after.join(' and ')}`]),
    ...(beside.length === 0 ? [] : [`, in parallel with ${beside.map((one) => one.branch).join(' and ')}`]),
  ].join('');
}

/** One step, with an empty line behind it. */
export function stepLines(
  step: PlannedStep,
  indent: string,
  { bold, dim, yellow, red, cyan, width }: Colours,
): string[] {
  const about = [
    ...(step.region === null ? [] : [step.region]),
    `${step.plane} plane`,
    `usually ${inWords(step.usuallyMs)}`,
    `deadline ${inWords(step.deadlineMs)}`,
    ...(step.calls.length === 0 ? ['no AWS call'] : []),
  ];
  const operations = (mutating: boolean) =>
    step.calls.filter((call) => call.mutating === mutating).map(({ operation }) => operation);
  const listed = (name: string, items: string[], paint: (text: string) => string = String) =>
    items.length === 0 ? [] : paragraph(items.join(', '), { first: `${indent}  ${name.padEnd(11)}`, paint, width });
  return [
    ...paragraph(step.title, { first: `${indent}${step.step}  `, paintFirst: bold, width }),
    ...paragraph(about.join(' · '), { first: `${indent}  `, paint: dim, width }),
    ...listed('reads', operations(false)),
    ...listed('changes', operations(true), yellow),
    ...listed('no return', step.pointOfNoReturn === null ? [] : [step.pointOfNoReturn], red),
    ...command(step.command, { first: `${indent}  `, paint: cyan, width }),
    '',
  ];
}

function decisionLines(decisions: readonly Decision[], { width }: Colours): string[] {
  const kinds = [...new Set(decisions.map(({ decision }) => decision))];
  return kinds.flatMap((kind) => {
    const rules = decisions.filter(({ decision }) => decision === kind).map(({ rule }) => inPlainWords(rule));
    return paragraph(`if: ${rules.join(', or ')}`, { first: `    ${kind} `, width });
  });
}

/** `writerUnreachable` as `writer unreachable`. */
const inPlainWords = (rule: string): string => rule.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
