import { SQL_ENGINES, type SqlEngine } from '../ports/sql.ts';
import { checkName, type DataCheck, expectationPattern, expectations } from './data-check.ts';
import { nearest } from './near.ts';
import type { Mistake, SourceText } from './source-text.ts';
import { saysNothing, secondStatement } from './sql-text.ts';

/** A comment such as `-- title: Every order has its customer`; an address is none. */
const HEADER_LINE = /^--[ \t]*([A-Za-z][\w-]*):(?!\/\/)[ \t]*(.*?)\s*$/;

const examples = { title: 'Every order has its customer', expect: 'no rows', engine: 'postgres' };
type Key = keyof typeof examples;
const keys = Object.keys(examples) as Key[];
const isEngine = (value: string): value is SqlEngine => (SQL_ENGINES as readonly string[]).includes(value);
const isKey = (key: string): key is Key => (keys as string[]).includes(key);

/**
 * Reads a check from a SQL file: comments at its beginning give `title` and `expect`, and `engine` where it is for one alone; one statement follows.
 * @param check its name: the file's, without `.sql`
 */
export function readCheck(
  check: string,
  source: SourceText,
): { value: DataCheck; mistakes: [] } | { mistakes: Mistake[] } {
  const { head, mistakes, end } = readHeader(source);
  if (!checkName.test(check))
    mistakes.unshift(
      source.mistake(0, {
        message: `a check cannot be named '${check}'`,
        expected: 'a file named by letters, digits, - and _, such as order-totals.sql',
      }),
    );
  const rest = source.text.slice(end);
  const start = end + (rest.length - rest.trimStart().length);
  const sql = rest.trim().replace(/[\s;]+$/, '');
  if (saysNothing(sql)) {
    mistakes.push(source.mistake(source.text.length, { message: 'there is no statement', expected: 'one select' }));
  }
  const second = secondStatement(sql);
  if (second !== undefined) {
    mistakes.push(source.mistake(start + second, severalStatements));
  }
  const { title, expect, engine } = head;
  if (mistakes.length > 0 || title === undefined || expect === undefined) return { mistakes };
  const only = engine !== undefined && isEngine(engine) ? { engine } : {};
  return { value: { check, title, expect, sql, ...only }, mistakes: [] };
}

export const severalStatements = { message: 'there is more than one statement', expected: 'one select' };

/** What the comments above the statement say, and where they end. */
function readHeader(source: SourceText) {
  const head: Partial<Record<Key, string>> = {};
  const mistakes: Mistake[] = [];
  const meant = new Set<string>();
  let end = 0;
  for (const line of source.text.split('\n')) {
    if (line.trim() !== '' && !line.startsWith('--')) break;
    const [, key, value = ''] = HEADER_LINE.exec(line) ?? [];
    const complain = (about: string, text: Parameters<SourceText['mistake']>[1]) =>
      mistakes.push(source.mistake(end + line.lastIndexOf(about), text));
    if (key !== undefined) {
      if (!isKey(key)) {
        const suggestion = nearest(key, keys);
        if (suggestion) meant.add(suggestion);
        const expected = 'title, expect or engine; any other comment without a colon behind its first word';
        complain(`${key}:`, { message: `unknown key '${key}'`, expected, ...(suggestion && { suggestion }) });
      } else if (meant.has(key)) complain(`${key}:`, { message: `there is a second '${key}'` });
      else {
        meant.add(key);
        if (value === '') complain(`${key}:`, { message: `${key} has no value`, expected: examples[key] });
        else if (key === 'expect' && !expectationPattern.test(value))
          complain(value, { message: `expect cannot be '${value}'`, expected: expectations });
        else if (key === 'engine' && !isEngine(value))
          complain(value, { message: `engine cannot be '${value}'`, expected: SQL_ENGINES.join(', ') });
        head[key] = value;
      }
    }
    end += line.length + 1;
  }
  for (const key of keys.filter((each) => each !== 'engine' && !meant.has(each)))
    mistakes.push(
      source.mistake(0, { message: `the check has no ${key}`, expected: `a line such as -- ${key}: ${examples[key]}` }),
    );
  return { head, mistakes, end: Math.min(end, source.text.length) };
}
