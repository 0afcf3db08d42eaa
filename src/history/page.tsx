import { scaleLinear, scaleTime } from 'd3-scale';
import { inWords } from '../duration.ts';
import { pageOf } from '../report/page.tsx';
import { Table } from '../report/table.tsx';
import { anchorOf, Overview } from './overview.tsx';
import { Sparkline } from './sparkline.tsx';
import { isBrokenOnPurpose, nameOf, overridesOf, type Point, successRate, type Trend } from './trends.ts';

/** The runs of a folder as one page that needs nothing else. */
export const historyPage = (trends: readonly Trend[]): string => pageOf('History of drills', <Page trends={trends} />);

function Page({ trends }: { trends: readonly Trend[] }) {
  const runs = trends.reduce((sum, trend) => sum + trend.runs, 0);
  const drills = new Set(trends.map(({ drill }) => drill)).size;
  return (
    <>
      <header class="masthead">
        <h1>History of drills</h1>
        <p class="quiet">
          {runs} {runs === 1 ? 'run' : 'runs'} of {drills} {drills === 1 ? 'drill' : 'drills'}. A dry run is compared
          with dry runs only.
        </p>
      </header>
      <main>
        <Overview trends={trends} />
        {trends.map((trend) => (
          <TrendSection key={anchorOf(trend)} trend={trend} />
        ))}
      </main>
    </>
  );
}

function TrendSection({ trend }: { trend: Trend }) {
  const { title, runs, passed, rto, rpo, steps, findings, actions, regressions, points } = trend;
  const id = anchorOf(trend);
  const row = (name: string, figures: Trend['rto']) => ({ name, ...figures });
  return (
    <section aria-labelledby={id}>
      <h2 id={id}>{title}</h2>
      <p class="quiet">
        {`${nameOf(trend)}, ${trend.marked}: ${runs} ${runs === 1 ? 'run' : 'runs'}, ${passed} passed (${successRate(trend)})`}
      </p>
      {regressions.length > 0 && (
        <ul class="contradiction" style="padding-left:2.2rem">
          {regressions.map(({ what, words }) => (
            <li key={what}>{words}</li>
          ))}
        </ul>
      )}
      {overridesOf(trend) && <p class="quiet">{`Mind that ${overridesOf(trend)}`}</p>}
      <Chart
        title={`Recovery time (RTO), ${trend.marked}`}
        of={title}
        points={points.map(({ rtoMs, firstMs, targetRtoMs, ...run }) => ({
          ...run,
          ms: rtoMs,
          firstMs,
          targetMs: targetRtoMs,
        }))}
      />
      <Chart
        title={`Data loss (RPO), ${trend.marked}`}
        of={title}
        points={points.map(({ rpoMs, targetRpoMs, firstMs: _, ...run }) => ({
          ...run,
          ms: rpoMs,
          targetMs: targetRpoMs,
        }))}
      />
      <Table
        caption="Recovery time and data loss over all runs"
        rows={[row('RTO', rto), row('RPO', rpo)]}
        columns={[
          { title: 'Figure', cell: ({ name }) => name },
          { title: 'Last', isNumber: true, cell: ({ lastMs }) => length(lastMs) },
          { title: 'Median', isNumber: true, cell: ({ medianMs }) => length(medianMs) },
          { title: 'Best', isNumber: true, cell: ({ bestMs }) => length(bestMs) },
          { title: 'Worst', isNumber: true, cell: ({ worstMs }) => length(worstMs) },
          { title: 'Known in', isNumber: true, cell: ({ known }) => `${known} of ${runs}` },
        ]}
      />
      <Table
        caption="How long each step took"
        rows={steps}
        columns={[
          { title: 'Step', cell: ({ step }) => step },
          { title: 'Trend', cell: ({ lengthsMs }) => <Sparkline all={lengthsMs} /> },
          { title: 'Last', isNumber: true, cell: ({ lastMs }) => length(lastMs) },
          { title: 'Median', isNumber: true, cell: ({ medianMs }) => length(medianMs) },
        ]}
      />
      {actions.open + actions.closed > 0 && (
        <p>
          Actions that came of debriefs: {actions.open} open, {actions.closed} closed.
        </p>
      )}
      {findings.open.length > 0 && <Findings title="Open findings" all={findings.open} />}
      {findings.closed.length > 0 && (
        <Findings title="Closed findings: a later run looked and did not find them" all={findings.closed} />
      )}
    </section>
  );
}

