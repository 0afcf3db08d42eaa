import { inWords } from '../../duration.ts';
import { answerOf, throughWhat, waitedFor } from '../approval-words.ts';
import { percent } from '../figure-words.ts';
import { timeOfDay } from '../instant.ts';
import { datesOf, heldOn, marked, markOf } from '../mark.ts';
import { deliveryOf } from '../notices.ts';
import type { Report } from '../report-schema.ts';
import { howItWent, wentWell } from '../step-words.ts';
import { chart } from './chart.ts';
import { components } from './components.ts';
import { before, signOffBlock } from './follow-up.ts';
import { type Contents, headline, splitBar } from './headline.ts';
import { leftForPlans } from './left.ts';
import { servedAgain } from './served.ts';
import { colour, inner, page, Sheet } from './sheet.ts';
import { table } from './table.ts';

/** The report on paper: tagged, with its fonts in it, and the same to the byte for the same report. */
export async function toPdf(report: Report): Promise<Uint8Array> {
  const mark = markOf(report)?.mark;
  let sheet = drawn(report, []);
  // Each page that the contents take moves what follows: drawn again until the numbers are true.
  for (let contents: Contents = []; !isSame(contents, sheet.sections); ) {
    contents = [...sheet.sections];
    sheet = drawn(report, contents);
  }
  return sheet.finish((index, count) => marginalia(sheet, report, mark, index, count));
}

const isSame = (one: Contents, other: Contents): boolean => JSON.stringify(one) === JSON.stringify(other);

/** All pages, but for what stands on each of them. */
function drawn(report: Report, contents: Contents): Sheet {
  const { drill, verdict, endedAt } = report;
  const sheet = new Sheet({
    title: marked(`${verdict.words}: ${drill.title}`, report),
    subject: marked(`Disaster-recovery drill ${drill.name}, ${heldOn(report)}`, report),
    keywords: markOf(report)?.mark,
    at: new Date(endedAt),
  });
  headline(sheet, report, contents);
  components(sheet, report);
  splitBar(sheet, report);
  servedAgain(sheet, report);
  sheet.section('Timeline', 140);
  chart(sheet, report);
  steps(sheet, report);
  approvals(sheet, report);
  notices(sheet, report);
  checks(sheet, report);
  incidents(sheet, report);
  leftForPlans(sheet, report);
  before(sheet, report);
  provenance(sheet, report);
  signOffBlock(sheet, report);
  return sheet;
}

function steps(sheet: Sheet, { timeline }: Report): void {
  sheet.section('Steps');
  const share = (step: string) => timeline.criticalPath.find((part) => part.step === step)?.share;
  table(
    sheet,
    [
      { title: 'What was done', share: 47, isOneLine: true, cell: ({ title }) => ({ text: title, size: 7.5 }) },
      { title: 'Step', share: 26, isOneLine: true, cell: ({ step }) => ({ text: step, size: 7.5 }) },
      { title: 'Took', share: 12, cell: ({ fromMs, toMs }) => (toMs === null ? 'unknown' : inWords(toMs - fromMs)) },
      { title: 'Share', share: 11, cell: ({ step }) => ofRecovery(share(step)) },
      {
        title: 'Outcome',
        share: 16,
        isOneLine: true,
        cell: (step) => ({ text: howItWent(step), colour: wentWell(step) ? colour.good : colour.bad }),
      },
    ],
    timeline.steps,
  );
  const told = timeline.steps.flatMap(({ step, notDone, error }) => {
    const why = notDone ?? error;
    return why === null ? [] : [{ step, why }];
  });
  if (told.length > 0) {
    sheet.section('Steps that went otherwise');
    table(
      sheet,
      [
        { title: 'Step', share: 26, cell: ({ step }) => step },
        { title: 'What happened', share: 74, cell: ({ why }) => why },
      ],
      told,
    );
  }
  const changes = timeline.steps.flatMap(({ step, calls }) =>
    calls.filter(({ mutating }) => mutating).map((call) => ({ ...call, step })),
  );
  if (changes.length === 0) return;
  sheet.section('Calls that changed something');
  table(
    sheet,
    [
      { title: 'At (UTC)', share: 12, cell: ({ atMs }) => timeOfDay(atMs) },
      { title: 'Step', share: 20, cell: ({ step }) => step },
      { title: 'Call', share: 26, cell: ({ service, operation, region }) => `${service} ${operation}, ${region}` },
      { title: 'Answer', share: 18, cell: ({ outcome, error }) => `${outcome}${error ? `: ${error}` : ''}` },
      { title: 'Request id', share: 26, cell: ({ requestId }) => requestId ?? 'none' },
    ],
    changes,
  );
}

const ofRecovery = (share: number | undefined): string => (share === undefined ? '–' : percent(share));

