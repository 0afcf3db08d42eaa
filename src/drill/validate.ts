import type { Drill } from './drill.ts';
import { type KindOfFile, kindOfFile } from './kind-of-file.ts';
import { type LoadOptions, readDrill, readTopology } from './load.ts';
import { readSchedule } from './load-schedule.ts';
import { nearest } from './near.ts';
import type { Mistake } from './source-text.ts';
import { readYamlFile } from './yaml-source.ts';

/** What a file turned out to be, and what is wrong in it. */
export interface FileVerdict {
  path: string;
  kind: KindOfFile | 'unknown';
  mistakes: readonly Mistake[];
  /** The drill, where nothing is wrong with it. */
  drill?: Drill;
}

/** Checks a drill, topology or schedule file, as its top level says, and throws nothing. */
export function validateFile(path: string, options: Pick<LoadOptions, 'vocabulary'> = {}): FileVerdict {
  const { yaml, mistakes } = readYamlFile(path);
  if (!yaml) return { path, kind: 'unknown', mistakes };
  const kind = kindOfFile(yaml.data);
  if (kind === 'drill') {
    const { value, mistakes: wrong } = readDrill(path, options);
    return { path, kind, mistakes: wrong, ...(value && { drill: value.drill }) };
  }
  if (kind === 'schedule') return { path, kind, mistakes: readSchedule(path).mistakes };
  if (kind === 'topology') return { path, kind, mistakes: readTopology(path, []).mistakes };

  const suggestion = Object.keys(yaml.data as object)
    .map((key) => nearest(key, ['drill', 'topology', 'schedule']))
    .find(Boolean);
  const message = 'the file is no drill, no topology and no schedule';
  const expected = 'drill:, topology: or schedule: at the top level';
  const mistake = yaml.source.mistake(0, { message, expected, ...(suggestion && { suggestion: `${suggestion}:` }) });
  return { path, kind: 'unknown', mistakes: [...mistakes, mistake] };
}
