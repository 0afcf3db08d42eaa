import mapping from './control-mapping.json' with { type: 'json' };
import type { Control } from './control-schema.ts';
import type { Report } from './report-schema.ts';

export type Fact = keyof typeof mapping.facts;

/** What a run shows, as far as it went; its debrief comes after it, and after its seal. */
export function factsOf(report: Omit<Report, 'controls'>): ReadonlySet<Fact> {
  const { outcome, verdict, recovery, dataLoss, dataChecks, timeline, findings } = report;
  const done = (kinds: RegExp) =>
    timeline.steps.some(({ kind, outcome: end, notDone }) => end === 'ok' && notDone === null && kinds.test(kind));
  const facts: [Fact, boolean][] = [
    ['tested', outcome === 'passed' || outcome === 'target-missed'],
    ['targets-met', outcome === 'passed' && verdict.met],
    ['recovery-measured', 'ms' in recovery.total],
    ['loss-measured', 'ms' in dataLoss.loss && dataLoss.loss.source !== 'estimated'],
    ['failed-over', done(/^((rds|elasticache|kafka)\.(promote|fail-over|switch-over)|dynamodb\.take-over)/)],
    ['restored', done(/\.restore-/)],
    ['data-proven', dataChecks.length > 0 && dataChecks.every(({ ok }) => ok === true)],
    ['people-decided', done(/^people\./)],
    ['findings-recorded', findings.length > 0 || done(/^account\.preflight/)],
  ];
  return new Set(facts.flatMap(([fact, shown]) => (shown ? [fact] : [])));
}

/** What an auditor may take from the run for each clause: it supports, it never makes compliant, and a rehearsal does neither. */
export const controlsOf = (
  controls: readonly string[],
  facts: ReadonlySet<Fact>,
  { rehearsal, startedAt }: { rehearsal: boolean; startedAt: string },
): Control[] =>
  controls.map((control) => {
    const clause = mapping.clauses.find(({ id }) => id === control);
    const asked = (clause?.facts ?? ['tested']) as Fact[];
    const words = (of: Fact[]) => of.map((fact) => mapping.facts[fact]);
    const shown = words(asked.filter((fact) => facts.has(fact)));
    const missing = words(asked.filter((fact) => !facts.has(fact)));
    const says = whatItSays(rehearsal, startedAt.slice(0, 10), shown, missing);
    return { control, title: clause?.title ?? null, source: clause?.source ?? null, shown, missing, says };
  });

/** The clauses that ask for a debrief. */
export const askingForDebrief = (controls: readonly string[]): string[] =>
  mapping.clauses.filter(({ id, facts }) => controls.includes(id) && facts.includes('debriefed')).map(({ id }) => id);

function whatItSays(rehearsal: boolean, day: string, shown: string[], missing: string[]): string {
  if (rehearsal)
    return `Rehearsal only: shows that the plan is exercised, and nothing about the real account.${rest(missing)}`;
  if (shown.length === 0) return `Supports nothing yet.${rest(missing)}`;
  return `${missing.length === 0 ? 'Supports' : 'Supports in part'}, by the test of ${day}: ${shown.join('; ')}.${rest(missing)}`;
}

const rest = (missing: string[]): string => (missing.length === 0 ? '' : ` Missing: ${missing.join('; ')}.`);
