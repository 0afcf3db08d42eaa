import { columnsFor } from '../columns.ts';
import { inWords } from '../duration.ts';
import { PROSE_COLUMNS, paragraph } from '../layout.ts';
import type { Colours } from './colours.ts';
import type { Plan } from './plan.ts';

/** The figure, compared with target and objective, and below it what the time would go to. */
export function estimateLines({ estimate, targets, objective }: Plan, { bold, red, green, width }: Colours): string[] {
  const { recoveryMs, span, criticalPath, races } = estimate;
  const against = (limitMs: number, name: string) => {
    const spareMs = limitMs - recoveryMs;
    const words = spareMs < 0 ? `${inWords(-spareMs)} over ${name}` : `${inWords(spareMs)} to spare within ${name}`;
    return { words: `${words} of ${inWords(limitMs)}`, paint: spareMs < 0 ? red : green };
  };
  const judged = targets.rtoMs === null ? [] : [against(targets.rtoMs, 'the RTO')];
  if (targets.rtoMs !== null && objective.rtoMs !== null && objective.rtoMs !== targets.rtoMs)
    judged.push(against(objective.rtoMs, "the platform's objective"));

  const figure = inWords(recoveryMs);
  const rows = criticalPath.map(({ step, title, afterMs, usuallyMs }) => [
    inWords(afterMs),
    inWords(usuallyMs),
    step ?? 'DNS caches',
    title,
  ]);
  return [
    ...(judged.length === 0 ? [`  ${bold(figure)}`] : []),
    ...judged.flatMap(({ words, paint }, index) =>
      paragraph(words, {
        first: `  ${index === 0 ? figure : ' '.repeat(figure.length)}  `,
        paintFirst: bold,
        paint,
        width,
      }),
    ),
    ...paragraph(span, { first: '  ', width }),
    '',
    ...columnsFor([['after', 'usually', 'waits for', ''], ...rows], {
      width: Math.min(width ?? PROSE_COLUMNS, PROSE_COLUMNS),
    }),
    ...races.flatMap(({ decides, branches }) => [
      '',
      ...paragraph(raceWords(decides, branches), { first: '  ', width }),
    ]),
  ];
}

function raceWords(decides: string, branches: Plan['estimate']['races'][number]['branches']): string {
  const longest = branches.find(({ branch }) => branch === decides);
  const others = branches
    .filter(({ branch }) => branch !== decides)
    .map(
      ({ branch, usuallyMs, slackMs }) => `${branch} takes ${inWords(usuallyMs)} and has ${inWords(slackMs)} of slack`,
    );
  return `In parallel: ${decides} is critical with ${inWords(longest?.usuallyMs ?? 0)}; ${others.join('; ')}.`;
}
