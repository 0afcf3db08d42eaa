import { FromStringShapeDeserializer } from '@smithy/core/protocols';
import type { NormalizedSchema } from '@smithy/core/schema';
import { Refusal } from './refusal.ts';

/** One level of a form's dotted names. */
interface Branch {
  value: string | undefined;
  children: Map<string, Branch>;
}

const scalars = new FromStringShapeDeserializer({
  timestampFormat: { useTrait: true, default: 5 },
  httpBindings: false,
});

/** Reads the input of an operation from a form of the query protocol: `Filters.Filter.1.Values.Value.2=…`. */
export function readForm(schema: NormalizedSchema, form: URLSearchParams): object {
  return schema.isUnitSchema() ? {} : (read(schema, branches(form)) as object);
}

function branches(form: URLSearchParams): Branch {
  const root: Branch = { value: undefined, children: new Map() };
  for (const [name, value] of form) {
    let branch = root;
    for (const part of name.split('.')) {
      const next = branch.children.get(part) ?? { value: undefined, children: new Map() };
      branch.children.set(part, next);
      branch = next;
    }
    branch.value = value;
  }
  return root;
}

function read(schema: NormalizedSchema, branch: Branch): unknown {
  if (schema.isStructSchema()) return readStructure(schema, branch);
  if (schema.isListSchema()) return entries(schema, branch).map((one) => read(schema.getValueSchema(), one));
  if (schema.isMapSchema()) return readMap(schema, branch);
  return readScalar(schema, branch.value ?? '');
}

function readStructure(schema: NormalizedSchema, branch: Branch): object {
  const members = [...schema.structIterator()].flatMap(([name, member]) => {
    const given = branch.children.get(wireName(member, name));
    return given ? [[name, read(member, given)]] : [];
  });
  return Object.fromEntries(members);
}

function readMap(schema: NormalizedSchema, branch: Branch): object {
  const keys = wireName(schema.getKeySchema(), 'key');
  const values = wireName(schema.getValueSchema(), 'value');
  const pairs = entries(schema, branch).map(({ children }) => {
    const value = children.get(values);
    return [children.get(keys)?.value ?? '', value && read(schema.getValueSchema(), value)];
  });
  return Object.fromEntries(pairs);
}

/** The numbered parts of a list or a map, in their order; an empty one is a name without a value. */
function entries(schema: NormalizedSchema, { children }: Branch): Branch[] {
  const own = schema.isMapSchema() ? 'entry' : wireName(schema.getValueSchema(), 'member');
  // AWS takes `member` wherever a list has a name of its own, and older clients write so.
  const nested = children.get(own) ?? children.get('member');
  const numbered = schema.getMergedTraits().xmlFlattened || !nested ? children : nested.children;
  return [...numbered]
    .filter(([number]) => /^\d+$/.test(number))
    .sort(([a], [b]) => Number(a) - Number(b))
    .map(([, one]) => one);
}

const wireName = (schema: NormalizedSchema, name: string): string =>
  (schema.getMergedTraits().xmlName as string | undefined) ?? name;

function readScalar(schema: NormalizedSchema, text: string): unknown {
  if (schema.isStringSchema()) return text;
  if (schema.isBooleanSchema() && /^(true|false)$/i.test(text)) return text.toLowerCase() === 'true';
  try {
    const value = scalars.read(schema, text);
    if (text !== '' && !schema.isBooleanSchema() && !Number.isNaN(value)) return value;
  } catch {
    // Told below, as every other text that is no such value.
  }
  throw new Refusal('wrong-parameter', `Invalid value for parameter ${schema.getMemberName()}: '${text}'`);
}
