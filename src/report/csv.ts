import type { Figure } from '../measure/figure.ts';
import { componentFigures } from './component-figures.ts';
import { against, certainty, value } from './figure-words.ts';
import { heldOn, markOf } from './mark.ts';
import { deliveryOf } from './notices.ts';
import type { Report } from './report-schema.ts';
import { namesServedAgain } from './served-layout.ts';
import { servedRows } from './served-words.ts';
import { howItWent, wentWell } from './step-words.ts';

const HEAD = ['from', 'to', 'seconds', 'kind', 'name', 'title', 'phase', 'region', 'outcome', 'detail', 'mark'];

/**
 * The timeline as a table for a spreadsheet, after RFC 4180, with the mark of a rehearsal in each row: the run itself, settings given over the
 * file, phases, steps, moments, deviations and notices in the order in which they began; then when customers were served again, one after another, the
 * figures against target and platform objective, that of each component, where there are several, and how each data store stands that was to be taken over.
 */
export function toCsv(report: Report): string {
  const { timeline, rehearsal, deviations, notices, overrides, startedAt } = report;
  const begunMs = Date.parse(startedAt);
  const happened = [
    ...overrides.map((setting) => ({
      fromMs: begunMs,
      toMs: null,
      cells: ['override', '--set', setting, '', '', '', ''],
    })),
    ...timeline.phases.map(({ phase, fromMs, toMs }) => ({
      fromMs,
      toMs,
      cells: ['phase', phase, '', phase, '', '', ''],
    })),
    ...timeline.steps.map((one) => ({
      fromMs: one.fromMs,
      toMs: one.toMs,
      cells: [
        ...['step', one.step, one.title, one.phase, one.region ?? ''],
        ...[wentWell(one) ? one.outcome : howItWent(one), one.notDone ?? one.error ?? ''],
      ],
    })),
    ...timeline.markers.map(({ marker, title, atMs }) => ({
      fromMs: atMs,
      toMs: atMs,
      cells: ['moment', marker, title, '', '', '', ''],
    })),
    ...deviations.map(({ kind, about, what, atMs }) => ({
      fromMs: atMs,
      toMs: atMs,
      cells: ['deviation', about, '', '', '', kind, what],
    })),
    ...notices.map((one) => ({
      fromMs: one.atMs,
      toMs: null,
      cells: ['notice', one.channel, one.says, '', '', one.state, deliveryOf(one)],
    })),
  ].sort((a, b) => a.fromMs - b.fromMs);
  const lines = happened.map(({ fromMs, toMs, cells }) => [
    instant(fromMs),
    toMs === null ? '' : instant(toMs),
    toMs === null ? '' : String((toMs - fromMs) / 1000),
    ...cells,
  ]);
  const figures = componentFigures(report).map(({ of, about, measure, title, figure, target, fromMs, toMs }) => [
    fromMs === null ? '' : instant(fromMs),
    toMs === null ? '' : instant(toMs),
    'ms' in figure ? String(figure.ms / 1000) : '',
    ...[measure, of, `${title}: ${about}`, '', ''],
    target === null ? value(figure) : against(target, figure, rehearsal),
    certainty(figure),
  ]);
  const served = namesServedAgain(report).flatMap(({ of, name, served: one }) =>
    servedRows(one).map(({ share, title, figure }) => [
      ...servedSpan(one.curve[0]?.atMs ?? 0, figure),
      ...['served again', `${of}/${share}`, `${title} of ${name}`, '', ''],
      value(figure),
      certainty(figure),
    ]),
  );
  const stores = report.takenOver.map(({ of, standing }) => ['', '', '', 'data store', of, '', '', '', standing, '']);
  const run = ['run', report.drill.name, report.drill.title, '', '', report.verdict.words];
  const begun = [instant(begunMs), instant(timeline.toMs), String((timeline.toMs - begunMs) / 1000)];
  const limits = [
    ...limitRows('target', report.targets, report),
    ...limitRows('platform objective', report.objective, report),
  ];
  const rows = [
    [...begun, ...run, [report.caveat, heldOn(report)].filter(Boolean).join(' ')],
    ...(report.quorum === null
      ? []
      : [['', '', '', 'quorum', report.quorum.holder ?? '', '', '', '', report.quorum.words, '']]),
    ...lines,
    ...served,
    ...limits,
    ...figures,
    ...stores,
  ];
  const mark = markOf(report)?.mark ?? '';
  return [HEAD, ...rows.map((cells) => [...cells, mark])].map((cells) => `${cells.map(cell).join(',')}\r\n`).join('');
}

/** The figures of the whole run, compared with what the drill or the platform wants. */
const limitRows = (kind: string, { rto, rpo }: Report['targets'], { recovery, dataLoss, rehearsal }: Report) =>
  [
    { name: 'RTO', title: 'Recovery time', held: rto, figure: recovery.total },
    { name: 'RPO', title: 'Data loss', held: rpo, figure: dataLoss.loss },
  ].flatMap(({ name, title, held, figure }) =>
    held === null
      ? []
      : [
          [
            ...['', '', 'ms' in figure ? String(figure.ms / 1000) : ''],
            ...[kind, name, title, '', '', against(held, figure, rehearsal), certainty(figure)],
          ],
        ],
  );

/** From, to and seconds. */
const servedSpan = (fromMs: number, figure: Figure): string[] => [
  instant(fromMs),
  ...('ms' in figure ? [instant(fromMs + figure.ms), String(figure.ms / 1000)] : ['', '']),
];

const instant = (ms: number): string => new Date(ms).toISOString();

/** Text that a spreadsheet would take for a formula is kept a text, also where semicolons, tabs or lines part the cells. */
function cell(text: string): string {
  const safe = text
    .replace(/(^|[;\t\r\n])(\s*)(?=[=+\-@\uFF1D\uFF0B\uFF0D\uFF20])/g, "$1'$2")
    .replace(/^(?=[\t\r])/, "'");
  return /[",;\t\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
