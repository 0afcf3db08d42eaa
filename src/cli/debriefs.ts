import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Action, actionsOf, DEBRIEF, linesOf } from '../evidence/debrief.ts';

/** A run's debrief as it lies there; empty, where nobody has said anything yet. */
export function debriefText(folder: string): string {
  const path = join(folder, DEBRIEF);
  return existsSync(path) ? readFileSync(path, 'utf8') : '';
}

/** The actions that came of the runs of a folder, by the name of the run; a debrief that nobody can read has none. */
export function actionsIn(runs: string, isWanted: (run: string) => boolean = () => true): Map<string, Action[]> {
  const names = existsSync(runs) ? readdirSync(runs).filter(isWanted).sort() : [];
  return new Map(
    names.flatMap((run): [string, Action[]][] => {
      try {
        const actions = actionsOf(linesOf(debriefText(join(runs, run))));
        return actions.length === 0 ? [] : [[run, actions]];
      } catch {
        return [];
      }
    }),
  );
}
