import {
  DashboardBuilder,
  DashboardCursorSync,
  DatasourceVariableBuilder,
  QueryVariableBuilder,
  ThresholdsConfigBuilder,
  ThresholdsMode,
  VariableRefresh,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { DataqueryBuilder } from '@grafana/grafana-foundation-sdk/prometheus';
import * as stat from '@grafana/grafana-foundation-sdk/stat';
import * as timeseries from '@grafana/grafana-foundation-sdk/timeseries';
import { METRICS } from '../src/telemetry/metrics.ts';

const SOURCE = { type: 'prometheus', uid: '$source' };

/** The runs that are chosen above the panels. */
const CHOSEN = 'drill=~"$drill", mark=~"$mark"';

/** A value is sent once for each run: the newest of the time shown counts. */
const last = (metric: keyof typeof METRICS, more = ''): string =>
  `last_over_time(${METRICS[metric].name}{${CHOSEN}${more}}[$__range])`;

/** Each value as long as the next run does not replace it. */
const course = (metric: keyof typeof METRICS): string =>
  `max by (drill, mark) (last_over_time(${METRICS[metric].name}{${CHOSEN}}[7d]))`;

const query = (expr: string, legend: string) => new DataqueryBuilder().expr(expr).legendFormat(legend).range();
const now = (expr: string, legend: string) => new DataqueryBuilder().expr(expr).legendFormat(legend).instant();

const thresholds = (...steps: [value: number | null, color: string][]) =>
  new ThresholdsConfigBuilder().mode(ThresholdsMode.Absolute).steps(steps.map(([value, color]) => ({ value, color })));

const alarmed = thresholds([null, 'green'], [1, 'red']);

const count = (title: string, expr: string) =>
  new stat.PanelBuilder()
    .title(title)
    .datasource(SOURCE)
    .span(6)
    .height(4)
    .noValue('0')
    .thresholds(alarmed)
    .withTarget(now(expr, title));

const figure = (title: string, metric: keyof typeof METRICS, target: keyof typeof METRICS) =>
  new timeseries.PanelBuilder()
    .title(title)
    .description(METRICS[metric].about)
    .datasource(SOURCE)
    .span(12)
    .height(9)
    .unit('s')
    .min(0)
    .withTarget(query(course(metric), '{{drill}} ({{mark}})'))
    .withTarget(query(course(target), 'target of {{drill}}'))
    .overrideByRegexp('/^target of /', [
      { id: 'custom.lineStyle', value: { fill: 'dash', dash: [8, 8] } },
      { id: 'custom.fillOpacity', value: 0 },
    ]);

/** The dashboard over what a run tells a collector, for Prometheus and what speaks its language. */
export const dashboardJson = (): string => `${JSON.stringify(dashboard(), null, 2)}\n`;

function dashboard() {
  return new DashboardBuilder('Disaster-recovery drills')
    .uid('dr-drill')
    .tags(['dr-drill'])
    .readonly()
    .time({ from: 'now-90d', to: 'now' })
    .tooltip(DashboardCursorSync.Crosshair)
    .withVariable(new DatasourceVariableBuilder('source').label('Data source').type('prometheus'))
    .withVariable(chosen('drill', 'Drill'))
    .withVariable(chosen('mark', 'Mark'))
    .withPanel(count('Drills overdue', `sum(last_over_time(${METRICS.overdue.name}{drill=~"$drill"}[2d]))`))
    .withPanel(count('Drills that missed a target', `sum(${last('missed')})`))
    .withPanel(count('Drills that failed', `sum(${last('failed')})`))
    .withPanel(
      count('Drills that passed', `count(count by (drill) (${last('outcome', ', outcome="passed"')}))`).thresholds(
        thresholds([null, 'green']),
      ),
    )
    .withPanel(figure('Recovery time (RTO)', 'rto', 'rtoTarget'))
    .withPanel(figure('Data loss (RPO)', 'rpo', 'rpoTarget'))
    .withPanel(
      new timeseries.PanelBuilder()
        .title('Slowest steps')
        .description(METRICS.step.about)
        .datasource(SOURCE)
        .span(24)
        .height(10)
        .unit('s')
        .min(0)
        .withTarget(
          query(
            `topk(10, max by (drill, step) (last_over_time(${METRICS.step.name}{${CHOSEN}}[7d])))`,
            '{{drill}}: {{step}}',
          ),
        ),
    )
    .build();
}

const chosen = (label: string, title: string) =>
  new QueryVariableBuilder(label)
    .label(title)
    .datasource(SOURCE)
    .query(`label_values(${METRICS.outcome.name}, ${label})`)
    .refresh(VariableRefresh.OnTimeRangeChanged)
    .multi(true)
    .includeAll(true)
    .allValue('.*');
