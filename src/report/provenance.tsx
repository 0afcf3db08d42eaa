import { datesOf } from './mark.ts';
import type { Report } from './report-schema.ts';
import { Table } from './table.tsx';

/** What was run, where, and which journal proves it. */
export function Environment({ report }: { report: Report }) {
  const { mode, tool, seed, environment, drill, journal, overrides } = report;
  const facts: [string, string][] = [
    ['Mode', mode === 'dry-run' ? 'dry run: everything was simulated' : 'live'],
    ['Drill', `${drill.name}, on the machine ${drill.machine}`],
    ['Topology', environment.topology],
    ['Account', environment.account],
    ['Regions', `${environment.regions.primary} (primary), ${environment.regions.recovery} (recovery)`],
    ...datesOf(report),
    ['Tool, seed', `${tool}, seed ${seed}`],
    ['Overrides', overrides.length === 0 ? 'none' : overrides.join(', ')],
    ['Hash of the drill', drill.hash],
    ['Hash of the journal', `${journal.hash}, ${journal.entries} entries`],
  ];
  return (
    <section aria-labelledby="environment">
      <h2 id="environment">Environment</h2>
      <dl class="facts">
        {facts.map(([name, text]) => (
          <>
            <dt>{name}</dt>
            <dd>{name.startsWith('Hash') ? <code>{text}</code> : text}</dd>
          </>
        ))}
      </dl>
      {drill.runbook.length > 0 && <h3>Runbook</h3>}
      {drill.runbook.length > 0 && (
        <ul class="plain">
          {drill.runbook.map((link) => (
            <li key={link}>{/^https?:\/\//.test(link) ? <a href={link}>{link}</a> : link}</li>
          ))}
        </ul>
      )}
    </section>
  );
}

/** What an auditor may take from it. */
export const Controls = ({ controls }: Pick<Report, 'controls'>) => (
  <section aria-labelledby="controls">
    <h2 id="controls">Controls</h2>
    {controls.length === 0 ? (
      <p class="quiet">The drill names no control clauses.</p>
    ) : (
      <Table
        caption="What this run contributes. No drill by itself makes a control fulfilled."
        rows={controls}
        columns={[
          { title: 'Control', cell: ({ control, title }) => (title === null ? control : `${control}: ${title}`) },
          { title: 'Source', cell: ({ source }) => source ?? 'not in the mapping' },
          { title: 'What the run says', cell: ({ says }) => says },
        ]}
      />
    )}
  </section>
);

export const Method = ({ method }: Pick<Report, 'method'>) => (
  <section aria-labelledby="method">
    <h2 id="method">Method</h2>
    <ul class="plain">
      {method.map((words) => (
        <li key={words}>{words}</li>
      ))}
    </ul>
  </section>
);
