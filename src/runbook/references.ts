import { meantBy } from '../drill/components.ts';
import { textsIn } from '../drill/open-references.ts';
import type { Topology } from '../drill/topology.ts';
import { DrillError } from '../errors.ts';
import type { Facts } from './form.ts';

/** What texts of a drill file may refer to. */
export interface Scope {
  topology: Topology;
  facts: Facts;
  /** Which component is asked. */
  of?: string | undefined;
}

const REFERENCE = /\$\{\s*([^}]*?)\s*\}/g;

/** A value of a drill file with every `${store}`, `${topology.…}` and `${results.<step>.…}` in it replaced; before a run, by words for it. */
export function resolved(value: unknown, scope: Scope): unknown {
  if (typeof value === 'string') return resolvedText(value, scope);
  if (Array.isArray(value)) return value.map((one) => resolved(one, scope));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, resolved(one, scope)]));
}

/** Each reference in a value, as the words between the brackets, with the path to the text that holds it. */
export const referencesIn = (value: unknown): { path: PropertyKey[]; words: string[] }[] =>
  textsIn(value).flatMap(({ path, text }) =>
    [...text.matchAll(REFERENCE)].map(([, inner = '']) => ({ path, words: inner.split('.') })),
  );

/** What stands at the end of a path; undefined where nothing does. */
export const at = (value: unknown, words: readonly string[]): unknown =>
  words.reduce<unknown>((here, word) => (here as Record<string, unknown> | null | undefined)?.[word], value);

/** A value at the end of a path. */
const inside = (words: readonly string[], value: unknown): unknown =>
  words.reduceRight<unknown>((inner, word) => ({ [word]: inner }), value);

function resolvedText(text: string, scope: Scope): unknown {
  const whole = /^\$\{\s*([^}]*?)\s*\}$/.exec(text);
  // A reference that is the whole text keeps its kind: a number stays one.
  if (whole) return standsFor(whole[1] ?? '', scope);
  return text.replace(REFERENCE, (_, inner: string) => String(standsFor(inner, scope)));
}

/** The data store that is asked, by its name in the topology; nothing where `of` does not say which one. */
const storeMeant = (of: string | undefined, topology: Topology): string | undefined =>
  of === undefined ? undefined : meantBy(of, topology).find(({ id }) => id in topology.data)?.id;

function standsFor(reference: string, { topology, facts, of }: Scope): unknown {
  const [where, ...words] = reference.split('.');
  if (where === 'store') return storeMeant(of, topology);
  if (where === 'topology') return at(topology, words);
  const [step = '', ...rest] = words;
  if (facts.beforeRun) {
    const words = `<${rest.join(' ')} of ${step}>`;
    return facts.standIn ? at(facts.standIn(step, inside(rest, words)), rest) : words;
  }
  const value = at(facts.results[step], rest);
  if (value !== undefined) return value;
  throw new DrillError('result-missing', `A step was to use \${${reference}}, but ${step} gave no such thing.`, {
    hint: `It gave: ${JSON.stringify(facts.results[step] ?? null)}`,
  });
}
