import { checksumOf, rowsOf } from '../../drill/data-check.ts';
import type { Contents, LookedAt } from './table-contents.ts';

/** What a look at a table gave; `ok` is null where it could not be made. */
export interface Compared {
  check: string;
  title: string;
  ok: boolean | null;
  detail: string;
}

/** Holds the recovered tables against those of the source. `trouble` is what the database had to say instead of an answer, by check. */
export const compared = (
  { tables, checksums }: Pick<LookedAt, 'tables' | 'checksums'>,
  { expected, found, trouble }: { expected: Contents; found: Contents; trouble: Record<string, string> },
  tolerance: number,
): Compared[] => [
  ...tables.map((table) =>
    comparison(rowsOf(table), `${table} is there, with the rows expected`, {
      table,
      trouble,
      want: expected.counts[table],
      have: found.counts[table],
      judge: (want, have) => ({
        ok: Math.abs(have - want) <= want * tolerance,
        detail: `${have} rows, ${want} expected`,
      }),
    }),
  ),
  ...checksums.map((table) =>
    comparison(checksumOf(table), `${table} has the same rows as the source`, {
      table,
      trouble,
      want: expected.checksums[table],
      have: found.checksums[table],
      judge: (want, have) => ({
        ok: have === want,
        detail: have === want ? `the checksum is the same: ${have}` : `the checksum is ${have}, ${want} expected`,
      }),
    }),
  ),
];

interface Sides<T> {
  table: string;
  trouble: Record<string, string>;
  want: T | undefined;
  have: T | undefined;
  judge(want: T, have: T): { ok: boolean; detail: string };
}

function comparison<T>(check: string, title: string, { table, trouble, want, have, judge }: Sides<T>): Compared {
  const said = trouble[check];
  if (said !== undefined) return { check, title, ok: false, detail: said };
  // A real database that answers answers for every table.
  if (have === undefined)
    return { check, title, ok: null, detail: `not made: a simulated database has no table ${table}` };
  if (want === undefined) return { check, title, ok: null, detail: 'not made: the source was not checked' };
  return { check, title, ...judge(want, have) };
}
