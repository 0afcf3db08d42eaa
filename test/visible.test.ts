import { describe, expect, test } from 'vitest';
import { VirtualClock } from '../src/clock/virtual-clock.ts';
import type { RunEvent } from '../src/journal/events.ts';
import { memoryJournal } from '../src/journal/journal.ts';
import { differentPeople, personKey } from '../src/steps/people/person.ts';
import { forTerminal, visible } from '../src/visible.ts';
import { drillText, mistakesOf, scratch } from './drill/files.ts';

const GREEN = '\u001b[32m✔\u001b[0m which you trust';

test.each([
  ['a colour', GREEN, '‹U+001B›[32m✔‹U+001B›[0m which you trust'],
  ['a line that is written over', 'failed\rpassed', 'failed‹U+000D›passed'],
  ['a title of the window', '\u001b]0;x\u0007', '‹U+001B›]0;x‹U+0007›'],
  ['a text that runs backwards', 'a\u202Eb\u2066c', 'a‹U+202E›b‹U+2066›c'],
  ['letters without width', 'pass\u200Bed\uFEFF\u2060', 'pass‹U+200B›ed‹U+FEFF›‹U+2060›'],
  ['a joiner within a word', 'pa\u200Dss', 'pa‹U+200D›ss'],
  ['half a letter', 'x\uD800y', 'x‹U+D800›y'],
  ['tags', 'x\u{E0041}', 'x‹U+E0041›'],
])('%s is shown by its number', (_, text, shown) => expect(visible(text)).toBe(shown));

test.each(['多區域故障切換演練', 'é ü ñ', '👩‍💻 👍🏽', 'می‌خواهم', 'שלום', 'tab\tand\nlines\r\n'])(
  '%s stays as it is',
  (text) => expect(visible(text)).toBe(text),
);

test('a terminal with colour gets our colours alone, one without gets none', () => {
  expect(forTerminal(`${GREEN}\u001b[2J`, true)).toBe(`${GREEN}‹U+001B›[2J`);
  expect(forTerminal(GREEN, false)).not.toContain('\u001b');
});

test('the journal holds no hidden character, and a secret does not hide behind one', () => {
  const journal = memoryJournal(new VirtualClock(0));
  const entry = journal.append({
    type: 'abort-requested',
    reason: `${GREEN} pass\u200Bword=x, token=ab\u200Bcdef`,
  } as RunEvent);
  expect(JSON.stringify(entry)).not.toMatch(/\\u001b|\u200B/);
  expect(JSON.stringify(entry)).not.toContain('cdef');
});

describe('a drill file', () => {
  const folder = scratch();
  test('may hold no character that cannot be seen, and is told where', () => {
    const path = folder.write('hidden.yaml', drillText().replace(/^title: .*$/m, 'title: "Fail \\u202Eover"'));
    expect(mistakesOf(path)).toMatchObject([
      { message: expect.stringContaining('‹U+202E›'), line: expect.any(Number) },
    ]);
  });
});

test('one person has one name, however it is written', () => {
  const same = ['Ana Šarić', ' ana  šarić ', 'ANA ŠARIĆ', 'Ana S\u030Cari\u0107', 'Ａna Šarić', 'Ana\u200B Šarić'];
  expect(new Set(same.map(personKey)).size).toBe(1);
  expect(differentPeople([...same, 'Ben'])).toEqual(['Ana Šarić', 'Ben']);
});
