import { expect, test } from 'vitest';
import { formatMistakes } from '../../src/drill/format-mistakes.ts';
import { SourceText } from '../../src/drill/source-text.ts';

const mistake = new SourceText('a.yaml', 'x: 1\n標題: 台北, y: 2 \n').mistake(13, {
  message: 'wrong',
  expected: 'right',
  suggestion: 'z',
});

test('a mistake is printed with its line, a caret under the column, and what was meant', () => {
  expect(formatMistakes([mistake], { colour: false })).toBe(
    ['a.yaml:2:9  wrong', '  標題: 台北, y: 2', '              ^', '  expected right', '  did you mean z?', ''].join(
      '\n',
    ),
  );
});

test('colour is added only when asked for', () => {
  expect(formatMistakes([mistake], { colour: false })).not.toContain('\u001b');
  expect(formatMistakes([mistake], { colour: true })).toContain('\u001b[31mwrong\u001b[39m');
});

test('what a file holds cannot steer a terminal', () => {
  const hostile = new SourceText('a.yaml', 'a: \u001b[2J\u0007').mistake(0, { message: 'wrong' });
  // biome-ignore lint/suspicious/noControlCharactersInRegex: it is what must be absent
  expect(formatMistakes([hostile], { colour: false })).not.toMatch(/[\u0000-\u0009\u000b-\u001f]/);
});

test('after a hundred mistakes the rest is counted', () => {
  const text = formatMistakes(Array(130).fill(mistake), { colour: false });
  expect(text).toMatch(/and 30 more\n$/);
});