const Findings = ({ title, all }: { title: string; all: readonly string[] }) => (
  <>
    <h3>{title}</h3>
    <ul class="plain">
      {all.map((one) => (
        <li key={one}>{one}</li>
      ))}
    </ul>
  </>
);

const dayOf = (tick: Date): string => tick.toISOString().slice(0, 10);

/** Each day once, however close the runs are to each other. */
const days = (ticks: readonly Date[]): Date[] =>
  ticks.filter((tick, index) => ticks.findIndex((other) => dayOf(other) === dayOf(tick)) === index);

const length = (ms: number | null): string => (ms === null ? 'unknown' : inWords(ms));

const WIDTH = 960;
const HEIGHT = 220;
const LEFT = 84;
const RIGHT = 40;
const TOP = 12;
const BOTTOM = 28;
/** A chart of thousands of runs shows the newest. */
const MOST_POINTS = 400;

/** A figure of each run. */
interface Plotted extends Pick<Point, 'run' | 'at' | 'outcome' | 'overrides' | 'simulationChanges'> {
  ms: number | null;
  /** When the first customer was served again, where that was earlier. */
  firstMs?: number | null;
  targetMs: number | null;
}

/**
 * A figure by run, with the target as a line; a run without it is hollow at the top. A bar reaches down from the last customer served again
 * to the first. One dot alone shows nothing.
 */
function Chart({ points: all, title, of }: { points: readonly Plotted[]; title: string; of: string }) {
  const points = all.slice(-MOST_POINTS);
  if (points.filter(({ ms }) => ms !== null).length < 2) return null;
  const known = points.flatMap(({ ms, targetMs }) => [ms ?? 0, targetMs ?? 0]);
  const times = points.map(({ at }) => Date.parse(at));
  const x = scaleTime([Math.min(...times), Math.max(...times) + 1], [LEFT, WIDTH - RIGHT]);
  const y = scaleLinear([0, Math.max(1, ...known) * 1.1], [HEIGHT - BOTTOM, TOP]);
  const line = points
    .filter(({ targetMs }) => targetMs !== null)
    .map(({ at, targetMs }) => `${x(Date.parse(at)).toFixed(1)},${y(targetMs ?? 0).toFixed(1)}`);
  return (
    <>
      <h3>{title}</h3>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard */}
      <section class="scroller" tabIndex={0} aria-label={`${title} of ${of}, scrolls sideways`}>
        <svg class="chart" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={`${title} of ${of}, by run`}>
          {y.ticks(4).map((tick) => (
            <g key={tick}>
              <line x1={LEFT} x2={WIDTH - RIGHT} y1={y(tick)} y2={y(tick)} stroke="var(--line)" />
              <text x={LEFT - 8} y={y(tick) + 4} text-anchor="end" class="faint">
                {inWords(tick)}
              </text>
            </g>
          ))}
          {days(x.ticks(6)).map((tick) => (
            <text key={tick.getTime()} x={x(tick)} y={HEIGHT - 8} text-anchor="middle" class="faint">
              {dayOf(tick)}
            </text>
          ))}
          {line.length > 1 && (
            <polyline points={line.join(' ')} fill="none" stroke="var(--warn)" stroke-dasharray="6 4" />
          )}
          {points.map(({ run, at, ms, firstMs = null, outcome, overrides, simulationChanges }) => (
            <g key={run}>
              {ms !== null && firstMs !== null && (
                <line
                  x1={x(Date.parse(at))}
                  x2={x(Date.parse(at))}
                  y1={y(firstMs)}
                  y2={y(ms)}
                  stroke="var(--accent-3)"
                  stroke-width="3"
                />
              )}
              <circle
                cx={x(Date.parse(at))}
                cy={ms === null ? TOP - 6 : y(ms)}
                r="4"
                fill={ms === null ? 'none' : outcome === 'passed' ? 'var(--good)' : 'var(--bad)'}
                stroke={ms === null ? 'var(--bad)' : 'none'}
              >
                <title>{`${at.slice(0, 16).replace('T', ' ')}: ${outcome}, ${length(ms)}${firstMs === null ? '' : `, the first customer ${length(firstMs)}`}${isBrokenOnPurpose({ overrides, simulationChanges }) ? ', broken on purpose' : ''}`}</title>
              </circle>
            </g>
          ))}
        </svg>
      </section>
      {points.some(({ ms }) => ms === null) && (
        <p class="quiet">A run whose figure is not known is a hollow dot at the top.</p>
      )}
    </>
  );
}
