import { existsSync } from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';
import { DrillFileError } from './drill-file-error.ts';
import { otherKind } from './kind-of-file.ts';
import { locate } from './locate.ts';
import { type Checked, checkAgainst, mistakesAt } from './mistakes.ts';
import { type Schedule, scheduleSchema } from './schedule.ts';
import { readYamlFile } from './yaml-source.ts';

/** A schedule with the paths of its drills resolved; throws a DrillFileError that holds every mistake. */
export function loadSchedule(path: string): Schedule {
  const { value, mistakes } = readSchedule(path);
  if (!value) throw new DrillFileError(path, mistakes);
  return value;
}

export function readSchedule(path: string): Checked<Schedule> {
  const { yaml, mistakes } = readYamlFile(path);
  if (!yaml) return { mistakes };
  const sources = { yaml, overrides: [] };
  const other = otherKind(yaml.data, 'schedule');
  if (other) return { mistakes: mistakesAt(sources, [other]) };
  const checked = checkAgainst(scheduleSchema, yaml.data, sources);
  mistakes.push(...checked.mistakes);
  const exercises = (checked.value?.exercises ?? []).map((exercise, index) => {
    const drill = isAbsolute(exercise.drill) ? exercise.drill : join(dirname(path), exercise.drill);
    if (!existsSync(drill)) {
      const { source, valueOffset } = locate(sources, ['exercises', index, 'drill']);
      mistakes.push(source.mistake(valueOffset, { message: `there is no drill file ${exercise.drill}` }));
    }
    return { ...exercise, drill };
  });
  if (!checked.value || mistakes.length > 0) return { mistakes };
  return { value: { ...checked.value, exercises }, mistakes: [] };
}
