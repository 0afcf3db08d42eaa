import * as z from 'zod';
import type { Mistake, SourceText } from './source-text.ts';

/** What the answer to a data check must be. */
export const expectationPattern = /^(no rows|rows|value (=|<|<=|>|>=) (-?\d+(?:\.\d+)?))$/;

const wanted = 'no rows, rows, or a comparison such as value >= 100';

/** A question in SQL that the recovered data must answer as is expected. */
export const dataCheckSchema = z.strictObject({
  check: z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'expected small letters, digits and hyphens'),
  title: z.string().min(1),
  expect: z.string().regex(expectationPattern, `expected ${wanted}`).describe(`What the answer must be: ${wanted}.`),
  sql: z.string().min(1).describe('One statement; it is run in a read-only transaction.'),
  shipped: z.boolean().default(false),
});

export type DataCheck = z.output<typeof dataCheckSchema>;

const HEADER = /^--\s*(\w+):[ \t]*(.*?)[ \t]*$/;

/**
 * Reads a check from a SQL file: comments at its beginning give `title` and `expect`, and one statement follows.
 * @param check its name: the file's, without `.sql`
 */
export function readCheck(
  check: string,
  source: SourceText,
): { value: DataCheck; mistakes: [] } | { mistakes: Mistake[] } {
  const { text } = source;
  const head = new Map<string, string>();
  const mistakes: Mistake[] = [];
  let at = 0;
  for (const line of text.split('\n')) {
    const [, key = '', value = ''] = HEADER.exec(line.replace(/\r$/, '')) ?? [];
    if (key === '' && line.trim() !== '' && !line.startsWith('--')) break;
    if (key === 'title' || key === 'expect') {
      if (head.has(key)) mistakes.push(source.mistake(at, { message: `there is a second '${key}'` }));
      else if (key === 'expect' && !expectationPattern.test(value))
        mistakes.push(
          source.mistake(at + line.indexOf(value), { message: `expect cannot be '${value}'`, expected: wanted }),
        );
      head.set(key, value);
    }
    at += line.length + 1;
  }
  for (const key of ['title', 'expect'])
    if (!head.get(key))
      mistakes.push(
        source.mistake(0, {
          message: `the check has no ${key}`,
          expected: `a line such as -- ${key}: ${key === 'title' ? 'Every order has its customer' : 'no rows'}`,
        }),
      );
  const sql = text.slice(Math.min(at, text.length)).trim().replace(/;$/, '');
  if (withoutComments(sql) === '')
    mistakes.push(source.mistake(text.length, { message: 'there is no statement', expected: 'one select' }));
  const second = beyondFirst(sql);
  if (second !== undefined)
    mistakes.push(
      source.mistake(text.indexOf(sql) + second, {
        message: 'there is more than one statement',
        expected: 'one select',
      }),
    );
  if (mistakes.length > 0) return { mistakes };
  return {
    value: { check, title: head.get('title') ?? '', expect: head.get('expect') ?? '', sql, shipped: false },
    mistakes: [],
  };
}

const withoutComments = (sql: string): string => sql.replace(/--[^\n]*|\/\*[\s\S]*?\*\//g, '').trim();

/** Texts, names and comments, in which a semicolon ends nothing. */
const QUIET = /'(?:[^']|'')*'|"(?:[^"]|"")*"|(\$\w*\$)[\s\S]*?\1|--[^\n]*|\/\*[\s\S]*?\*\//g;

/** Where a second statement begins; undefined where there is none. */
function beyondFirst(sql: string): number | undefined {
  const bare = sql.replace(QUIET, (quiet) => ' '.repeat(quiet.length));
  const end = bare.indexOf(';');
  return end < 0 || bare.slice(end).replace(/[;\s]/g, '') === '' ? undefined : end;
}
