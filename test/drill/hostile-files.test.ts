import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DrillFileError } from '../../src/drill/drill-file-error.ts';
import { loadDrill } from '../../src/drill/load.ts';
import { drillText, scratch, shippedDrills, shippedTopology } from './files.ts';

const { write } = scratch();

const limitMs = 15_000;

/** A drill, or mistakes that are in the file and read like sentences; nothing else, and soon. */
function holds(content: string | Uint8Array, overrides: string[] = []): void {
  const path = write('hostile.yaml', content);
  const begun = performance.now();
  try {
    loadDrill(path, { overrides });
  } catch (error) {
    if (!(error instanceof DrillFileError)) throw error;
    expect(error.mistakes.length).toBeGreaterThan(0);
    const lines = linesOf(path);
    for (const mistake of error.mistakes) {
      if (mistake.file === path) liesIn(lines, mistake.line, mistake.column);
      // Keys of the form before have a line each.
      const said = `${mistake.message} ${mistake.expected} ${mistake.suggestion}`.replaceAll(/\n {4}\S+ +-> .*/g, '');
      expect(said).not.toMatch(/\n|^ *at \S+ \(|node:internal|\.ts:\d/);
      expect(mistake.message.length).toBeLessThan(300);
      expect(mistake.sourceLine?.length ?? 0).toBeLessThanOrEqual(120);
    }
  }
  expect(performance.now() - begun).toBeLessThan(limitMs);
}

const linesOf = (path: string): string[] => new TextDecoder().decode(readFileSync(path)).split('\n');

function liesIn(lines: readonly string[], line: number, column: number): void {
  expect(line).toBeGreaterThanOrEqual(1);
  expect(line).toBeLessThanOrEqual(lines.length);
  expect(column).toBeGreaterThanOrEqual(1);
  expect(column).toBeLessThanOrEqual((lines[line - 1] as string).length + 1);
}

const yamlish = fc
  .array(
    fc.oneof(
      fc.constantFrom(...'{}[]:,-?&*!|>%@`"\'#\n\t ~<='),
      fc.constantFrom('\n  ', ': ', '- ', 'a', 'drill', '---\n'),
      fc.string(),
    ),
  )
  .map((parts) => parts.join(''));

test('any text', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: 'binary', maxLength: 300 }), yamlish), (text) => holds(text)),
    { numRuns: 500 },
  );
});

test('any bytes', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => holds(bytes)),
    { numRuns: 300 },
  );
});

test('any --set', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        yamlish,
        yamlish.map((value) => `targets.rto=${value}`),
      ),
      (text) => holds(drillText(), [text]),
    ),
    {
      numRuns: 300,
    },
  );
});

const piece = fc.oneof(
  yamlish,
  fc.string(),
  fc.constantFrom('null', '0', '-1', '1e999', '.nan', '{}', '[]', '*a', '&a ', '!!x ', '<<: 1'),
);
const change = fc.record({
  how: fc.constantFrom('delete', 'insert', 'replace'),
  lines: fc.boolean(),
  at: fc.nat(),
  piece,
});

function mutated(text: string, changes: { how: string; lines: boolean; at: number; piece: string }[]): string {
  return changes.reduce((before, { how, lines, at, piece: added }) => {
    const parts = before.split(lines ? '\n' : '');
    parts.splice(at % (parts.length + 1), how === 'insert' ? 0 : 1, ...(how === 'delete' ? [] : [added]));
    return parts.join(lines ? '\n' : '');
  }, text);
}

test.each(shippedDrills)('%s with any changes', (file) => {
  const text = drillText(file);
  fc.assert(
    fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), (changes) => holds(mutated(text, changes))),
    { numRuns: 300 },
  );
});

test('the topology with any changes', () => {
  const text = readFileSync(shippedTopology, 'utf8');
  const property = fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), (changes) => {
    const topology = write('topology.yaml', mutated(text, changes));
    holds(drillText().replace(shippedTopology, topology));
  });
  fc.assert(property, { numRuns: 300 });
});

const repeated = [
  '[',
  '{a: ',
  '- ',
  '- - - ',
  '? ',
  ': ',
  '{',
  ']',
  ',',
  '"',
  '\\',
  '&a ',
  '*a ',
  '! ',
  '%a\n',
  '---\n',
  'a:\n',
  ' a\n',
  '|\n',
  '\n',
  '\t',
  '#',
  '<<: ',
  'é',
  '\r',
  '-',
  "'",
  'a: b: ',
];

test.each(repeated)('10 MB of %j are refused unread; as much as is read is refused soon', (part) => {
  holds(part.repeat(Math.ceil((10 * 1024 * 1024) / part.length)));
  const most = Math.floor((256 * 1024 - 16) / Buffer.byteLength(part));
  holds(part.repeat(most));
  holds(`drill: ${part.repeat(most)}`);
  holds(`drill:\n  ${part.repeat(most)}`);
});

test('thousands of unknown keys', () => {
  holds(`${drillText()}${Array.from({ length: 3000 }, (_, i) => `k${i}: 1\n`).join('')}`);
});

test('indentation that grows without end', () => {
  holds(Array.from({ length: 700 }, (_, depth) => `${' '.repeat(depth)}a:`).join('\n'));
});

test.each([2, 5, 10, 50])('alias bombs of %i branches', (branches) => {
  const levels = Array.from({ length: 30 }, (_, i) => `k${i + 1}: &k${i + 1} [${`*k${i}, `.repeat(branches)}]`);
  for (const depth of [1, 2, 3, 5, 8, 30]) holds(['k0: &k0 [x, x]', ...levels.slice(0, depth)].join('\n'));
  holds(['drill: &k0 [x, x]', ...levels.slice(0, 20), 'deadlines: *k20', 'machine: *k3', 'topology: *k1'].join('\n'));
});
