import { readdirSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { describe, expect, test } from 'vitest';
import { allComponents } from '../../src/drill/components.ts';
import { DrillFileError } from '../../src/drill/drill-file-error.ts';
import { type LoadedDrill, loadDrill } from '../../src/drill/load.ts';
import type { Figure } from '../../src/measure/figure.ts';
import { reportOf } from '../../src/report/model.ts';
import { vocabulary } from '../../src/runbook/vocabulary.ts';
import { type Finished, rehearsed } from '../run/drill.ts';
import { drills } from '../year/ways-to-fail.ts';

const PAGE = '../../docs/src/content/docs/reference/platforms.md';

const HEAD = `---
title: Every drill on every platform
---

What each shipped drill comes to on each topology of \`test/platforms/\` and \`drills/topologies/\`: rehearsals of the drills as they ship, with seed 1. \`npm run platforms\` writes this
page; \`npm test\` fails where a run gives anything else. To see one yourself:
\`npx dr-drill run drills/<drill>.yaml --set topology=test/platforms/<platform>.yaml\`.

Recovery times are of public names, data losses of data stores; where one is not assessed, the report says why. A drill that a platform has no use for names what is missing.

Misses are what the rehearsed world gives, and are left as they are:

- *aurora-three-regions*: the recovery cluster has no instance. The drill adds one, which takes seven minutes in the median.
- *two-databases-two-names* and *three-stores-two-names* exceed 5 min in \`multi-region-failover\`: the topology has one data store wait for the other (\`after\`), so two takeovers add up.
- \`database-failure\` exceeds 3 min where a promotion takes more than the median of 110 s: detection, the promotion, pointing and the customers' caches together leave no reserve.
- \`point-in-time-restore\` and \`partial-restore\` exceed 5 min of data loss where the latest restorable time lay that far back.
`;

const all = [
  ...readdirSync('test/platforms')
    .filter((file) => file.endsWith('.yaml'))
    .map((file) => `test/platforms/${file}`),
  'drills/topologies/ecommerce-platform.yaml',
  'drills/topologies/global-tables.yaml',
];
const isWhole = process.env.PLATFORMS === 'all';
const USUAL = [
  'load-balancers',
  'mysql-pair',
  'aurora-mysql-global-endpoint',
  'aurora-two-names-and-cache',
  'database-and-name',
  'global-tables',
];
const platformOf = (topology: string): string => basename(topology, '.yaml');
const topologies = all.filter((one) => isWhole || USUAL.includes(platformOf(one)));

/** The drill on the platform, or the one line that says what the platform lacks for it. */
function loaded(drill: string, topology: string, ...overrides: string[]): LoadedDrill | string {
  try {
    return loadDrill(`drills/${drill}.yaml`, { overrides: [`topology=${topology}`, ...overrides], vocabulary });
  } catch (error) {
    if (!(error instanceof DrillFileError)) throw error;
    expect(error.mistakes.map(({ message }) => message)).toHaveLength(1);
    return error.mistakes[0]?.message ?? '';
  }
}

const inSeconds = (figure: Figure): string => ('ms' in figure ? `${(figure.ms / 1_000).toFixed(1)} s` : 'not assessed');

/** What of a run is in the table. */
function cells({ entries, outcome }: Finished): string[] {
  const { recoveries, losses } = reportOf(entries, { journalHash: '' });
  return [
    outcome.replace('-', ' '),
    recoveries.map(({ of, total }) => `${of} ${inSeconds(total)}`).join(', '),
    losses.map(({ of, loss }) => `${of} ${inSeconds(loss)}`).join(', '),
  ];
}

/** What a platform cannot survive, and how such a drill ends there. */
const CANNOT: [drill: string, platform: string, outcome: string, reason: string][] = [
  // Drills that give no instance to a cluster that has none.
  ['aurora-global-failover', 'aurora-three-regions', 'rolled-back', 'is headless'],
  ['aurora-global-switchover', 'aurora-three-regions', 'rolled-back', 'is headless'],
];

const row = (all: readonly string[]): string => `| ${all.map((one) => one.replaceAll('|', '\\|')).join(' | ')} |`;

const tables = new Map<string, string[]>();

describe.each(topologies)('on %s', (topology) => {
  const rows: string[] = [];
  tables.set(platformOf(topology), rows);

  // A surprise is one of the others.
  test.each(drills.filter((one) => one !== 'surprise'))('%s', async (drill) => {
    const one = loaded(drill, topology);
    if (typeof one === 'string') {
      rows.push(row([drill, `does not fit: ${one}`, '', '']));
      return;
    }
    const run = await rehearsed(one);
    const { recoveries } = reportOf(run.entries, { journalHash: '' });
    const cannot = CANNOT.find(([one, on]) => one === drill && topology.includes(on));
    if (cannot) {
      expect([run.outcome, run.reason]).toEqual([cannot[2], expect.stringContaining(cannot[3])]);
      rows.push(row([drill, ...cells(run)]));
      return;
    }
    // What is measured may miss a target; what is not assessed may not.
    if (run.outcome !== 'passed')
      expect([run.outcome, run.reason]).toEqual(['target-missed', expect.stringMatching(/missed by/)]);
    expect(run.reason).not.toContain('unknown');
    // A name that customers are watched at has a recovery time.
    for (const { total } of recoveries) expect(total).not.toMatchObject({ source: 'unknown' });
    rows.push(row([drill, ...cells(run)]));
  });

  const { topology: platform } = loaded('tabletop', topology) as LoadedDrill;
  const kinds = allComponents(platform).map(({ kind }) => kind);
  const faults: [string, string][] = [];
  if (kinds.includes('rds-replica')) faults.push(['a promotion fails', 'simulation.promotion.fails=true']);
  if (kinds.includes('aurora-global'))
    faults.push(['Aurora does not fail over', 'simulation.globalCluster.fails=true']);
  if (kinds.includes('dynamodb-global-table'))
    faults.push([
      'no table takes an item',
      'simulation.throttling=[{ service: dynamodb, operation: PutItem, calls: 100000 }]',
    ]);
  if (kinds.includes('eks')) faults.push(['pods never become ready', 'simulation.pods.neverReady=true']);

  if (kinds.includes('ecs')) faults.push(['tasks never become healthy', 'simulation.tasks.failing=true']);

  test.each(faults)('multi-region-failover where %s', async (fault, setting) => {
    const one = loaded('multi-region-failover', topology, setting) as LoadedDrill;
    const run = await rehearsed(one, [setting]);
    // Where customers can do without what failed, they are served all the same.
    expect(run.outcome).toBeOneOf(['rolled-back', 'failed', 'passed', 'target-missed']);
    rows.push(row([`multi-region-failover, ${fault}`, ...cells(run)]));
  });
});

test('the page for readers says so', async () => {
  const sections = [...tables].map(
    ([platform, rows]) =>
      `\n## ${platform}\n\n| drill | ends as | recovery time | data loss |\n|---|---|---|---|\n${rows.join('\n')}\n`,
  );
  if (isWhole) return expect(HEAD + sections.join('')).toMatchFileSnapshot(PAGE);
  const page = readFileSync('docs/src/content/docs/reference/platforms.md', 'utf8');
  for (const section of sections) expect(page).toContain(section);
});
