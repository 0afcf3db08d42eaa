import { readdirSync, statSync } from 'node:fs';
import { basename, dirname, isAbsolute, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type DataCheck, readCheck } from './data-check.ts';
import type { Drill } from './drill.ts';
import { locate, type Sources } from './locate.ts';
import { readText } from './read-text.ts';
import type { Mistake } from './source-text.ts';

let shipped: DataCheck[] | undefined;

/** The checks that come with the tool, for the platform of the handbook. Read once. */
function shippedChecks(): DataCheck[] {
  shipped ??= readFolder(shippedFolder()).checks.map((one) => ({ ...one, shipped: true }));
  return shipped;
}

/** The sources lie one folder deeper than the bundle. */
function shippedFolder(): string {
  const folders = ['../drills/checks', '../../drills/checks'].map((path) =>
    fileURLToPath(new URL(path, import.meta.url)),
  );
  return folders.find((folder) => isFolder(folder)) ?? '';
}

interface Collected {
  checks: DataCheck[];
  mistakes: Mistake[];
}

/** All checks of a drill: those that come with the tool, those of its files, and those that it holds itself. */
export function checksOf({ dataChecks }: Drill, drillPath: string, sources: Sources): Collected {
  const collected: Collected = { checks: dataChecks.shipped ? [...shippedChecks()] : [], mistakes: [] };
  const takeIn = (check: DataCheck, place: () => Mistake) => {
    if (collected.checks.some((other) => other.check === check.check)) collected.mistakes.push(place());
    else collected.checks.push(check);
  };
  for (const [index, named] of dataChecks.files.entries()) {
    const complain = (message: string, expected: string) => {
      const { source, valueOffset } = locate(sources, ['dataChecks', 'files', index]);
      return source.mistake(valueOffset, { message, expected });
    };
    const path = isAbsolute(named) ? named : join(dirname(drillPath), named);
    const kind = statSync(path, { throwIfNoEntry: false });
    if (!kind) {
      collected.mistakes.push(
        complain(`there is no file and no folder ${named}`, 'a SQL file, or a folder with SQL files'),
      );
      continue;
    }
    const { checks, mistakes } = kind.isDirectory() ? readFolder(path) : readFile(path);
    collected.mistakes.push(...mistakes);
    for (const check of checks)
      takeIn(check, () =>
        complain(`there is a check '${check.check}' already`, 'a name of its own, or dataChecks.shipped: false'),
      );
  }
  for (const [index, check] of dataChecks.checks.entries()) {
    const { source, valueOffset } = locate(sources, ['dataChecks', 'checks', index, 'check']);
    takeIn(check, () =>
      source.mistake(valueOffset, {
        message: `there is a check '${check.check}' already`,
        expected: 'a name of its own',
      }),
    );
  }
  return collected;
}

function readFolder(folder: string): Collected {
  if (folder === '') return { checks: [], mistakes: [] };
  const files = readdirSync(folder).filter((name) => name.endsWith('.sql'));
  const read = files.toSorted().map((name) => readFile(join(folder, name)));
  return { checks: read.flatMap(({ checks }) => checks), mistakes: read.flatMap(({ mistakes }) => mistakes) };
}

function readFile(path: string): Collected {
  const source = readText(path, 'SQL');
  if (!('text' in source)) return { checks: [], mistakes: [source] };
  const { mistakes, ...read } = readCheck(basename(path, '.sql'), source);
  return { checks: 'value' in read ? [read.value] : [], mistakes };
}

const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
