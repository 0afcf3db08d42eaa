import { v5 } from 'uuid';
import { inWords } from '../duration.ts';
import { plain } from '../markdown-text.ts';
import type { Figure } from '../measure/figure.ts';
import type { Held } from '../measure/verdict.ts';
import { componentFigures, inWordsOf } from './component-figures.ts';
import { certainty, value } from './figure-words.ts';
import { marked } from './mark.ts';
import { deliveryOf } from './notices.ts';
import type { Report } from './report-schema.ts';
import { namesServedAgain } from './served-layout.ts';

/** Under which all our names become UUIDs: one run, one document, to the byte. */
const NAMESPACE = v5('https://github.com/dr-drill/dr-drill', v5.URL);

const OSCAL_VERSION = '1.1.3';

/**
 * The run as NIST OSCAL assessment results. What was seen are observations; a live run makes findings of them for each control, a
 * rehearsal none.
 */
export function toOscal(report: Report): string {
  const id = (...names: string[]) => v5([report.journal.hash, ...names].join('/'), NAMESPACE);
  const observations = observationsOf(report, id);
  const controls = report.controls.map(({ control }) => control);
  const findings = report.rehearsal
    ? []
    : findingsOf(
        report,
        observations.map(({ uuid }) => uuid),
        id,
      );
  const document = {
    'assessment-results': {
      uuid: id('assessment-results'),
      metadata: {
        title: marked(`Disaster-recovery drill: ${asText(report.drill.title)}`, report),
        'last-modified': report.endedAt,
        version: report.journal.hash,
        'oscal-version': OSCAL_VERSION,
        props: [
          prop('tool', report.tool),
          prop('mode', report.mode),
          prop('rehearsal', String(report.rehearsal)),
          ...(report.rehearsedAt === null ? [] : [prop('rehearsed-at', report.rehearsedAt)]),
          ...report.overrides.map((one) => prop('override', one)),
        ],
        ...(report.caveat !== null && { remarks: report.caveat }),
      },
      'import-ap': importedPlan(report, id),
      results: [
        {
          uuid: id('result'),
          title: oneLine(marked(report.verdict.words, report)),
          description: asText(report.verdict.sentence),
          start: report.startedAt,
          end: report.endedAt,
          'reviewed-controls': {
            'control-selections': [
              controls.length === 0
                ? { description: 'The drill names no control, and nothing is claimed of any.', 'include-all': {} }
                : { 'include-controls': controls.map((control) => ({ 'control-id': controlId(control) })) },
            ],
          },
          ...logOf(report, id),
          observations,
          ...(findings.length > 0 && { findings }),
        },
      ],
      'back-matter': {
        resources: [
          {
            uuid: id('drill'),
            title: `Drill ${report.drill.name}`,
            description: `SHA-256 of drill and topology: ${report.drill.hash}`,
            // NIST's constraints follow an import to a document, even where there is none: this one has no plan to be found in it.
            rlinks: [{ href: 'report.oscal.json', 'media-type': 'application/json' }],
          },
          {
            uuid: id('journal'),
            title: 'Journal of the run',
            description: `SHA-256 of its last line: ${report.journal.hash}`,
            rlinks: [{ href: 'journal.jsonl', 'media-type': 'application/jsonl' }],
          },
        ],
      },
    },
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

type Id = (...names: string[]) => string;

/** The plan that the drill belongs to, or else the drill itself, which is no OSCAL: its resource leads back to this document. */
const importedPlan = ({ drill }: Report, id: Id) =>
  drill.assessmentPlan === null
    ? {
        href: `#${id('drill')}`,
        remarks:
          'The drill names no assessment plan in OSCAL. Its plan is the drill file that the journal of the run contains.',
      }
    : { href: drill.assessmentPlan };

function observationsOf(report: Report, id: Id) {
  const { recovery, dataLoss, targets, objective, checks, dataChecks, endedAt } = report;
  const observation = (name: string, title: string, description: string, ok: boolean | null) => ({
    uuid: id('observation', name),
    title: asText(title),
    description: asText(description),
    methods: ['TEST'],
    types: ['finding'],
    ...(ok !== null && { props: [prop('met', String(ok))] }),
    collected: endedAt,
    'relevant-evidence': [{ href: `#${id('journal')}`, description: 'The journal of the run.' }],
  });
  const against = (name: string, held: Held | null) =>
    held === null ? '' : `; ${name} ${inWords(held.limitMs)}: ${held.standing}`;
  const figure = (name: string, title: string, of: Figure, held: Held | null, platform: Held | null = null) =>
    observation(
      name,
      title,
      `${value(of)} (${certainty(of)})${against('target', held)}${against('platform objective', platform)}.`,
      held === null ? null : held.standing === 'met',
    );
  return [
    figure('recovery-time', 'Recovery time (RTO)', recovery.total, targets.rto, objective.rto),
    figure('data-loss', 'Data loss (RPO)', dataLoss.loss, targets.rpo, objective.rpo),
    ...namesServedAgain(report).map(({ of, name, words }) =>
      observation(`served/${of}`, `Customers served again at ${name}`, words, null),
    ),
    ...componentFigures(report).map(({ of, about, measure, title, figure: own, target }) =>
      figure(`${measure}/${of}`, `${title} of ${of} (${about})`, own, target),
    ),
    ...report.givenUp.map(({ store, step, title, reason }) =>
      observation(`given-up/${step}`, `Given up: ${store}`, `${title}: ${reason}`, false),
    ),
    ...report.takenOver
      .filter(({ standing }) => standing !== 'taken over')
      .map((one) => observation(`standing/${one.of}`, `Data store ${one.of}`, `${one.of} ${inWordsOf(one)}.`, false)),
    ...checks
      .filter(({ layer }) => layer === 'verification')
      .map(({ check, detail, ok }) => observation(`check/${check}`, `Verification: ${check}`, detail, ok)),
    ...dataChecks.map(({ check, title, instance, detail, ok }) =>
      observation(`data-check/${instance}/${check}`, `Data check: ${title}`, `${instance}: ${detail}`, ok),
    ),
  ];
}

/** What a smooth run does not show, such as a clock that was set, and who was told what. */
function logOf({ deviations, notices }: Report, id: Id) {
  const logged = [
    ...deviations.map(({ kind, about, what, atMs }) => ({
      title: `${about}: ${kind.replaceAll('-', ' ')}`,
      what,
      atMs,
    })),
    ...notices.map((one) => ({
      title: `${one.channel}: notice of ${one.about.replaceAll('-', ' ')}`,
      what: `${one.says} (${deliveryOf(one)})`,
      atMs: one.atMs,
    })),
  ];
  if (logged.length === 0) return {};
  const entries = logged.map(({ title, what, atMs }, at) => ({
    uuid: id('log', String(at)),
    title: oneLine(title),
    description: asText(what),
    start: new Date(atMs).toISOString(),
  }));
  return { 'assessment-log': { entries } };
}

function findingsOf(report: Report, observed: string[], id: Id) {
  return report.controls.map(({ control, title, says, missing }) => ({
    uuid: id('finding', control),
    title: oneLine(title === null ? control : `${control}: ${title}`),
    description: says,
    target: {
      type: 'objective-id',
      'target-id': `drill-objective-${token(control)}`,
      // The objective is this test's; whether it makes the control satisfied is for an assessor to say.
      status: {
        state: missing.length === 0 ? 'satisfied' : 'not-satisfied',
        remarks:
          'The objective is what this test was to show; whether the control is satisfied is for an assessor to say.',
      },
    },
    'related-observations': observed.map((uuid) => ({ 'observation-uuid': uuid })),
  }));
}

const prop = (name: string, text: string) => ({
  name,
  ns: 'https://github.com/dr-drill/dr-drill/ns/oscal',
  value: oneLine(text),
});

/** As NIST's own catalogue names its controls: `CP-4(2)` is `cp-4.2`; others by their name. */
const controlId = (control: string): string => token(control.replace(/^NIST 800-53 /, '').replace(/\((\d+)\)$/, '.$1'));

/** OSCAL's token: letters, digits, `.`, `-` and `_`, and no digit first. */
const token = (text: string): string =>
  text
    .toLowerCase()
    .replace(/[^a-z0-9._-]+/g, '-')
    .replace(/^[^a-z_]+|-+$/g, '');

/** OSCAL's titles and descriptions are Markdown: what others wrote is text in it. */
const asText = (text: string): string => plain(text) || '-';

const oneLine = (text: string): string => text.replace(/\s+/g, ' ').trim() || '-';
