import { countedAs } from '../drill/measures.ts';
import { inWords } from '../duration.ts';
import { code, plain, table } from '../markdown-text.ts';
import type { Figure } from '../measure/figure.ts';
import { answerOf, throughWhat, waitedFor } from './approval-words.ts';
import { componentFigures, standingWords } from './component-figures.ts';
import { against, certainty, rowsLost, value } from './figure-words.ts';
import { timeOfDay } from './instant.ts';
import { leftIntroduction, leftRows } from './left.ts';
import { datesOf, markOf } from './mark.ts';
import { aftermathLines } from './markdown-aftermath.ts';
import { beforeLines, signOffLines } from './markdown-follow-up.ts';
import { deliveryOf } from './notices.ts';
import type { Report } from './report-schema.ts';
import { namesServedAgain } from './served-layout.ts';
import { servedRows } from './served-words.ts';
import { howItWent } from './step-words.ts';

/** The report for a wiki, a pull request or a CI job's summary. */
export function toMarkdown(report: Report): string {
  const {
    drill,
    verdict,
    surprise,
    recovery,
    timeline,
    approvals,
    dataChecks,
    checks,
    findings,
    deviations,
    controls,
    method,
  } = report;
  const mark = markOf(report);
  return lines([
    `# ${plain(drill.title)}`,
    mark && `> **${mark.mark}.** ${plain(mark.text)}`,
    `**${plain(verdict.words)}.** ${plain(verdict.sentence)}`,
    surprise === null ? undefined : plain(surprise.words),
    verdict.contradiction === null ? undefined : `> ${plain(verdict.contradiction)}`,
    figures(report),
    ...components(report),
    ...whereTimeWent(recovery),
    ...customersServed(report),
    '## Timeline',
    table(
      ['at (UTC)', 'what', 'took', 'outcome', 'calls'],
      [
        ...timeline.steps.map(stepRow),
        ...timeline.markers.map(({ atMs, title }): TimelineRow => [atMs, [`**${plain(title)}**`, '', '', '']]),
      ]
        .sort(([a], [b]) => a - b)
        .map(([atMs, cells]) => [timeOfDay(atMs), ...cells]),
    ),
    approvals.length === 0 ? undefined : '## Approvals',
    approvals.length === 0
      ? undefined
      : table(
          ['who', 'answer', 'asked', 'at (UTC)', 'waited', 'through'],
          approvals.map((one) => [
            plain(one.role === null ? one.by : `${one.by}, ${one.role}`),
            plain(answerOf(one)),
            plain(one.question),
            timeOfDay(one.atMs),
            waitedFor(one),
            throughWhat(one),
          ]),
        ),
    ...notices(report),
    '## Data checks',
    dataChecks.length === 0
      ? 'None was made.'
      : table(
          ['check', 'instance', 'result', 'detail'],
          dataChecks.map(({ title, instance, ok, detail }) => [
            plain(title),
            code(instance),
            passed(ok),
            plain(detail),
          ]),
        ),
    '## Checks',
    checks.length === 0
      ? 'None was made.'
      : table(
          ['check', 'layer', 'last', 'detail'],
          checks.map(({ check, layer, ok, detail }) => [
            plain(check),
            layer,
            layer === 'verification' ? passed(ok) : ok ? 'well' : 'failing',
            plain(detail),
          ]),
        ),
    '## Findings and deviations',
    findings.length + deviations.length === 0 ? 'None.' : undefined,
    findings.length === 0
      ? undefined
      : table(
          ['severity', 'finding', 'why it matters', 'fix', 'owner', 'due'],
          findings.map(({ severity, what, why, fix, owner, due }) => [
            severity,
            plain(what),
            plain(why),
            plain(fix),
            plain(owner ?? 'nobody yet'),
            due ?? '',
          ]),
        ),
    deviations.length === 0
      ? undefined
      : table(
          ['at (UTC)', 'kind', 'where', 'what'],
          deviations.map(({ atMs, kind, about, what }) => [
            timeOfDay(atMs),
            kind.replaceAll('-', ' '),
            code(about),
            plain(what),
          ]),
        ),
    ...aftermathLines(report),
    ...leftForPlans(report),
    ...beforeLines(report),
    '## Environment',
    environment(report),
    controls.length === 0 ? undefined : '## Controls',
    controls.length === 0
      ? undefined
      : table(
          ['control', 'what the run says'],
          controls.map(({ control, title, says }) => [
            plain(title === null ? control : `${control}: ${title}`),
            plain(says),
          ]),
        ),
    '## Method',
    method.map((words) => `- ${plain(words)}`).join('\n'),
    ...signOffLines(report),
  ]);
}

/** What infrastructure as code does not know yet. */
function leftForPlans(report: Report): string[] {
  if (report.left.length === 0) return [];
  return [
    '## Infrastructure as code',
    plain(leftIntroduction(report)),
    table(
      ['resource', 'now', 'a plan', 'steps'],
      leftRows(report).map(({ resource, now, means, steps }) => [
        code(resource),
        plain(now),
        plain(means),
        plain(steps),
      ]),
    ),
  ];
}