function approvals(sheet: Sheet, { approvals: all }: Report): void {
  if (all.length === 0) return;
  sheet.section('Approvals');
  table(
    sheet,
    [
      { title: 'Who', share: 22, cell: ({ by, role }) => (role === null ? by : `${by}, ${role}`) },
      {
        title: 'Answer',
        share: 20,
        cell: (one) => ({ text: answerOf(one), colour: one.approves ? colour.good : colour.bad }),
      },
      { title: 'Asked', share: 26, cell: ({ question }) => question },
      { title: 'At (UTC)', share: 12, cell: ({ atMs }) => timeOfDay(atMs) },
      { title: 'Waited', share: 10, cell: waitedFor },
      { title: 'Through', share: 14, cell: throughWhat },
    ],
    all,
  );
}

function notices(sheet: Sheet, { notices: all }: Report): void {
  if (all.length === 0) return;
  sheet.section('Notices');
  table(
    sheet,
    [
      { title: 'Message', share: 40, cell: ({ says }) => says },
      { title: 'At (UTC)', share: 12, cell: ({ atMs }) => timeOfDay(atMs) },
      { title: 'Channel', share: 20, cell: ({ channel, via }) => `${channel}, ${via}` },
      {
        title: 'Delivery',
        share: 28,
        cell: (one) => ({
          text: deliveryOf(one),
          colour: { sent: colour.good, failed: colour.bad, unknown: colour.bad, 'not sent': colour.warn }[one.state],
        }),
      },
    ],
    all,
  );
}

const result = (ok: boolean | null) => ({
  text: ok === null ? 'not made' : ok ? 'passed' : 'failed',
  colour: ok === null ? colour.warn : ok ? colour.good : colour.bad,
});

function checks(sheet: Sheet, { dataChecks, checks: all }: Report): void {
  sheet.section('Data checks');
  if (dataChecks.length === 0) sheet.paragraph('No data check was made.');
  else
    table(
      sheet,
      [
        { title: 'Check', share: 34, cell: ({ title }) => title },
        { title: 'Instance', share: 24, cell: ({ instance }) => instance },
        { title: 'Result', share: 10, cell: ({ ok }) => result(ok) },
        { title: 'Detail', share: 32, cell: ({ detail }) => detail },
      ],
      dataChecks,
    );
  const verification = all.filter(({ layer }) => layer === 'verification');
  const detection = all.filter(({ layer }) => layer !== 'verification');
  sheet.section('Verification checks');
  if (verification.length === 0) sheet.paragraph('No check was made.');
  else
    table(
      sheet,
      [
        { title: 'Check', share: 36, cell: ({ check }) => check },
        { title: 'Looks', share: 16, cell: looksOf },
        { title: 'Result', share: 12, cell: ({ ok }) => result(ok) },
        { title: 'Detail', share: 36, cell: ({ detail }) => detail },
      ],
      verification,
    );
  if (detection.length === 0) return;
  sheet.section('Failure detected by');
  table(
    sheet,
    [
      { title: 'Check', share: 32, cell: ({ check }) => check },
      { title: 'Layer', share: 16, cell: ({ layer, critical }) => `${layer}${critical ? ', critical' : ''}` },
      { title: 'Looks', share: 14, cell: looksOf },
      { title: 'Last', share: 10, cell: ({ ok }) => (ok ? 'well' : 'failing') },
      { title: 'Detail', share: 30, cell: ({ detail }) => detail },
    ],
    detection,
  );
}

const looksOf = ({ looks, failed }: Report['checks'][number]): string => `${looks}, ${failed} failed`;

