import { DrillError } from '../errors.ts';
import { isMapping } from './mapping.ts';
import { fileMistake, type Mistake, SourceText, short } from './source-text.ts';
import { parseYaml, type YamlSource } from './yaml-source.ts';

/** A value given on the command line, as `--set targets.rto=3 min`. */
export interface Override {
  path: readonly string[];
  yaml: YamlSource;
}

/** Reads `path=value`; the value is YAML. */
export function parseOverride(text: string): Override | Mistake {
  const label = `--set ${short(text, 80)}`;
  const equals = text.indexOf('=');
  const path = text.slice(0, Math.max(0, equals)).trim().split('.');
  if (equals < 0 || path.some((part) => !/^[A-Za-z0-9_/-]+$/.test(part)) || path.includes('__proto__')) {
    return fileMistake(label, { message: 'this sets nothing', expected: 'path=value, such as targets.rto=3 min' });
  }
  const { yaml, mistakes } = parseYaml(new SourceText(label, text.slice(equals + 1)));
  const only = onlyInFile(path, yaml?.data);
  if (only !== undefined)
    return fileMistake(label, { message: `${only} cannot be set by an option`, expected: 'it in the file itself' });
  if (mistakes[0]) return mistakes[0];
  return { path, yaml: yaml as YamlSource };
}

/** What decides whom a drill touches, and what it does there: anyone who reviews the file must have seen it. Gives what that is. */
function onlyInFile(path: readonly string[], value: unknown): string | undefined {
  const [first, second] = path;
  const holds = (key: string) => second === key || (second === undefined && isMapping(value) && key in value);
  if (first === 'consent') return 'consent';
  if (first === 'failure' && holds('commands')) return 'what brings the failure about';
  if (first === 'topology' && holds('account')) return 'the account';
  const isCourse = first === 'steps' || first === 'phases' || first === 'cleanUp' || first === 'of';
  // How long a step may take is a number like any other, and a rehearsal may try other parameters.
  if (isCourse && !(path.length > 1 && path.at(-1) === 'deadline') && !isParameter(path)) {
    return `what the drill does (${first})`;
  }
  return undefined;
}

/** Whether a path leads to a parameter of a step that is in the file. */
const isParameter = ([first, ...path]: readonly string[]): boolean =>
  (first === 'phases' || first === 'cleanUp') && path.indexOf('with') > 0 && !path.some((part) => ORDERS.has(part));

/** Parameters that are run as they stand. */
const ORDERS = new Set(['command', 'commands']);

/** Fails where an option would change a step's parameters in a live run: anyone who reviews the file must have seen them. */
export function mustLeaveParameters(overrides: readonly string[]): void {
  const text = overrides.find((one) => isParameter((one.split('=')[0] ?? '').trim().split('.')));
  if (text === undefined) return;
  throw new DrillError('usage', `--set ${text.split('=')[0]} is for a dry run only: it changes what a step does.`, {
    hint: 'Write it into the drill file.',
  });
}

/** The data with the value in its place; mappings on the way are made where there are none. */
export function withOverride(data: unknown, { path, yaml }: Override): unknown {
  return place(data, path, yaml.data);
}

function place(data: unknown, path: readonly string[], value: unknown): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return value;
  if (Array.isArray(data)) {
    const index = Number(key);
    // A list keeps its length; an index beyond it turns the list into a mapping, which the schema then refuses.
    if (Number.isInteger(index) && index >= 0 && index < data.length)
      return data.with(index, place(data[index], rest, value));
  }
  const mapping = isMapping(data) ? data : {};
  return { ...mapping, [key]: place(Object.hasOwn(mapping, key) ? mapping[key] : undefined, rest, value) };
}
