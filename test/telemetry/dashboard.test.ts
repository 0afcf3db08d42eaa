import { readFileSync } from 'node:fs';
import { parser } from '@prometheus-io/lezer-promql';
import { expect, test } from 'vitest';
import { dashboardJson } from '../../scripts/grafana-dashboard.ts';
import { METRICS } from '../../src/telemetry/metrics.ts';

const FILE = 'docs/public/grafana-dashboard.json';

interface Dashboard {
  panels: { title: string; targets: { expr: string }[] }[];
}

const { panels } = JSON.parse(readFileSync(FILE, 'utf8')) as Dashboard;
const queries = panels.flatMap(({ targets }) => targets.map(({ expr }) => expr));

test(`${FILE} is what npm run dashboard writes`, () => {
  expect(readFileSync(FILE, 'utf8')).toBe(dashboardJson());
});

test('the dashboard shows every metric that a run or a schedule sends, and no other', () => {
  const shown = new Set(queries.flatMap((expr) => expr.match(/dr_drill_\w+/g) ?? []));
  expect([...shown].sort()).toEqual(
    Object.values(METRICS)
      .map(({ name }) => name)
      .sort(),
  );
});

test.each(queries)('%s is PromQL', (expr) => {
  // Grafana puts the range in the place of its variable.
  const text = expr.replaceAll('$__range', '90d');
  const wrong: string[] = [];
  parser.parse(text).iterate({
    enter({ type, from, to }) {
      if (type.isError) wrong.push(text.slice(from, to) || `at ${from}`);
    },
  });
  expect(wrong).toEqual([]);
});
