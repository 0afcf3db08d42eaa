import { componentFigures, standingWords } from '../component-figures.ts';
import { against, certainty, value } from '../figure-words.ts';
import type { Report } from '../report-schema.ts';
import { colour, type Sheet } from './sheet.ts';
import { table } from './table.ts';

/** The figures of each component, where there are several, and how data stores stand. */
export function components(sheet: Sheet, report: Report): void {
  const figures = componentFigures(report);
  const standing = standingWords(report);
  if (figures.length + standing.length === 0) return;
  sheet.section('Each component');
  for (const words of standing) sheet.paragraph(words, { colour: colour.warn });
  if (figures.length === 0) return;
  table(
    sheet,
    [
      { title: 'Component', share: 24, cell: ({ of, about }) => `${of}\n${about}` },
      { title: 'Figure', share: 14, cell: ({ title }) => title },
      { title: 'Value', share: 14, cell: ({ figure }) => value(figure) },
      { title: 'Certainty', share: 26, cell: ({ figure }) => certainty(figure) },
      { title: 'Rows lost', share: 12, cell: ({ rows }) => rows },
      {
        title: 'Target',
        share: 20,
        cell: ({ target, figure }) => ({
          text: against(target, figure, report.rehearsal),
          colour:
            target === null
              ? colour.quiet
              : { met: colour.good, missed: colour.bad, unknown: colour.warn }[target.standing],
        }),
      },
    ],
    figures,
  );
}
