import { dirname, isAbsolute, join } from 'node:path';
import type { Drill } from './drill.ts';
import type { Path, Sources } from './locate.ts';
import { mistakesAt } from './mistakes.ts';
import { readText } from './read-text.ts';
import type { Mistake } from './source-text.ts';
import { saysNothing, secondStatement } from './sql-text.ts';

const RUNS_SQL = 'sql.file';

interface Placed {
  path: Path;
  step: { step: string; uses: string; with: Record<string, unknown> };
}

/** Reads the SQL files that steps of a drill name into those steps: a run is taken up without the files. */
export function takeInSqlFiles(drill: Drill, drillPath: string, sources: Sources): Mistake[] {
  return stepsThatRunSql(drill).flatMap(({ path, step }) => {
    const read = (key: 'file' | 'undo', into: 'sql' | 'undoSql'): Mistake[] => {
      const named = step.with[key];
      if (typeof named !== 'string' || named === '' || (key === 'undo' && named === 'nothing')) return [];
      const source = readText(isAbsolute(named) ? named : join(dirname(drillPath), named), 'SQL');
      if (!('text' in source)) return [source];
      const place: Path = [...path, 'with', key];
      const wrong = (message: string, expected: string) =>
        mistakesAt(sources, [{ about: 'value', path: place, message, expected }]);
      if (saysNothing(source.text)) return wrong(`${named} has no statement`, 'a SQL file');
      if (key === 'file' && step.with.changes !== true && secondStatement(source.text) !== undefined)
        return wrong(`${named} has more than one statement`, 'one select, or changes: true');
      step.with[into] = source.text.trim();
      return [];
    };
    return [...read('file', 'sql'), ...read('undo', 'undoSql')];
  });
}

/** The steps of a drill that run a SQL file: a rehearsal may be told what they find. */
export const sqlStepNames = (drill: Drill): string[] => stepsThatRunSql(drill).map(({ step }) => step.step);

function stepsThatRunSql(drill: Drill): Placed[] {
  if (drill.machine !== 'custom') return [];
  const row = (path: Path, steps: readonly Placed['step'][] = []): Placed[] =>
    steps.map((step, index) => ({ path: [...path, index], step }));
  const all = [
    ...drill.phases.flatMap(({ steps, parallel }, index) => [
      ...row(['phases', index, 'steps'], steps),
      ...Object.entries(parallel ?? {}).flatMap(([branch, one]) => row(['phases', index, 'parallel', branch], one)),
    ]),
    ...row(['cleanUp'], drill.cleanUp),
  ];
  return all.filter(({ step }) => step.uses === RUNS_SQL);
}
