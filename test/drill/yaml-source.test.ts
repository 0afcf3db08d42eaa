import { chmodSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { drillText, mistakesOf, scratch } from './files.ts';

const { path: folder, write } = scratch();

function only(name: string, content: string | Uint8Array) {
  const mistakes = mistakesOf(write(name, content));
  expect(mistakes).toHaveLength(1);
  return mistakes[0];
}

test('a missing file is told, with the file that is most likely meant', () => {
  write('failover.yaml', 'drill: x');
  expect(mistakesOf(join(folder, 'failovr.yaml'))).toEqual([
    {
      file: join(folder, 'failovr.yaml'),
      line: 1,
      column: 1,
      message: 'there is no such file',
      suggestion: join(folder, 'failover.yaml'),
    },
  ]);
});

test('a directory is no drill file', () => {
  const path = join(folder, 'folder.yaml');
  mkdirSync(path);
  expect(mistakesOf(path)).toMatchObject([{ message: 'this is a directory', expected: 'a YAML file' }]);
});

test.skipIf(process.getuid?.() === 0)('a file without leave to read it is told', () => {
  const path = write('locked.yaml', drillText());
  chmodSync(path, 0);
  expect(mistakesOf(path)).toMatchObject([{ message: 'the file may not be read' }]);
});

test('a path with a NUL byte is no file', () => {
  expect(mistakesOf('a\0b')).toMatchObject([{ message: 'there is no such file' }]);
});

test.each([
  ['nothing', '', 1, 1],
  ['comments alone', '# one\n# two\n', 1, 1],
  ['a document start alone', '---\n', 1, 1],
])('%s is an empty file', (_, content, line, column) => {
  expect(only('empty.yaml', content)).toMatchObject({ message: 'the file is empty', line, column });
});

test('a file over 256 KiB is not read', () => {
  expect(only('large.yaml', '#'.repeat(300 * 1024))).toMatchObject({
    message: 'the file has 300 KiB; the limit is 256 KiB',
  });
});

test.each([
  ['a NUL byte', Buffer.from('drill: a\nb: \0'), 'the file contains a NUL byte, so it is not a text file', 2, 4],
  ['bytes that are not UTF-8', Buffer.from('drill: a\ntitle: caf\xe9\n', 'latin1'), 'the file is not UTF-8', 2, 11],
  ['a control character', 'drill: a\x1b[31m', 'the file contains a control character (U+001B)', 1, 9],
  ['a tab as indentation', 'a:\n  b: 1\n\tc: 2\n', 'a tab is used as indentation', 3, 1],
  ['a second document', 'drill: a\n---\ndrill: b\n', 'a second document begins here', 2, 1],
  ['prose', 'hello world\n', 'the file is not a mapping of keys to values', 1, 1],
  ['a list', '# list\n- a\n', 'the file is not a mapping of keys to values', 2, 1],
  ['an open quote', 'drill: "abc\n', 'not YAML: Missing closing "quote', 1, 12],
  ['a colon in bare text', 'drill: a\ntitle: Failure: Taipei\n', 'a mapping begins where a value was under way', 2, 8],
  ['a mapping as a key', '{a: 1}: 2\n', 'a key is not plain text', 1, 1],
  ['an unknown tag', 'drill: !foo a\n', "unknown tag '!foo'", 1, 8],
  ['a binary', 'drill: !!binary aGk=\n', "unknown tag '!!binary'", 1, 8],
  ['a merge key', 'a: &a {x: 1}\nb:\n  <<: *a\n', 'merge keys (<<) are not understood', 3, 3],
  ['an alias without an anchor', 'a: *b\n', "alias '*b' has no anchor before it", 1, 4],
  ['an alias within its own anchor', 'a: &a [*a]\n', "alias '*a' stands within its own anchor", 1, 8],
  ['the key __proto__', 'a: 1\n__proto__: 1\n', "key '__proto__' is not allowed", 2, 1],
  ['YAML 1.1', '%YAML 1.1\n---\na: 1\n', 'a %YAML directive asks for another version', 1, 1],
  ['deep brackets', `a:\n  ${'['.repeat(1000)}`, 'nested more than 50 levels deep', 2, 52],
  ['deep lists', '- '.repeat(1000), 'nested more than 50 levels deep', 1, 101],
  ['many keys', 'a:\n'.repeat(6000), 'too large: more than 10000 keys, values and signs', 5001, 1],
  ['many aliases', `a: &a 1\nb: [${'*a,'.repeat(200)}]`, 'too many aliases: more than 100', 2, 305],
])('%s gives one mistake at its place', (_, content, message, line, column) => {
  expect(only('wrong.yaml', content)).toMatchObject({ message, line, column });
});

test('aliases that multiply are refused', () => {
  const bomb = [...'bcdefgh'].map((name, i) => `${name}: &${name} [${`*${'abcdefg'[i]},`.repeat(9)}]`);
  expect(only('bomb.yaml', ['a: &a [x, x, x]', ...bomb].join('\n'))?.message).toMatch(/^too many aliases/);
});

test('a key that stands twice is told where it stands again', () => {
  const text = `${drillText()}title: again\n`;
  expect(only('twice.yaml', text)).toMatchObject({
    message: "key 'title' stands here twice",
    line: text.split('\n').length - 1,
    column: 1,
    sourceLine: 'title: again',
    caret: 0,
  });
});

test('a byte order mark, CRLF and an alias are fine', () => {
  const text = drillText()
    .replace('{ lasts: 30 s }', '&lasts { lasts: 30 s }')
    .replace('"SOC 2 A1.3"', '&soc "SOC 2 A1.3"\n  - *soc')
    .replaceAll('\n', '\r\n');
  expect(mistakesOf(write('windows.yaml', `\uFEFF${text}`))).toEqual([]);
});

test('a long line is cut to 120 characters around the column', () => {
  const mistake = only('long.yaml', `drill: {a: ${'x'.repeat(500)}, b: !foo y, c: ${'z'.repeat(500)}}`);
  expect(mistake?.sourceLine).toHaveLength(120);
  expect(mistake?.sourceLine?.slice(mistake.caret, (mistake.caret ?? 0) + 4)).toBe('!foo');
});
