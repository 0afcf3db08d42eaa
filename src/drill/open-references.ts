import type { Path } from './locate.ts';
import { type Complaint, complaint } from './mistakes.ts';

/** Every text in a value, with its path. */
export function textsIn(value: unknown, path: PropertyKey[] = []): { path: PropertyKey[]; text: string }[] {
  if (typeof value === 'string') return [{ path, text: value }];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, one]) =>
    textsIn(one, [...path, Array.isArray(value) ? Number(key) : key]),
  );
}

/** Each beginning of a reference that has no end. */
export const openReferencesIn = (data: unknown): Complaint[] =>
  textsIn(data).flatMap(({ path, text }) =>
    [...text.matchAll(/\$\{(?:(?!\$\{)[^}])*(?=\$\{|$)/g)].map(([open]) =>
      complaint(path as Path, `${open.trim()} is not closed`, { expected: 'a } behind the reference' }),
    ),
  );
