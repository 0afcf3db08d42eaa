import { XMLBuilder } from 'fast-xml-parser';
import { type Figure, isKnown } from '../measure/figure.ts';
import { componentFigures } from './component-figures.ts';
import { against, value } from './figure-words.ts';
import { marked, markOf } from './mark.ts';
import { deliveryOf } from './notices.ts';
import type { Report } from './report-schema.ts';
import { namesServedAgain } from './served-layout.ts';
import { howItWent, wentWell } from './step-words.ts';

interface Case {
  name: string;
  seconds: number;
  /** Why it is no success. */
  trouble?: { kind: 'failure' | 'error' | 'skipped'; message: string };
}

interface Suite {
  name: string;
  fromMs: number;
  cases: Case[];
  /** What the log of a CI system shows beside them. */
  out?: string[];
}

const xml = new XMLBuilder({
  ignoreAttributes: false,
  attributeNamePrefix: '@',
  format: true,
  suppressEmptyNode: true,
});

/** The run for a CI system: each phase a suite with its steps, and one suite each for targets, checks and data checks. */
export function toJunit(report: Report): string {
  const suites = [...phaseSuites(report), ...checkSuites(report)].filter(({ cases }) => cases.length > 0);
  const mark = markOf(report)?.mark;
  const properties = [
    ...(report.caveat === null ? [] : [['caveat', report.caveat]]),
    ...(report.rehearsedAt === null ? [] : [['rehearsed-at', report.rehearsedAt]]),
    ...report.overrides.map((one) => ['override', one]),
  ].map(([name, value = '']) => ({ '@name': name, '@value': printable(value) }));
  const all = suites.flatMap(({ cases }) => cases);
  const document = {
    '?xml': { '@version': '1.0', '@encoding': 'UTF-8' },
    testsuites: {
      '@name': printable(marked(report.drill.title, report)),
      // The schema knows no skipped ones up here.
      ...(({ '@skipped': _, ...others }) => others)(counts(all)),
      testsuite: suites.map(({ name, fromMs, cases, out = [] }, index) => ({
        '@name': mark === undefined ? name : `${mark}: ${name}`,
        '@timestamp': new Date(fromMs).toISOString().slice(0, 19),
        ...counts(cases),
        // The schema knows properties of suites alone.
        ...(index === 0 && properties.length > 0 && { properties: { property: properties } }),
        testcase: cases.map((one) =>
          caseOf(one, `${mark === undefined ? '' : `${mark}.`}${report.drill.name}.${name}`),
        ),
        ...(out.length > 0 && { 'system-out': printable(out.join('\n')) }),
      })),
    },
  };
  return `${xml.build(document)}`;
}

function caseOf({ name, seconds, trouble }: Case, suite: string): object {
  const about = trouble && {
    [trouble.kind]: {
      '@message': printable(trouble.message),
      ...(trouble.kind !== 'skipped' && { '@type': trouble.kind }),
    },
  };
  return { '@name': printable(name), '@classname': suite, '@time': seconds.toFixed(3), ...about };
}

function counts(cases: readonly Case[]) {
  const of = (kind: string) => cases.filter(({ trouble }) => trouble?.kind === kind).length;
  return {
    '@tests': cases.length,
    '@failures': of('failure'),
    '@errors': of('error'),
    '@skipped': of('skipped'),
    '@time': cases.reduce((sum, { seconds }) => sum + seconds, 0).toFixed(3),
  };
}

const phaseSuites = ({ timeline, givenUp }: Report): Suite[] =>
  timeline.phases.map(({ phase, fromMs, toMs }) => ({
    name: phase,
    fromMs,
    cases: timeline.steps
      .filter((step) => step.phase === phase && step.fromMs >= fromMs && (toMs === null || step.fromMs <= toMs))
      .map((step): Case => {
        const seconds = step.toMs === null ? 0 : (step.toMs - step.fromMs) / 1000;
        if (step.notDone !== null)
          return { name: step.title, seconds, trouble: { kind: 'skipped', message: `not done: ${step.notDone}` } };
        if (wentWell(step)) return { name: step.title, seconds };
        const gone = givenUp.find((one) => one.step === step.step);
        if (gone)
          return { name: step.title, seconds, trouble: { kind: 'skipped', message: `given up: ${gone.reason}` } };
        const kind = ['ok', 'failed', 'deadline'].includes(step.outcome) ? 'failure' : 'error';
        return { name: step.title, seconds, trouble: { kind, message: step.error ?? howItWent(step) } };
      }),
  }));

function checkSuites(report: Report): Suite[] {
  const { timeline, targets, objective, recovery, dataLoss, checks, dataChecks, deviations, notices } = report;
  const fromMs = timeline.toMs;
  const failed = (ok: boolean, message: string): Pick<Case, 'trouble'> =>
    ok ? {} : { trouble: { kind: 'failure', message } };
  const held = (name: string, of: Report['targets']['rto'], figure: Report['recovery']['total']): Case =>
    of === null
      ? { name, seconds: 0, trouble: { kind: 'skipped', message: 'it has no target' } }
      : {
          name: `${name} at most ${of.limitMs / 1000} s`,
          seconds: 0,
          ...failed(of.standing === 'met', whyNot(figure)),
        };
  return [
    {
      name: 'targets',
      fromMs,
      cases: [
        held('RTO', targets.rto, recovery.total),
        held('RPO', targets.rpo, dataLoss.loss),
        ...componentFigures(report).map(({ of, measure, target, figure }) =>
          'unknown' in figure && figure.sought === false
            ? { name: `RPO of ${of}`, seconds: 0, trouble: { kind: 'skipped' as const, message: figure.unknown } }
            : held(`${measure === 'recovery' ? 'RTO' : 'RPO'} of ${of}`, target, figure),
        ),
      ],
      out: [
        ...(report.quorum === null ? [] : [report.quorum.words]),
        ...promised('RTO', objective.rto, recovery.total, report),
        ...promised('RPO', objective.rpo, dataLoss.loss, report),
        ...namesServedAgain(report).map(({ name, words }) => `${name}: ${words}`),
        ...deviations.map(({ about, what, atMs }) => `${new Date(atMs).toISOString()} ${about}: ${what}`),
        ...notices.map((one) => `${new Date(one.atMs).toISOString()} ${one.channel}: ${one.says} (${deliveryOf(one)})`),
      ],
    },
    {
      name: 'verification',
      fromMs,
      cases: checks
        .filter(({ layer }) => layer === 'verification')
        .map(({ check, ok, detail }) => ({ name: check, seconds: 0, ...failed(ok, detail) })),
    },
    {
      name: 'data-checks',
      fromMs,
      cases: dataChecks.map(({ title, instance, ok, detail }) => ({
        name: `${title} (${instance})`,
        seconds: 0,
        ...(ok === null ? { trouble: { kind: 'skipped' as const, message: detail } } : failed(ok, detail)),
      })),
    },
  ];
}

/** The platform objective decides nothing, so it is no test case. */
const promised = (name: string, held: Report['objective']['rto'], figure: Figure, { rehearsal }: Report): string[] =>
  held === null ? [] : [`${name}: platform objective ${against(held, figure, rehearsal)}`];

const whyNot = (figure: Report['recovery']['total']): string =>
  isKnown(figure)
    ? value(figure)
    : figure.atLeastMs === undefined
      ? figure.unknown
      : `${value(figure)}: ${figure.unknown}`;

/** XML has no way to write most control characters. */
const printable = (text: string): string =>
  text.replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, ' ');
