import { code, prose, table } from './page.ts';

/** The part of JSON Schema that our schemas use. */
export interface Schema {
  type?: string | string[];
  description?: string;
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema | Schema[];
  additionalProperties?: Schema | boolean;
  anyOf?: Schema[];
  oneOf?: Schema[];
  allOf?: (Schema & { if?: Schema; then?: Schema })[];
  const?: unknown;
  enum?: unknown[];
  default?: unknown;
  pattern?: string;
  $ref?: string;
  definitions?: Record<string, Schema>;
}

interface Row {
  path: string;
  type: string;
  what: string;
  isRequired: boolean;
}

/** All keys below a schema as a table. Those whose path `stop` names are not gone into. */
export const fieldTable = (schema: Schema, { root = schema, stop = [], path = '' }: Options = {}): string =>
  table(
    ['key', 'value', 'what it is'],
    rowsOf(schema, { root, stop, path }).map(({ path, type, what, isRequired }) => [
      code(path),
      type,
      [isRequired ? '**Required.**' : '', prose(what)].filter((part) => part !== '').join(' '),
    ]),
  );

interface Options {
  /** Whose definitions are referred to. */
  root?: Schema;
  stop?: readonly string[];
  path?: string;
}

function rowsOf(given: Schema, options: Required<Options>): Row[] {
  const schema = resolved(given, options.root);
  const rows: Row[] = [];
  for (const [key, one] of Object.entries(schema.properties ?? {})) {
    const path = options.path === '' ? key : `${options.path}.${key}`;
    const value = resolved(one, options.root);
    const hasDefault = (one.default ?? value.default) !== undefined;
    const isRequired = schema.required?.includes(key) === true && !hasDefault;
    rows.push({ path, type: typeOf(value, options.root), what: whatOf(one, value), isRequired });
    if (!options.stop.includes(path)) rows.push(...below(value, { ...options, path }));
  }
  // Further keys, which depend on the value of another one.
  return firstOfEach([...rows, ...(schema.allOf ?? []).flatMap(({ then }) => (then ? rowsOf(then, options) : []))]);
}

const firstOfEach = (rows: Row[]): Row[] =>
  [...new Map(rows.toReversed().map((row) => [row.path, row])).values()].toReversed();

/** The keys of the objects that are in a value: as it is, in a list, under names of the author's, or as one of several forms. */
function below(value: Schema, options: Required<Options>): Row[] {
  // A recursive form would have no end.
  if (options.path.split(/[.[<]/).length > 8) return [];
  if (value.properties || value.allOf) return rowsOf(value, options);
  if (value.items && !Array.isArray(value.items))
    return below(resolved(value.items, options.root), { ...options, path: `${options.path}[]` });
  if (typeof value.additionalProperties === 'object')
    return below(resolved(value.additionalProperties, options.root), { ...options, path: `${options.path}.<name>` });
  const forms = (value.anyOf ?? value.oneOf ?? []).map((one) => resolved(one, options.root));
  return firstOfEach(forms.flatMap((one) => (one.anyOf ? [] : below(one, options))));
}

function resolved(schema: Schema, root: Schema): Schema {
  const name = schema.$ref?.split('/').at(-1);
  if (name === undefined) return schema;
  return {
    ...resolved(root.definitions?.[name] ?? {}, root),
    ...(schema.description !== undefined && { description: schema.description }),
  };
}

const DURATION = '(ms|s|min|h|d)$';

/** @param depth a form may hold itself */
function typeOf(value: Schema, root: Schema, depth = 0): string {
  if (depth > 3) return 'any';
  const inner = (one: Schema) => typeOf(resolved(one, root), root, depth + 1);
  if (value.const !== undefined) return code(String(value.const));
  if (value.enum) return value.enum.map((one) => code(String(one))).join(', ');
  if (value.pattern?.endsWith(DURATION)) return 'duration';
  if (value.pattern?.endsWith('%$')) return 'percentage';
  const forms = value.anyOf ?? value.oneOf;
  if (forms) {
    const types = forms.map(inner);
    const isDuration = types.includes('duration');
    return [...new Set(types)].filter((type) => !(isDuration && type === code('0'))).join(' or ');
  }
  if (value.items && !Array.isArray(value.items)) return `list of ${plural(inner(value.items))}`;
  if (value.properties) return 'object';
  if (typeof value.additionalProperties === 'object') return `${plural(inner(value.additionalProperties))} by name`;
  return Array.isArray(value.type) ? value.type.join(' or ') : (value.type ?? 'any');
}

const plural = (type: string): string => (/^[a-z]+$/.test(type) && type !== 'any' ? `${type}s` : type);

function whatOf(given: Schema, value: Schema): string {
  const text = given.description ?? value.description ?? '';
  const usual = given.default ?? value.default;
  const said = usual === undefined || typeof usual === 'object' ? '' : `Default: \`${String(usual)}\`.`;
  return [text, said].filter((part) => part !== '').join(' ');
}
