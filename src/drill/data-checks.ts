import { readdirSync, statSync } from 'node:fs';
import { basename, dirname, isAbsolute, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DrillError } from '../errors.ts';
import { checksumOf, type DataCheck, rowsOf } from './data-check.ts';
import type { Drill } from './drill.ts';
import type { Path, Sources } from './locate.ts';
import { type Complaint, mistakesAt } from './mistakes.ts';
import { nearest } from './near.ts';
import { readCheck, severalStatements } from './read-check.ts';
import { readText } from './read-text.ts';
import type { Mistake } from './source-text.ts';
import { sqlStepNames } from './sql-files.ts';
import { saysNothing, secondStatement } from './sql-text.ts';

interface Collected {
  checks: DataCheck[];
  mistakes: Mistake[];
}

/** All checks of a drill: those that come with the tool, those of its files, and those that it holds itself. */
export function checksOf(drill: Drill, drillPath: string, sources: Sources): Collected {
  const { dataChecks, simulation } = drill;
  const { tables, checksums, files, checks: inline } = dataChecks;
  const checks: DataCheck[] = dataChecks.shipped ? [...shippedChecks()] : [];
  const mistakes: Mistake[] = [];
  const complain = (...complaints: Complaint[]) => mistakes.push(...mistakesAt(sources, complaints));
  const names = new Set([...checks.map(({ check }) => check), ...tables.map(rowsOf), ...checksums.map(checksumOf)]);
  const takeIn = (check: DataCheck, path: Path) => {
    if (names.has(check.check)) complain(taken(check.check, path));
    else checks.push(check);
    names.add(check.check);
  };

  for (const [index, named] of files.entries()) {
    const path = ['dataChecks', 'files', index];
    const found = sqlFiles(fileOf(named, drillPath, sources));
    if (found.length === 0) complain(nothingThere(named, path));
    for (const file of found) {
      const { checks: read, mistakes: wrong } = readFile(file);
      mistakes.push(...wrong);
      for (const check of read) takeIn(check, path);
    }
  }
  for (const [index, check] of inline.entries()) {
    const path = ['dataChecks', 'checks', index];
    if (saysNothing(check.sql) || secondStatement(check.sql) !== undefined)
      complain({ about: 'value', path: [...path, 'sql'], ...severalStatements });
    takeIn(check, [...path, 'check']);
  }
  // Names are compared with checks that could all be read.
  if (mistakes.length === 0)
    complain(
      ...unknownNames(Object.keys(simulation.checks), [...checks.map(({ check }) => check), ...sqlStepNames(drill)]),
    );
  return { checks, mistakes };
}

let shipped: DataCheck[] | undefined;

/** The checks that come with the tool, for the platform of the handbook. Read once. */
function shippedChecks(): DataCheck[] {
  shipped ??= sqlFiles(shippedFolder()).flatMap((file) =>
    readFile(file).checks.map((one) => ({ ...one, shipped: true as const })),
  );
  if (shipped.length === 0)
    throw new DrillError('checks-missing', 'The data checks that come with dr-drill are not where they should be.', {
      hint: 'Install it anew, with its folder drills/checks; dataChecks.shipped: false does without them.',
    });
  return shipped;
}

/** The sources are one folder deeper than the bundle. */
function shippedFolder(): string {
  const folders = ['../drills/checks', '../../drills/checks'].map((path) =>
    fileURLToPath(new URL(path, import.meta.url)),
  );
  return folders.find((folder) => sqlFiles(folder).length > 0) ?? '';
}

/** Relative to the drill file; one given on the command line, to the working directory. `folder/*.sql` is the folder. */
function fileOf(named: string, drillPath: string, { overrides }: Sources): string {
  const given = overrides.some(({ path: [first, second = 'files'] }) => first === 'dataChecks' && second === 'files');
  const path = named.replace(/(^|\/)\*\.sql$/, '$1') || '.';
  return given || isAbsolute(path) ? path : join(dirname(drillPath), path);
}

/** The file itself, or those in a folder by name; none where nothing is there. */
function sqlFiles(path: string): string[] {
  try {
    if (!statSync(path).isDirectory()) return [path];
    const names = readdirSync(path).filter((name) => name.endsWith('.sql'));
    return names.toSorted().map((name) => join(path, name));
  } catch {
    return [];
  }
}

function readFile(path: string): Collected {
  const source = readText(path, 'SQL');
  if (!('text' in source)) return { checks: [], mistakes: [source] };
  const { mistakes, ...read } = readCheck(basename(path, '.sql'), source);
  return { checks: 'value' in read ? [read.value] : [], mistakes };
}

const nothingThere = (named: string, path: Path): Complaint => ({
  about: 'value',
  path,
  message: `no SQL file can be found at ${named}`,
  expected: 'a SQL file, or a folder with SQL files',
});

const taken = (check: string, path: Path): Complaint => ({
  about: 'value',
  path,
  message: `there is a check '${check}' already`,
  expected: 'a name of its own, or dataChecks.shipped: false',
});

/** The configured results of checks that a rehearsal does not run. */
const unknownNames = (named: readonly string[], known: readonly string[]): Complaint[] =>
  named
    .filter((name) => !known.includes(name))
    .map((name) => {
      const suggestion = nearest(name, known);
      const message = `there is no check '${name}'`;
      return { about: 'key', path: ['simulation', 'checks', name], message, ...(suggestion && { suggestion }) };
    });
