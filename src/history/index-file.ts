import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { DrillError } from '../errors.ts';
import { appendLine } from '../journal/append-line.ts';
import { mostBytes, readText } from '../read-file.ts';
import { reportSchema } from '../report/report-schema.ts';
import { visibleIn } from '../visible.ts';
import { isAsFiled, type RunRecord, recordOf, recordSchema } from './record.ts';

const INDEX = 'index.jsonl';

/** Remembers a run that has ended, in its runs folder. */
export function remember(runs: string, record: RunRecord): void {
  appendLine(join(runs, INDEX), JSON.stringify(record));
}

/** The last runs of one kind as their file says, newest first; a surprise's, of the same drill that was drawn; as far as the index has them. */
export function lastRecords(
  runs: string,
  { drill, drawn, mode, rehearsal }: Pick<RunRecord, 'drill' | 'drawn' | 'mode' | 'rehearsal'>,
  count: number,
): RunRecord[] {
  const found: RunRecord[] = [];
  // Most lines are of other drills, or of older runs, and need not be understood.
  const newestFirst = valuesOf(join(runs, INDEX), (line) => line.includes(`"drill":${JSON.stringify(drill)}`)).sort(
    (a, b) => (a.madeAt < b.madeAt ? 1 : a.madeAt > b.madeAt ? -1 : a.run < b.run ? 1 : -1),
  );
  for (const value of newestFirst) {
    if (found.length === count) break;
    const one = recordIn(value);
    const isOfKind =
      one?.drill === drill && one.drawn === drawn && one.mode === mode && one.rehearsal === rehearsal && isAsFiled(one);
    if (isOfKind) found.push(one);
  }
  return found;
}

/** Every run of a folder that has ended, as the index has it; what it lacks is read from the run itself, and remembered. */
export function recordsIn(runs: string): { records: RunRecord[]; unreadable: string[] } {
  if (!existsSync(runs)) {
    throw new DrillError('runs-missing', `There is no folder of runs at ${runs}.`, {
      hint: 'Name it: dr-drill history --runs <folder>.',
    });
  }
  const known = new Map(
    valuesOf(join(runs, INDEX)).flatMap((value): [string, RunRecord][] => {
      const record = recordIn(value);
      return record ? [[record.run, record]] : [];
    }),
  );
  const unreadable: string[] = [];
  const records: RunRecord[] = [];
  for (const { name } of readdirSync(runs, { withFileTypes: true }).filter((one) => one.isDirectory())) {
    const record = known.get(name) ?? readRun(runs, name);
    if (record === undefined) unreadable.push(name);
    else {
      records.push(record);
      if (!known.has(name)) remember(runs, record);
    }
  }
  return { records, unreadable };
}

/** What is in the lines of an index. A line that nobody can read is as good as none: the run itself is asked instead. */
function valuesOf(path: string, isWanted: (line: string) => boolean = () => true): { run: string; madeAt: string }[] {
  if (!existsSync(path)) return [];
  return readText(path, mostBytes.evidence)
    .split('\n')
    .filter(isWanted)
    .flatMap((line) => {
      try {
        const value = JSON.parse(line);
        return typeof value?.run === 'string' && typeof value.madeAt === 'string' ? [value] : [];
      } catch {
        return [];
      }
    });
}

function recordIn(value: unknown): RunRecord | undefined {
  const parsed = recordSchema.safeParse(value, { jitless: true });
  return parsed.success ? visibleIn(parsed.data) : undefined;
}

function readRun(runs: string, name: string): RunRecord | undefined {
  try {
    const text = readText(join(runs, name, 'report.json'), mostBytes.evidence);
    return visibleIn(recordOf(name, reportSchema.parse(JSON.parse(text))));
  } catch {
    return undefined;
  }
}