function incidents(sheet: Sheet, report: Report): void {
  const { findings, deviations, aftermath, outcome } = report;
  sheet.section('Findings and deviations');
  if (findings.length + deviations.length === 0) sheet.paragraph('None: nothing was found, retried, held or late.');
  if (findings.length > 0)
    table(
      sheet,
      [
        { title: 'Finding', share: 26, cell: ({ what, subject }) => `${what}\n${subject}` },
        {
          title: 'Severity',
          share: 11,
          cell: ({ severity }) => ({
            text: severity,
            colour: severity === 'note' ? colour.quiet : severity === 'warning' ? colour.warn : colour.bad,
          }),
        },
        { title: 'Why it matters', share: 30, cell: ({ why }) => why },
        {
          title: 'Fix',
          share: 33,
          cell: ({ fix, owner, due }) => (owner === null ? fix : `${fix}\n${owner}, until ${due}`),
        },
      ],
      findings,
    );
  if (deviations.length > 0)
    table(
      sheet,
      [
        { title: 'At (UTC)', share: 12, cell: ({ atMs }) => timeOfDay(atMs) },
        { title: 'Kind', share: 16, cell: ({ kind }) => kind.replaceAll('-', ' ') },
        { title: 'Where', share: 20, cell: ({ about }) => about },
        { title: 'What', share: 52, cell: ({ what }) => what },
      ],
      deviations,
    );
  const { held, undos, standing, unfinished } = aftermath;
  const wentToItsEnd = outcome === 'passed' || outcome === 'target-missed';
  if (wentToItsEnd && held.length === 0 && undos.length === 0) return;
  sheet.section('Undone, and left to do');
  for (const { title, step, reason } of held) {
    sheet.paragraph(`Held behind “${title}” (${step}): ${reason}`, { colour: colour.bad });
  }
  if (held.length + undos.length + standing.length + unfinished.length === 0) {
    sheet.paragraph('Nothing had been changed, so there was nothing to undo.');
  }
  if (undos.length > 0)
    table(
      sheet,
      [
        { title: 'Undo', share: 34, cell: ({ title }) => title },
        { title: 'Result', share: 16, cell: (undo) => undo.outcome.replaceAll('-', ' ') },
        {
          title: 'By hand, where it failed',
          share: 50,
          cell: ({ error, command }) => (error ? `${error}\n${command}` : ''),
        },
      ],
      undos,
    );
  if (wentToItsEnd) return;
  const left = [
    ...unfinished.map((one) => ({ ...one, kind: 'not finished: look at AWS first' })),
    ...standing.map((one) => ({ ...one, kind: 'not undone' })),
  ];
  if (left.length === 0) return;
  table(
    sheet,
    [
      { title: 'Change', share: 28, cell: ({ title, outcome: went }) => `${title} (${went})` },
      { title: 'How it stands', share: 20, cell: ({ kind }) => kind },
      { title: 'What made it', share: 52, cell: ({ command }) => command },
    ],
    left,
  );
}

function provenance(sheet: Sheet, report: Report): void {
  const { mode, tool, seed, environment, drill, journal, overrides } = report;
  sheet.section('Environment');
  const facts: [string, string][] = [
    ['Mode', mode === 'dry-run' ? 'dry run: everything was simulated' : 'live'],
    ['Drill', `${drill.name}, on the machine ${drill.machine}`],
    ['Topology', environment.topology],
    ['Account', environment.account],
    ['Regions', `${environment.regions.primary} (primary), ${environment.regions.recovery} (recovery)`],
    ...datesOf(report),
    ['Tool, seed', `${tool}, seed ${seed}`],
    ['Overrides', overrides.length === 0 ? 'none' : overrides.join(', ')],
    ['Runbook', drill.runbook.length === 0 ? 'none' : drill.runbook.join('\n')],
    ['Hash of the drill', drill.hash],
    ['Hash of the journal', `${journal.hash}, ${journal.entries} entries`],
  ];
  table(
    sheet,
    [
      { title: 'Of', share: 20, cell: ([name]) => name },
      { title: 'What', share: 80, cell: ([, text]) => text },
    ],
    facts,
  );
  if (report.controls.length > 0) {
    sheet.section('Controls');
    sheet.paragraph('What this run contributes. No drill by itself makes a control fulfilled.', {
      colour: colour.quiet,
    });
    table(
      sheet,
      [
        {
          title: 'Control',
          share: 34,
          cell: ({ control, title }) => (title === null ? control : `${control}: ${title}`),
        },
        { title: 'Source', share: 22, cell: ({ source }) => source ?? 'not in the mapping' },
        { title: 'What the run says', share: 44, cell: ({ says }) => says },
      ],
      report.controls,
    );
  }
  sheet.section('Method');
  for (const words of report.method) sheet.paragraph(words, { size: 8 });
}

/** What stands on every page: which run, which journal, which page; and what every reader must know first. */
function marginalia(sheet: Sheet, report: Report, mark: string | undefined, index: number, count: number): void {
  const { doc } = sheet;
  const { drill, journal } = report;
  const faint = { size: 7, colour: colour.quiet };
  const right = page.left + inner;
  const y = page.height - 44;
  doc.moveTo(page.left, y).lineTo(right, y).lineWidth(0.5).stroke(colour.strongLine);
  sheet.draw([`${drill.name}, ${heldOn(report)}`], page.left, y + 5, faint);
  sheet.draw([`Page ${index + 1} of ${count}`], right, y + 5, { ...faint, align: 'right' });
  sheet.draw([`Journal ${journal.hash}`], page.left, y + 15, faint);
  if (mark === undefined) return;
  doc.rect(0, 0, page.width, 26).fill(colour.warnSoft);
  sheet.draw([mark], page.width / 2, 8, { size: 9, weight: 'bold', colour: colour.warn, align: 'center' });
  const middle = { x: page.width / 2, y: page.height / 2 };
  doc
    .save()
    .rotate(-52, { origin: [middle.x, middle.y] })
    .fillOpacity(0.06);
  sheet.outline(mark, middle.x, middle.y, 92, colour.warn);
  doc.restore();
}
