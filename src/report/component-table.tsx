import { type ComponentFigure, componentFigures, standingWords } from './component-figures.ts';
import { against, certainty, value } from './figure-words.ts';
import type { Report } from './report-schema.ts';
import { Table } from './table.tsx';

/** The figures of each component, where there are several, and how data stores stand. */
export function Components({ report }: { report: Report }) {
  const figures = componentFigures(report);
  const standing = standingWords(report);
  if (figures.length + standing.length === 0) return null;
  return (
    <section aria-labelledby="components">
      <h2 id="components">Each component</h2>
      {standing.map((words) => (
        <p key={words} class="warn">
          {words}
        </p>
      ))}
      {figures.length > 0 && (
        <Table
          caption="The figures above are those of the component that fared worst."
          rows={figures}
          columns={[
            { title: 'Component', cell: (one) => <Name one={one} /> },
            { title: 'Figure', cell: ({ title }) => title },
            { title: 'Value', isNumber: true, cell: ({ figure }) => value(figure) },
            { title: 'Certainty', cell: ({ figure }) => certainty(figure) },
            { title: 'Rows lost', isNumber: true, cell: ({ rows }) => rows },
            { title: 'Target', cell: (one) => <Target one={one} rehearsal={report.rehearsal} /> },
          ]}
        />
      )}
    </section>
  );
}

const Name = ({ one: { of, about } }: { one: ComponentFigure }) => (
  <>
    {of}
    <br />
    <code class="quiet">{about}</code>
  </>
);

function Target({ one: { target, figure }, rehearsal }: { one: ComponentFigure; rehearsal: boolean }) {
  const tone = target === null ? 'quiet' : { met: 'good', missed: 'bad', unknown: 'warn' }[target.standing];
  return <span class={tone}>{against(target, figure, rehearsal)}</span>;
}
