/** Texts, names and comments, in which a semicolon ends nothing. What it misses, PostgreSQL refuses: it takes one statement at a time. */
const QUIET =
  /(?<![\p{L}\w$])[eE]'(?:[^'\\]|''|\\[\s\S])*'|'(?:[^']|'')*'|"(?:[^"]|"")*"|(?<![\p{L}\w$])(\$(?:[\p{L}_][\p{L}\w]*)?\$)[\s\S]*?\1|--[^\n]*|\/\*[\s\S]*?\*\//gu;

const isComment = (quiet: string): boolean => quiet.startsWith('--') || quiet.startsWith('/*');

/** Where the semicolon stands behind which a second statement begins; undefined where there is none. */
export function secondStatement(sql: string): number | undefined {
  const bare = sql.replace(QUIET, (quiet) => (isComment(quiet) ? ' ' : 'x').repeat(quiet.length));
  const end = bare.search(/;(?=[\s;]*[^\s;])/);
  return end < 0 ? undefined : end;
}

/** Whether nothing is said but comments. */
export const saysNothing = (sql: string): boolean =>
  sql.replace(QUIET, (quiet) => (isComment(quiet) ? ' ' : quiet)).replace(/[\s;]/g, '') === '';

const QUIET_OR_SPACE = new RegExp(`${QUIET.source}|\\s+`, 'gu');

/** The statement as one types it in a shell: without comments, and without breaks outside of its texts. */
export const onOneLine = (sql: string): string =>
  sql
    .replace(QUIET_OR_SPACE, (part) => (isComment(part) || /^\s/.test(part) ? ' ' : part))
    .replace(/ {2,}/g, ' ')
    .trim();
