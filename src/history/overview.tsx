import { inWords } from '../duration.ts';
import { Table, Went } from '../report/table.tsx';
import { Sparkline } from './sparkline.tsx';
import { nameOf, RUNS_SHOWN, type Trend } from './trends.ts';

/** Where on the page a trend stands. */
export const anchorOf = ({ drill, drawn, mode, rehearsal }: Trend): string =>
  [drill, drawn, mode, mode === 'live' && rehearsal ? 'elsewhere' : null].filter(Boolean).join('-');

/** Every drill in a row, with what its last run gave: what asks for attention is said in red. */
export const Overview = ({ trends }: { trends: readonly Trend[] }) => (
  <section aria-labelledby="overview">
    <h2 id="overview">At a glance</h2>
    <Table
      caption="Each drill as its last run left it"
      rows={trends}
      columns={[
        { title: 'Drill', cell: (trend) => <a href={`#${anchorOf(trend)}`}>{nameOf(trend)}</a> },
        { title: 'Mode', cell: ({ marked }) => <span class="mark">{marked}</span> },
        { title: 'Passed', isNumber: true, cell: ({ passed, runs }) => `${passed} of ${runs}` },
        { title: 'Last run', isNumber: true, cell: ({ points }) => points.at(-1)?.at.slice(0, 10) },
        { title: 'Ended', cell: lastOutcome },
        {
          title: 'Trend',
          cell: ({ points }) => <Sparkline width={72} all={points.slice(-RUNS_SHOWN).map(({ rtoMs }) => rtoMs)} />,
        },
        { title: 'RTO', isNumber: true, cell: ({ rto }) => figure(rto.lastMs) },
        { title: 'RPO', isNumber: true, cell: ({ rpo }) => figure(rpo.lastMs) },
        { title: 'Findings', isNumber: true, cell: ({ findings }) => findings.open.length },
        {
          title: 'Worse in',
          cell: ({ regressions }) =>
            regressions.length === 0 ? '–' : <Went ok={false}>{regressions.map(({ what }) => what).join(', ')}</Went>,
        },
      ]}
    />
  </section>
);

function lastOutcome({ points }: Trend) {
  const last = points.at(-1);
  return last && <Went ok={last.outcome === 'passed'}>{last.outcome}</Went>;
}

const figure = (ms: number | null): string => (ms === null ? '–' : inWords(ms));
