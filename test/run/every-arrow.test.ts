import { basename } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type LoadedDrill, loadDrill } from '../../src/drill/load.ts';
import type { Entry } from '../../src/journal/events.ts';
import { runbookFor } from '../../src/runbook/runbook.ts';
import { vocabulary } from '../../src/runbook/vocabulary.ts';
import { type Course as RunbookCourse, stepNames } from '../../state-machines/index.ts';
import { drillText, scratch } from '../drill/files.ts';
import { arrowsOf, watchArrows } from './arrows.ts';
import { type Course, machines } from './courses.ts';
import type { Finished } from './drill.ts';
import { type Account, rehearsedIn } from './prepared-account.ts';
import { type Sabotage, sabotaging } from './sabotage.ts';

const folder = scratch();
const BRIEF = '2 s';

const courseOf = ({ drill, topology }: LoadedDrill) => runbookFor(drill, topology).course;

/** Runs a machine's drills in every way there is, and keeps what arrows they took. */
function runs() {
  const taken = new Set<string>();
  const load = ({ path, overrides = [] }: Course): LoadedDrill => {
    const loaded = loadDrill(folder.write(basename(path), drillText(path)), { overrides, vocabulary });
    watchArrows(courseOf(loaded), taken);
    return loaded;
  };
  const rehearse = (course: Course, account: Account = {}): Promise<Finished> => {
    const { abortsAt } = course;
    const onEntry: Account['onEntry'] = (entry, abort) => {
      course.account?.onEntry?.(entry, abort);
      account.onEntry?.(entry, abort);
      if (abortsAt?.(entry)) abort();
    };
    return rehearsedIn({ ...course.account, ...account, onEntry }, load(course), course.overrides);
  };
  /** Keeps one step from its work. */
  const sabotage = (course: Course, step: string, how: Sabotage): Promise<Finished> => {
    const brief = how === 'unanswered' ? [`deadlines.${step}=${BRIEF}`] : [];
    const hindered = { ...course, overrides: [...(course.overrides ?? []), ...brief] };
    return rehearse(hindered, sabotaging(step, how, load(hindered)));
  };
  return { taken, load, rehearse, sabotage };
}

/** Settings may make other machines of a drill. */
function arrowsOfAll(courses: RunbookCourse[]): Set<string> {
  const differing = new Map(courses.map((course) => [stepNames(course).join(), course]));
  return new Set([...differing.values()].flatMap((course) => [...arrowsOf(course)]));
}

/** Where a step begins, and where one that continued beside others has ended and they continue without it. */
function turns({ entries }: Finished): number[] {
  const underway = new Set<string>();
  return entries.flatMap((entry) => {
    if (entry.type === 'step-started') underway.add(entry.step);
    if (entry.type === 'step-ended') underway.delete(entry.step);
    if (entry.type === 'step-ended' && underway.size > 0) return [entry.seq + 1];
    return entry.type === 'step-started' ? [entry.seq] : [];
  });
}

describe.each(machines)('the machine $machine', ({ machine, tried, besides }) => {
  test('takes every arrow of its graph in some run, and no other', async () => {
    const { taken, load, rehearse, sabotage } = runs();
    const hindered = new Set(['']);
    for (const course of tried) {
      const run = await rehearse(course);
      for (const line of turns(run)) await rehearse({ ...course, abortsAt: ({ seq }) => seq === line });
      // Behind a decision the same step may be in either way.
      const [decided] = run.of('decision');
      for (const { step, seq } of run.of('step-started')) {
        const way = decided && seq > decided.seq ? `${decided.rule}: ${step}` : step;
        if (hindered.has(way)) continue;
        hindered.add(way);
        await sabotage(course, step, 'refused');
        await sabotage(course, step, 'unanswered');
      }
    }
    for (const course of besides) await rehearse(course);

    const [course] = tried;
    await rehearse(course, { judge: () => ({ met: false, reasons: ['it was too slow'] }) });
    await rehearse(course, { judge: () => fail('no figure is available') });
    const [, first = ''] = stepNames(courseOf(load(course)));
    await sabotage(
      { ...course, abortsAt: (entry) => entry.type === 'phase-entered' && entry.phase === 'rollback' },
      first,
      'refused',
    );
    // A journal that cannot be written while things are undone ends everything there.
    const onEntry = ({ type }: Entry) => type === 'rollback-ended' && fail('no space left');
    const abortsAt = (entry: Entry) => entry.type === 'step-started' && entry.step === first;
    const ended = rehearse({ ...course, abortsAt }, { onEntry }).then(({ outcome }) => outcome);
    await expect(ended).rejects.toThrow('no space left');

    const arrows = arrowsOfAll([...tried, ...besides].map((one) => courseOf(load(one))));
    const never = [...arrows].filter((arrow) => !taken.has(arrow));
    console.info(`${machine}: ${arrows.size} arrows, ${arrows.size - never.length} taken\n${table(arrows, taken)}`);
    expect([...taken].filter((arrow) => !arrows.has(arrow))).toEqual([]);
    expect(never).toEqual([]);
  }, 300_000);
});

/** One line a state: what it can be told, where that leads, and whether any run was told it. */
function table(arrows: Set<string>, taken: Set<string>): string {
  const byState = new Map<string, string[]>();
  for (const arrow of [...arrows].sort()) {
    const [state = '', told = ''] = arrow.split(' × ');
    byState.set(state, [...(byState.get(state) ?? []), `${taken.has(arrow) ? '' : 'NEVER '}${told}`]);
  }
  return [...byState].map(([state, told]) => `  ${state}: ${told.join(', ')}`).join('\n');
}

const fail = (message: string): never => {
  throw new Error(message);
};
