import type { Drill } from './drill.ts';
import { type LoadOptions, readDrill, readTopology } from './load.ts';
import { readSchedule } from './load-schedule.ts';
import { nearest } from './near.ts';
import type { Mistake } from './source-text.ts';
import { readYamlFile } from './yaml-source.ts';

/** What a file turned out to be, and what is wrong in it. */
export interface FileVerdict {
  path: string;
  kind: 'drill' | 'topology' | 'schedule' | 'unknown';
  mistakes: readonly Mistake[];
  /** The drill, where nothing is wrong with it. */
  drill?: Drill;
}

/** Checks a drill, topology or schedule file, whichever its top level says it is, and throws nothing. */
export function validateFile(path: string, options: Pick<LoadOptions, 'vocabulary'> = {}): FileVerdict {
  const { yaml, mistakes } = readYamlFile(path);
  if (!yaml) return { path, kind: 'unknown', mistakes };
  const keys = Object.keys(yaml.data as object);
  // A drill names its topology, so `topology:` alone tells nothing.
  if (keys.includes('drill') || keys.includes('machine')) {
    const { value, mistakes: wrong } = readDrill(path, options);
    return { path, kind: 'drill', mistakes: wrong, ...(value && { drill: value.drill }) };
  }
  if (keys.includes('schedule')) return { path, kind: 'schedule', mistakes: readSchedule(path).mistakes };
  if (keys.includes('topology')) return { path, kind: 'topology', mistakes: readTopology(path, []).mistakes };

  const suggestion = keys.map((key) => nearest(key, ['drill', 'topology', 'schedule'])).find(Boolean);
  const message = 'the file is no drill, no topology and no schedule';
  const expected = 'drill:, topology: or schedule: at the top level';
  const mistake = yaml.source.mistake(0, { message, expected, ...(suggestion && { suggestion: `${suggestion}:` }) });
  return { path, kind: 'unknown', mistakes: [...mistakes, mistake] };
}
