import { meantBy } from '../drill/components.ts';
import type { CustomStep, Drill } from '../drill/drill.ts';
import type { Topology } from '../drill/topology.ts';
import { DrillError } from '../errors.ts';
import { steps as known } from '../platform/steps.ts';
import type { Around } from '../steps/given.ts';
import { type Facts, lineOf, type RunbookStep } from './form.ts';
import type { LineStep } from './lines.ts';
import { factsBeforeRun, resultOf } from './not-yet-known.ts';
import { resolved } from './references.ts';

const MINUTE = 60_000;

/** What stands behind the steps of a course, by their names. */
export const runbookSteps = (
  steps: readonly LineStep[],
  drill: Drill,
  topology: Topology,
): Record<string, RunbookStep> =>
  Object.fromEntries(steps.map((one) => [one.step, runbookStep(one, { drill, topology, steps })]));

interface Course {
  drill: Drill;
  topology: Topology;
  steps: readonly CustomStep[];
}

function runbookStep(one: LineStep, course: Course): RunbookStep {
  const given = known.get(one.uses)?.given;
  if (!given) throw new DrillError('step-unknown', `There is no step '${one.uses}' that a drill file can use.`);
  const { topology } = course;
  const asked = (facts: Facts) => given.schema.parse(resolved(one.with, { topology, facts, of: one.of }));
  return {
    kind: one.uses,
    ...(one.of !== undefined && { of: one.of, isApart: one.of in topology.data }),
    ...(one.moves && { moves: one.moves }),
    deadlineMs: one.deadline ?? 10 * MINUTE + (given.lastsMs?.(asked(factsBeforeRun)) ?? 0),
    params: (facts) => given.params(asked(facts), aroundOf(one, course, facts)),
  };
}

/** What a step can see beside what is in its `with`. */
export const aroundOf = (one: Pick<CustomStep, 'of'>, { drill, topology, steps }: Course, facts: Facts): Around => ({
  drill: drill.drill,
  topology,
  of: one.of,
  startedAtMs: facts.startedAtMs,
  dataChecks: drill.dataChecks,
  probe: drill.machine === 'backup-restore' ? undefined : drill.probe,
  asked: <T extends object>(step: string) =>
    resolved(stepNamed(step, one, { topology, steps })?.with ?? {}, { topology, facts, of: one.of }) as Partial<T>,
  result: (step, beforeRun) => resultOf(facts, stepNamed(step, one, { topology, steps })?.step ?? step, beforeRun),
  hasResult: (step) =>
    facts.beforeRun === true || (stepNamed(step, one, { topology, steps })?.step ?? step) in facts.results,
});

/** A step by its name; of a line with a verb the last that the same component does for it, or any. */
function stepNamed(
  name: string,
  { of }: Pick<CustomStep, 'of'>,
  { topology, steps }: Pick<Course, 'topology' | 'steps'>,
): CustomStep | undefined {
  const exact = steps.find(({ step }) => step === name);
  if (exact) return exact;
  const ofLine = steps.filter(({ step }) => lineOf(step) === name);
  const meant = meantBy(of, topology).map(({ id }) => id);
  return ofLine.findLast((one) => one.of !== undefined && meant.includes(one.of)) ?? ofLine.at(-1);
}
