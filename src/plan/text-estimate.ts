import { inWords } from '../duration.ts';
import type { Colours } from './colours.ts';
import { paragraph } from './paragraph.ts';
import type { Plan } from './plan.ts';

/** The figure, held against target and objective, and below it what the time would go to. */
export function estimateLines({ estimate, targets, objective }: Plan, { bold, red, green }: Colours): string[] {
  const { recoveryMs, span, criticalPath, races } = estimate;
  const against = (limitMs: number, name: string) => {
    const spareMs = limitMs - recoveryMs;
    const words = spareMs < 0 ? `${inWords(-spareMs)} over ${name}` : `${inWords(spareMs)} to spare within ${name}`;
    return (spareMs < 0 ? red : green)(`${words} of ${inWords(limitMs)}`);
  };
  const judged = targets.rtoMs === null ? [] : [against(targets.rtoMs, 'the RTO')];
  if (targets.rtoMs !== null && objective.rtoMs !== null && objective.rtoMs !== targets.rtoMs)
    judged.push(against(objective.rtoMs, "the platform's objective"));

  const figure = inWords(recoveryMs);
  const rows = criticalPath.map(({ step, title, afterMs, usuallyMs }) => ({
    cells: [inWords(afterMs), inWords(usuallyMs), step ?? 'DNS caches'],
    title,
  }));
  const heads = ['after', 'usually', 'waits for'];
  const widths = heads.map((head, index) =>
    Math.max(head.length, ...rows.map(({ cells }) => cells[index]?.length ?? 0)),
  );
  const line = (cells: string[]) => `  ${cells.map((cell, index) => cell.padEnd(widths[index] ?? 0)).join('  ')}  `;
  return [
    ...(judged.length === 0 ? [`  ${bold(figure)}`] : []),
    ...judged.map((words, index) => `  ${index === 0 ? bold(figure) : ' '.repeat(figure.length)}  ${words}`),
    ...paragraph(span, { first: '  ' }),
    '',
    line(heads).trimEnd(),
    ...rows.flatMap(({ cells, title }) => paragraph(title, { first: line(cells) })),
    ...races.flatMap(({ decides, branches }) => ['', ...paragraph(raceWords(decides, branches), { first: '  ' })]),
  ];
}

function raceWords(decides: string, branches: Plan['estimate']['races'][number]['branches']): string {
  const longest = branches.find(({ branch }) => branch === decides);
  const others = branches
    .filter(({ branch }) => branch !== decides)
    .map(
      ({ branch, usuallyMs, slackMs }) => `${branch} takes ${inWords(usuallyMs)} and has ${inWords(slackMs)} of slack`,
    );
  return `Side by side: ${decides} decides with ${inWords(longest?.usuallyMs ?? 0)}; ${others.join('; ')}.`;
}
