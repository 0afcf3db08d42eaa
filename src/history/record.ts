import * as z from 'zod';
import type { Figure } from '../measure/figure.ts';
import { quorumSchema } from '../report/quorum.ts';
import type { Report } from '../report/report-schema.ts';

const limits = z.strictObject({ rto: z.number().nullable(), rpo: z.number().nullable() });

/** What is remembered of a run: enough for trends, a fiftieth of its report. Lengths in milliseconds. */
export const recordSchema = z.strictObject({
  format: z.literal(1),
  run: z.string().describe('The name of its folder.'),
  journal: z.string().describe('SHA-256 of the last line of its journal.'),
  drill: z.string(),
  title: z.string(),
  drawn: z.string().optional().describe('What a surprise turned out to be.'),
  mode: z.enum(['dry-run', 'live']),
  rehearsal: z.boolean(),
  overrides: z.array(z.string()).default([]).describe('Values that `--set` changed.'),
  simulationChanges: z
    .array(z.string())
    .default([])
    .describe('Simulated failures of a dry run, from the drill file or `--set`.'),
  madeAt: z.string().describe('The real time of the run. A dry run also has a simulated time.'),
  outcome: z.string(),
  met: z.boolean(),
  rtoMs: z.number().nullable(),
  rtoErrorMs: z.number(),
  servedAgain: z
    .strictObject({
      customers: z.int(),
      firstMs: z.number().nullable(),
      halfMs: z.number().nullable(),
      mostMs: z.number().nullable().describe('95 % of them.'),
    })
    .nullable()
    .default(null)
    .describe('When the watched customers were served again; the last of them after `rtoMs`.'),
  rpoMs: z.number().nullable(),
  targets: limits,
  quorum: quorumSchema.default(null),
  steps: z.record(z.string(), z.number()),
  findings: z.array(z.string()),
  foundBy: z.record(z.string(), z.string()).default({}).describe('The step that found each finding.'),
  /** Clauses with complete evidence. */
  supports: z.array(z.string()),
  regions: z.array(z.string()),
  services: z.array(z.string()),
});

export type RunRecord = z.output<typeof recordSchema>;

/** Settings that do not change what a run does or how long it takes. */
const HARMLESS = /^(assessmentPlan|controls|runbook|simulation\.seed|title)\b/;

/** Whether a run was made as its file says: what `--set` gave over it makes another drill. */
export const isAsFiled = ({ overrides }: Pick<RunRecord, 'overrides'>): boolean =>
  overrides.every((one) => HARMLESS.test(one));

/** Whether a run exercised what its drill is about: a partition can go two ways. */
export const isAsMeant = ({ quorum }: Pick<RunRecord, 'quorum'>): boolean =>
  quorum === null || quorum.meant === null || quorum.meant === quorum.holder;

/** What is remembered of a run that has ended. */
export function recordOf(run: string, report: Report): RunRecord {
  const { drill, recovery, dataLoss, targets, timeline, controls, environment } = report;
  const { total } = recovery;
  const calls = timeline.steps.flatMap((step) => step.calls);
  return {
    format: 1,
    run,
    journal: report.journal.hash,
    drill: drill.name,
    title: drill.title,
    ...(report.surprise?.began && { drawn: report.surprise.drawn ?? '' }),
    mode: report.mode,
    rehearsal: report.rehearsal,
    overrides: report.overrides,
    simulationChanges: report.simulationChanges,
    madeAt: madeAt(run) ?? report.startedAt,
    outcome: report.outcome,
    met: report.verdict.met,
    rtoMs: msOf(total),
    rtoErrorMs: 'ms' in total ? total.errorMs : 0,
    servedAgain: report.served && {
      customers: report.served.customers,
      firstMs: msOf(report.served.first),
      halfMs: msOf(report.served.half),
      mostMs: msOf(report.served.most),
    },
    rpoMs: msOf(dataLoss.loss),
    targets: { rto: targets.rto?.limitMs ?? null, rpo: targets.rpo?.limitMs ?? null },
    quorum: report.quorum,
    steps: Object.fromEntries(
      timeline.steps.flatMap(({ step, outcome, notDone, fromMs, toMs }) =>
        outcome === 'ok' && notDone === null && toMs !== null ? [[step, toMs - fromMs]] : [],
      ),
    ),
    findings: report.findings.map(nameOf),
    foundBy: Object.fromEntries(
      report.findings.flatMap((one) => (one.step === undefined ? [] : [[nameOf(one), one.step]])),
    ),
    supports: report.rehearsal
      ? []
      : controls.filter(({ missing }) => missing.length === 0).map(({ control }) => control),
    regions: sorted([environment.regions.primary, environment.regions.recovery]),
    services: sorted(calls.map(({ service }) => service)),
  };
}

const nameOf = ({ severity, subject, what }: Report['findings'][number]): string => `${severity}: ${subject}: ${what}`;

/** A run folder is named by the time: `2026-11-23T09-30-00Z-snapshot-restore`. */
function madeAt(run: string): string | undefined {
  const [, day, hour, minute, second] = /^(\d{4}-\d{2}-\d{2})T(\d{2})-(\d{2})-(\d{2})Z/.exec(run) ?? [];
  return day === undefined ? undefined : `${day}T${hour}:${minute}:${second}.000Z`;
}

const msOf = (figure: Figure): number | null => ('ms' in figure ? figure.ms : null);

const sorted = (names: readonly string[]): string[] => [...new Set(names)].sort();
