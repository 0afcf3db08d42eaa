import { existsSync, readdirSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { type Action, actionsOf, DEBRIEF, linesOf, unreadableIn } from '../evidence/debrief.ts';
import { BEFORE } from '../evidence/manifest.ts';
import type { Tampering } from '../evidence/verify.ts';
import { lineHash } from '../journal/journal.ts';
import { mostBytes, readText } from '../read-file.ts';
import { type Before, beforeSchema } from '../report/before.ts';

/** A run's debrief as it is there; empty, where nobody has said anything yet. */
export function debriefText(folder: string): string {
  const path = join(folder, DEBRIEF);
  return existsSync(path) ? readText(path, mostBytes.record) : '';
}

/** The actions that came of the runs of a folder, by the name of the run, as far as they can be read. */
export function actionsIn(runs: string, isWanted: (run: string) => boolean = () => true): Map<string, Action[]> {
  const names = existsSync(runs) ? readdirSync(runs).filter(isWanted).sort() : [];
  return new Map(
    names.flatMap((run): [string, Action[]][] => {
      const actions = actionsOf(debriefText(join(runs, run)));
      return actions.length === 0 ? [] : [[run, actions]];
    }),
  );
}

/** The lines of debriefs in a folder that nobody can read. */
export function unreadableDebriefs(
  runs: string,
  isWanted: (run: string) => boolean = () => true,
): Before['unreadable'] {
  const names = existsSync(runs) ? readdirSync(runs).filter(isWanted).sort() : [];
  return names.flatMap((run) => unreadableIn(debriefText(join(runs, run))).map((line) => ({ run, line })));
}

/** How far each debrief of a folder had come: what the next run of the drill remembers, sealed, so that its end cannot be taken away. */
export function debriefsIn(runs: string, isWanted: (run: string) => boolean): Before['debriefs'] {
  const names = existsSync(runs) ? readdirSync(runs).filter(isWanted).sort() : [];
  return names.flatMap((run) => {
    const lines = linesOf(debriefText(join(runs, run)));
    const last = lines.at(-1);
    return last === undefined ? [] : [{ run, lines: lines.length, lastLine: lineHash(last) }];
  });
}

function rememberedBy(folder: string): Before['debriefs'] {
  try {
    return beforeSchema.parse(JSON.parse(readText(join(folder, BEFORE), mostBytes.record))).debriefs;
  } catch {
    return [];
  }
}

/** What later runs beside a run remember of its debrief, and is not there any more. */
export function debriefCut(folder: string): Tampering[] {
  const [run, runs] = [basename(resolve(folder)), dirname(resolve(folder))];
  const hashes = linesOf(debriefText(folder)).map(lineHash);
  return readdirSync(runs)
    .filter((name) => name > run && existsSync(join(runs, name, BEFORE)))
    .flatMap((name) => {
      const known = rememberedBy(join(runs, name)).find((one) => one.run === run);
      if (!known || hashes[known.lines - 1] === known.lastLine) return [];
      return [{ file: DEBRIEF, what: `lacks what ${name} remembers of it: line ${known.lines} is not there any more` }];
    })
    .slice(0, 1);
}