/** Who was told what, where the topology has channels. */
function notices({ notices: all }: Report): string[] {
  if (all.length === 0) return [];
  return [
    '## Notices',
    table(
      ['at (UTC)', 'channel', 'about', 'message', 'delivery'],
      all.map((one) => [
        timeOfDay(one.atMs),
        `${code(one.channel)}, ${one.via}`,
        one.about.replaceAll('-', ' '),
        plain(one.says),
        plain(deliveryOf(one)),
      ]),
    ),
  ];
}

function whereTimeWent({ parts, afterwards }: Report['recovery']): string[] {
  const all = [...parts, ...afterwards.map((part) => ({ ...part, title: `${part.title}, afterwards` }))];
  if (all.length === 0) return [];
  const time = (figure: Figure) => ('ms' in figure ? value(figure) : `unknown: ${plain(figure.unknown)}`);
  return [
    '## Where the time went',
    table(
      ['part', 'time'],
      all.map(({ title, figure }) => [title, time(figure)]),
    ),
  ];
}

/** When the customers of each public name were served again, one after another. */
function customersServed(report: Report): string[] {
  const names = namesServedAgain(report);
  if (names.length === 0) return [];
  return [
    '## Customers served',
    table(
      ['public name', 'served again', 'after', 'certainty'],
      names.flatMap(({ name, served }) =>
        servedRows(served).map(({ title, figure }) => [code(name), title, value(figure), plain(certainty(figure))]),
      ),
    ),
  ];
}

function figures({ drill, recovery, dataLoss, outage, targets, objective, rehearsal }: Report): string {
  const hasObjective = objective.rto !== null || objective.rpo !== null;
  const columns = hasObjective ? [targets, objective] : [targets];
  const row = (name: string, figure: Figure, isHeld = false, which: 'rto' | 'rpo' = 'rto') => [
    name,
    `**${value(figure)}** (${plain(certainty(figure))})`,
    ...columns.map((limits) => (isHeld ? against(limits[which], figure, rehearsal) : '')),
  ];
  const { rows } = dataLoss;
  const lost =
    'unknown' in rows
      ? `${rowsLost(dataLoss)} (${plain(rows.unknown)})`
      : `**${rowsLost(dataLoss)}**${rows.gaps > 0 ? `, ${rows.lostInGaps} in ${rows.gaps} ${rows.gaps === 1 ? 'gap' : 'gaps'}` : ''}`;
  return table(
    ['figure', 'value', 'target', ...(hasObjective ? ['platform objective'] : [])],
    [
      row('Recovery time (RTO)', recovery.total, true, 'rto'),
      row('Data loss (RPO)', dataLoss.loss, true, 'rpo'),
      row('Customer outage', outage.duration),
      [countedAs(drill.measures).title, lost, ...columns.map(() => '')],
    ],
  );
}

/** The figures of each component, where there are several, and how data stores stand. */
function components(report: Report): string[] {
  const figures = componentFigures(report);
  const standing = standingWords(report);
  if (figures.length + standing.length === 0) return [];
  return [
    '## Each component',
    ...standing.map((words) => `> ${plain(words)}`),
    ...(figures.length === 0
      ? []
      : [
          table(
            ['component', 'what', 'figure', 'value', 'rows lost', 'target'],
            figures.map(({ of, about, title, figure, rows, target }) => [
              plain(of),
              code(about),
              title,
              `**${value(figure)}** (${plain(certainty(figure))})`,
              rows,
              against(target, figure, report.rehearsal),
            ]),
          ),
        ]),
  ];
}

type TimelineRow = [atMs: number, cells: string[]];

function stepRow(step: Report['timeline']['steps'][number]): TimelineRow {
  const { fromMs, toMs, title, notDone, error, calls } = step;
  const changes = calls.filter(({ mutating }) => mutating);
  const ids = changes.map(
    ({ operation, requestId, outcome: went }) =>
      `${operation} ${went} ${requestId === null ? 'without a request id' : code(requestId)}`,
  );
  const took = toMs === null ? 'unknown' : inWords(toMs - fromMs);
  return [
    fromMs,
    [
      plain(title),
      took,
      [howItWent(step), notDone ?? error]
        .filter((text) => text !== null)
        .map(plain)
        .join(': '),
      [`${calls.length}`, ...ids].join('; '),
    ],
  ];
}

function environment(report: Report): string {
  const { mode, tool, seed, drill, journal, overrides } = report;
  const { account, regions, topology } = report.environment;
  return [
    `- Mode: ${mode === 'dry-run' ? 'dry run, everything simulated' : 'live'}; tool ${plain(tool)}; seed ${seed}`,
    `- Drill ${code(drill.name)} on the machine ${code(drill.machine)}, topology ${code(topology)}`,
    `- Account ${code(account)}; regions ${code(regions.primary)} (primary), ${code(regions.recovery)} (recovery)`,
    ...datesOf(report).map(([name, dates]) => `- ${name}: ${dates}`),
    `- Overrides: ${overrides.length === 0 ? 'none' : overrides.map(code).join(', ')}`,
    `- Hash of the drill ${code(drill.hash)}`,
    `- Hash of the journal ${code(journal.hash)}, ${journal.entries} entries`,
    ...drill.runbook.map((link) => `- Runbook: ${plain(link)}`),
  ].join('\n');
}

const passed = (ok: boolean | null): string => (ok === null ? 'not made' : ok ? 'passed' : '**failed**');

const lines = (blocks: (string | undefined)[]): string =>
  `${blocks.filter((block) => block !== undefined).join('\n\n')}\n`;
