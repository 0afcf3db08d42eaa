import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { code, codeBlock, plain } from '../../src/markdown-text.ts';
import { toMarkdown } from '../../src/report/markdown.ts';
import { reportFor, runNames } from './runs.ts';

describe('the Markdown report', () => {
  test.each(runNames)('of a run that %s has tables whose rows are as wide as their heads', (name) => {
    for (const table of tablesOf(toMarkdown(reportFor(name)))) {
      const widths = table.map((row) => cellsOf(row).length);
      expect(new Set(widths).size, table.join('\n')).toBe(1);
    }
  });

  test.each(runNames)('of a run that %s comes out the same to the byte', (name) => {
    expect(toMarkdown(reportFor(name))).toBe(toMarkdown(reportFor(name)));
  });

  test('opens with the mark of a dry run', () => {
    expect(toMarkdown(reportFor('passed')).split('\n')[2]).toBe(
      '> **SIMULATED.** A dry run proves nothing about the real account.',
    );
    expect(toMarkdown(reportFor('passed for real'))).not.toMatch(/SIMULATED|rehears/);
  });

  test('lets no markup through', () => {
    const markdown = toMarkdown(reportFor('hostile'));
    expect(markdown.replaceAll('\\<', '')).not.toContain('<script');
    expect(markdown).not.toContain('[x](');
    expect(markdown).not.toMatch(/^# no/m);
  });

  test('gives the commands that a person must run after a hold', () => {
    expect(toMarkdown(reportFor('held'))).toContain('```sh\naws rds modify-db-instance --by-hand\n```');
  });
});

describe('text and code in Markdown', () => {
  test('stay on one line and end no cell, whatever they hold', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('|', '`', '\\', '\n', '*', 'a', ' ', '<') }), (text) => {
        expect(cellsOf(`| ${plain(text)} | b |`)).toHaveLength(2);
        expect(plain(text)).not.toContain('\n');
        expect(code(text)).not.toContain('\n');
      }),
    );
  });

  test('code is fenced by more backticks than it holds', () => {
    expect(code('a `b` c')).toBe('``a `b` c``');
    expect(code('`a`')).toBe('`` `a` ``');
    expect(codeBlock('x ``` y')).toBe('````sh\nx ``` y\n````');
  });
});

/** Cells as GFM cuts them: at every bar that no backslash stands before. */
const cellsOf = (row: string): string[] =>
  row
    .replace(/\\./g, '..')
    .replace(/^\| | \|$/g, '')
    .split('|');

function tablesOf(markdown: string): string[][] {
  return markdown
    .trimEnd()
    .split('\n\n')
    .map((block) => block.split('\n'))
    .filter(([first]) => first?.startsWith('| '));
}
