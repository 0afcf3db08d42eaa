import { measuresOf, objectiveOf } from '../drill/measures.ts';
import { simulationChanges } from '../drill/simulation-changes.ts';
import type { Entry } from '../journal/events.ts';
import { mustHaveComponents } from '../journal/former-topology.ts';
import { aftermath, undoneIn } from '../measure/aftermath.ts';
import { approvals } from '../measure/approvals.ts';
import { checks, dataChecks } from '../measure/checks.ts';
import { criticalPath } from '../measure/critical-path.ts';
import { customerOutage, nameRecoveries, worstName } from '../measure/customer.ts';
import { dataLoss, isSought, storeLosses } from '../measure/data-loss.ts';
import { deviations, findings } from '../measure/deviations.ts';
import { type Figure, simulated } from '../measure/figure.ts';
import { givenUpSteps } from '../measure/given-up.ts';
import { leftForPlans } from '../measure/left-by.ts';
import { entriesOf, headerOf, instantMs } from '../measure/reading.ts';
import { recoveryTime } from '../measure/recovery-time.ts';
import { takenOver } from '../measure/taken-over.ts';
import { phases, steps, watches } from '../measure/timeline.ts';
import { hold, judge, limitsOf, storesWithoutLogin } from '../measure/verdict.ts';
import { zoneTurn, zoneTurnOf } from '../measure/zone.ts';
import { visibleIn } from '../visible.ts';
import { type Before, comparedWith, lostWords, nothingBefore, takenBy } from './before.ts';
import { controlsOf, factsOf } from './controls.ts';
import { markersOf } from './markers.ts';
import { methodOf } from './method.ts';
import { noticesIn } from './notices.ts';
import { quorumIn } from './quorum.ts';
import type { Report } from './report-schema.ts';
import { surpriseIn } from './surprise.ts';
import { caveatOf, contradictionOf, sentenceFor, wordsFor } from './verdict-words.ts';

export { type Report, reportSchema } from './report-schema.ts';

/**
 * Computes the report of a journal, finished or not. The same entries give the same report.
 * @param journalHash SHA-256 of the journal's last line
 * @param before what the runs before left, which no journal of one run can tell
 */
export function reportOf(
  entries: readonly Entry[],
  { journalHash, before = nothingBefore }: { journalHash: string; before?: Before | undefined },
): Report {
  const header = headerOf(entries);
  mustHaveComponents(header);
  const { drill, topology, mode, elsewhere } = header;
  const rehearsal = mode === 'dry-run' || elsewhere !== undefined;
  const changes = mode === 'dry-run' ? simulationChanges(drill) : [];
  const ended = entriesOf(entries, 'run-ended').at(-1);
  const last = entries.at(-1) ?? header;
  const outcome = ended?.outcome ?? 'unfinished';
  const reason = ended?.reason ?? 'the journal ends without an outcome';
  const recovery = recoveryTime(entries);
  const loss = dataLoss(entries);
  const zoneTurned = zoneTurn(entries);
  const verdict = judge(entries);
  const measures = measuresOf(drill);
  const data = dataChecks(entries);
  const unmade = data.filter(({ ok }) => ok === null).length;
  const own = limitsOf(drill.targets, entries);
  const limits = ({ rto, rpo }: { rto: number | null; rpo: number | null }) => ({
    rto: heldTo(recovery.total, rto),
    rpo: heldTo(loss.loss, rpo),
  });
  const targets = limits(own);
  const recoveries = nameRecoveries(entries).map(({ id, name, total, served, outage }) => ({
    of: id,
    name,
    total,
    target: heldTo(total, own.rto),
    served,
    outage,
    zoneTurned: zoneTurnOf(id, entries),
  }));
  const losses = storeLosses(entries).map(({ store, ...one }) => ({
    of: store,
    ...one,
    target: isSought(one) ? heldTo(one.loss, own.rpo) : null,
  }));
  const givenUp = [...givenUpSteps(entries)];
  const left = aftermath(entries);
  const quorum = quorumIn(entries);

  const report: Omit<Report, 'controls'> = {
    format: 1,
    tool: header.tool,
    mode,
    rehearsal,
    caveat: caveatOf(mode, elsewhere, changes),
    seed: header.seed,
    overrides: header.overrides,
    simulationChanges: changes,
    drill: {
      name: drill.drill,
      title: drill.title,
      machine: drill.machine,
      measures,
      hash: header.drillHash,
      runbook: drill.runbook,
      assessmentPlan: drill.assessmentPlan ?? null,
    },
    surprise: surpriseIn(entries),
    environment: { topology: topology.topology, account: topology.account, regions: topology.regions },
    startedAt: header.at,
    rehearsedAt: (mode === 'dry-run' && before.rehearsedAt) || null,
    endedAt: last.at,
    outcome,
    reason,
    verdict: {
      words: wordsFor(outcome, rehearsal),
      sentence: sentenceFor({
        outcome,
        mode,
        elsewhere,
        reason,
        measures,
        recovery,
        loss,
        losses,
        targets,
        reasons: verdict.reasons,
        quorum,
        changes: {
          ...undoneIn(entries),
          stuck: left.undos.filter((undo) => undo.outcome === 'failed').length,
          standing: left.standing.length,
        },
        held: left.held.length,
        dataChecks: { made: data.length - unmade, failed: data.filter(({ ok }) => ok === false).length, unmade },
        withoutLogin: storesWithoutLogin(entries),
        givenUp: [...new Set(givenUp.map(({ store }) => store))],
      }),
      ...verdict,
      contradiction: contradictionOf(outcome, verdict),
    },
    quorum,
    targets,
    objective: limits(limitsOf(objectiveOf(drill, topology), entries)),
    recovery,
    recoveries,
    dataLoss: loss,
    losses,
    givenUp,
    takenOver: takenOver(entries),
    served: worstName(entries)?.served ?? null,
    outage: customerOutage(entries),
    zoneTurned,
    timeline: {
      fromMs: instantMs(header),
      toMs: instantMs(last),
      phases: phases(entries),
      steps: [...steps(entries)],
      watches: watches(entries),
      markers: markersOf(entries, recovery, zoneTurned),
      criticalPath: criticalPath(entries),
    },
    approvals: approvals(entries),
    notices: noticesIn(entries),
    dataChecks: data,
    checks: checks(entries),
    findings: findings(entries).map((one) => ({ ...one, ...takenBy(before, one.subject) })),
    deviations: deviations(entries),
    aftermath: left,
    left: leftForPlans(entries),
    method: methodOf(entries, recovery, loss, zoneTurned),
    before: {
      runs: before.runs,
      actions: before.actions,
      words: [...comparedWith(before, recovery.total, loss.loss), ...lostWords(before)],
    },
    journal: { hash: journalHash, entries: entries.length },
  };
  const controls = controlsOf(drill.controls, factsOf(report), { rehearsal, startedAt: header.at });
  // A journal from elsewhere may hold what ours do not let in.
  return visibleIn({ ...report, ...(mode === 'dry-run' && simulated(figuresIn(report))), controls });
}

const figuresIn = ({
  recovery,
  recoveries,
  served,
  dataLoss,
  losses,
  outage,
  zoneTurned,
}: Omit<Report, 'controls'>) => ({
  recovery,
  served,
  recoveries,
  dataLoss,
  losses,
  outage,
  zoneTurned,
});

const heldTo = (figure: Figure, limitMs: number | null) => (limitMs === null ? null : hold(figure, limitMs));
