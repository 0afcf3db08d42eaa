import type * as z from 'zod';
import { expectation, kindsOf, meantValue, oneOf } from './expectation.ts';
import { locate, locateHolder, type Path, type Sources } from './locate.ts';
import { nearest } from './near.ts';
import { keysAt, valueAt } from './schema-at.ts';
import { type Mistake, type MistakeText, quote } from './source-text.ts';

/** Something wrong at a path: the key stands there, or its value, or it is absent. */
export interface Complaint extends MistakeText {
  about: 'key' | 'value' | 'absence';
  path: Path;
}

/** A value that does not fit, at its path. */
export const complaint = (path: Path, message: string, { expected }: { expected: string }): Complaint => ({
  about: 'value',
  path,
  message,
  expected,
});

export type Checked<T> = { value: T; mistakes: [] } | { value?: never; mistakes: Mistake[] };

/** Checks data against a schema; every mistake is reported at its place in the file. */
export function checkAgainst<T>(schema: z.ZodType<T>, data: unknown, sources: Sources): Checked<T> {
  // A file is read once: to compile its schema first would take longer.
  const result = schema.safeParse(data, { jitless: true });
  if (result.success) return { value: result.data, mistakes: [] };
  return { mistakes: mistakesAt(sources, withoutEchoes(complaintsOf(schema, data, sources))) };
}

/** Puts complaints in their places. */
export function mistakesAt(sources: Sources, complaints: readonly Complaint[]): Mistake[] {
  return complaints.map(({ about, path, ...text }) => {
    const place = about === 'absence' ? locateHolder(sources, path.slice(0, -1)) : locate(sources, path);
    return place.source.mistake(about === 'key' ? place.keyOffset : place.valueOffset, text);
  });
}

function complaintsOf(schema: z.ZodType, data: unknown, sources: Sources): Complaint[] {
  const issues = schema.safeParse(data).error?.issues ?? [];
  const complaints = issues.flatMap((issue) => complaintsAbout(issue, schema, data, sources));
  const choice = issues.find((issue) => kindsOf(issue));
  const kinds = choice && kindsOf(choice);
  if (!kinds) return complaints;

  // An unknown kind must not hide the other mistakes: told are those which every kind that may be meant would have, as far as it has the key.
  const meant = nearest(valueAt(data, choice.path), kinds);
  const holder = choice.path.slice(0, -1);
  const [first, ...others] = (meant ? [meant] : kinds).map((kind) => {
    const asKind = withValue(data, choice.path, kind);
    return { complaints: complaintsOf(schema, asKind, sources), keys: keysAt(schema, holder, asKind) };
  });
  const shared =
    first?.complaints.filter((one) =>
      others.every(
        (other) =>
          (one.about !== 'absence' && !other.keys.includes(String(one.path[holder.length]))) ||
          other.complaints.some((two) => sameComplaint(one, two)),
      ),
    ) ?? [];
  return [...complaints, ...shared.filter((one) => !complaints.some((two) => sameComplaint(one, two)))];
}

function complaintsAbout(issue: z.core.$ZodIssue, schema: z.ZodType, data: unknown, sources: Sources): Complaint[] {
  const { path } = issue;
  const name = path.join('.');
  if (issue.code === 'unrecognized_keys') {
    const known = keysAt(schema, path, data);
    const open = known.filter((key) => valueAt(data, [...path, key]) === undefined);
    const within = name ? ` in ${name}` : '';
    return issue.keys.map((key) => ({
      about: 'key',
      path: [...path, key],
      message: `unknown key ${quote(key)}${within}`,
      ...(known.length > 0 && { expected: oneOf(open.length > 0 ? open : known) }),
      ...suggest(nearest(key, open) ?? nearest(key, known)),
    }));
  }
  if (issue.code === 'invalid_key')
    return [{ about: 'key', path, message: `a key in ${path.slice(0, -1).join('.')} is empty` }];

  const expected = expectation(issue, keysAt(schema, path, data));
  if (valueAt(data, path) === undefined) {
    const holder = path.slice(0, -1).join('.') || 'the file';
    return [{ about: 'absence', path, message: `${holder} lacks the key '${String(path.at(-1))}'`, expected }];
  }
  const { written } = locate(sources, path);
  const given = written && valueAt(data, path) !== null ? `cannot be ${quote(written)}` : 'has no value';
  return [
    { about: 'value', path, message: `${name} ${given}`, expected, ...suggest(meantValue(issue, valueAt(data, path))) },
  ];
}

/** A misspelt key is not told again as the lack of the key that was meant. */
function withoutEchoes(complaints: readonly Complaint[]): Complaint[] {
  const meant = new Set(
    complaints.flatMap(({ about, path, suggestion }) =>
      about === 'key' && suggestion ? [[...path.slice(0, -1), suggestion].join('.')] : [],
    ),
  );
  return complaints.filter(({ about, path }) => about !== 'absence' || !meant.has(path.join('.')));
}

function withValue(data: unknown, [part, ...rest]: Path, value: unknown): unknown {
  if (part === undefined) return value;
  return { ...(data as object), [part]: withValue(valueAt(data, [part]), rest, value) };
}

function sameComplaint(one: Complaint, two: Complaint): boolean {
  return one.message === two.message && one.path.join('.') === two.path.join('.');
}

function suggest(suggestion: string | undefined): { suggestion?: string } {
  return suggestion === undefined ? {} : { suggestion };
}
