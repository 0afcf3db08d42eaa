import { basename } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { DataCheck } from '../../src/drill/data-check.ts';
import { loadDrill } from '../../src/drill/load.ts';
import { readCheck } from '../../src/drill/read-check.ts';
import { SourceText } from '../../src/drill/source-text.ts';
import { judged } from '../../src/steps/data/checks.ts';
import { drillText, mistakesOf, scratch } from './files.ts';

const { write } = scratch();
const OWN = '-- title: Every order has an address\n-- expect: no rows\nselect id from orders where address is null;\n';
const COMPLETE = '-- title: T\n-- expect: rows\n';

const withChecks = (dataChecks: string) => write('drill.yaml', `${drillText()}\ndataChecks: ${dataChecks}\n`);
const checksIn = (path: string, overrides: string[] = []): DataCheck[] =>
  loadDrill(path, { overrides }).drill.dataChecks.checks;
const read = (text: string) => readCheck('mine', new SourceText('mine.sql', text));

test('a drill makes the checks that come with the tool, each with what it expects', () => {
  const checks = checksIn(write('drill.yaml', drillText()));
  expect(checks.map(({ check }) => check)).toContain('orders-without-customer');
  expect(checks.length).toBeGreaterThanOrEqual(10);
  for (const { shipped, expect: wanted } of checks) expect([shipped, wanted]).toEqual([true, 'no rows']);
});

test('a file, a folder and the drill itself add checks of one’s own', () => {
  write('own/address.sql', OWN);
  write('single.sql', OWN);
  const inline = '{ check: inline, title: Enough orders, expect: value >= 100, sql: select count(*) from orders }';
  const mine = checksIn(withChecks(`{ files: [own, single.sql], checks: [${inline}] }`)).filter((one) => !one.shipped);
  expect(mine.map(({ check }) => check)).toEqual(['address', 'single', 'inline']);
  expect(mine[0]).toMatchObject({
    title: 'Every order has an address',
    sql: 'select id from orders where address is null',
  });
  const without = checksIn(withChecks('{ shipped: false, files: [own/*.sql] }'));
  expect(without.map(({ check }) => check)).toEqual(['address']);
});

test('files given on the command line are looked for where one stands', () => {
  const one = checksIn(write('drill.yaml', drillText()), [
    'dataChecks={ shipped: false, files: [drills/checks/indexes.sql] }',
  ]);
  expect(one.map(({ check }) => check)).toEqual(['indexes']);
});

test.each([
  ['-- title: T\nselect 1', 'the check has no expect', '1:1'],
  ['-- expect: no rows\nselect 1', 'the check has no title', '1:1'],
  ['-- title:\n-- expect: rows\nselect 1', 'title has no value', '1:4'],
  ['-- title: T\n-- expect: nothing\nselect 1', "expect cannot be 'nothing'", '2:12'],
  ['-- title: T\n--expect:expect\nselect 1', "expect cannot be 'expect'", '2:10'],
  ['-- title: T\n-- expect: value > many\nselect 1', "expect cannot be 'value > many'", '2:12'],
  ['-- title: T\n-- expcet: rows\nselect 1', "unknown key 'expcet'", '2:4'],
  [`${COMPLETE}-- owner: the shop\nselect 1`, "unknown key 'owner'", '3:4'],
  [`${COMPLETE}-- toString: x\nselect 1`, "unknown key 'toString'", '3:4'],
  ['-- title: T\n-- title: U\n-- expect: rows\nselect 1', "there is a second 'title'", '2:4'],
  [COMPLETE, 'there is no statement', '2:16'],
  [`${COMPLETE}/* nothing */;`, 'there is no statement', '3:15'],
  [`${COMPLETE}select 1;\ndelete from orders`, 'there is more than one statement', '3:9'],
  ['-- title: select 1; a\n-- expect: rows\n\n  select 1; select 2', 'there is more than one statement', '4:11'],
  [`${COMPLETE}select E'\\' ' ; delete from orders; --'`, 'there is more than one statement', '3:15'],
  [`${COMPLETE}select 1 as a$b$; delete from orders; select 2 as c$b$`, 'there is more than one statement', '3:17'],
])('%j is told: %s', (text, message, place) => {
  const mistakes = mistakesOf(withChecks(`{ files: [${JSON.stringify(write('wrong.sql', text))}] }`));
  expect(mistakes.map((told) => [basename(told.file), told.message, `${told.line}:${told.column}`])).toEqual([
    ['wrong.sql', message, place],
  ]);
});

test('every mistake of every file is told at once, beside those of the drill', () => {
  write('wrong/one.sql', '-- title: One\n-- expect: many\n');
  write('wrong/two words.sql', OWN);
  write('wrong/bytes.sql', new Uint8Array([0x73, 0xff]));
  write('negative-stock.sql', OWN);
  write('empty/read.me', '');
  const inline = [
    '{ check: two, title: Two, expect: rows, sql: select 1; select 2 }',
    '{ check: two, title: Two again, expect: rows, sql: select 1 }',
    '{ check: rows-of-orders, title: A name that counting takes, expect: rows, sql: select 1 }',
  ];
  const files = '[wrong, none.sql, empty, negative-stock.sql]';
  const mistakes = mistakesOf(withChecks(`{ timeout: 0 s, files: ${files}, checks: [${inline.join(', ')}] }`));
  expect(mistakes.map(({ file, message }) => [basename(file), message])).toEqual([
    ['drill.yaml', 'dataChecks.timeout cannot be 0'],
    ['drill.yaml', 'no SQL file can be found at none.sql'],
    ['drill.yaml', 'no SQL file can be found at empty'],
    ['drill.yaml', "there is a check 'negative-stock' already"],
    ['drill.yaml', 'there is more than one statement'],
    ['drill.yaml', "there is a check 'two' already"],
    ['drill.yaml', "there is a check 'rows-of-orders' already"],
    ['bytes.sql', 'the file is not UTF-8'],
    ['one.sql', "expect cannot be 'many'"],
    ['one.sql', 'there is no statement'],
    ['two words.sql', "a check cannot be named 'two words'"],
  ]);
});

test('only the tool says of a check that it is shipped, and only a check that there is can be said to find something', () => {
  const inline = '{ check: mine, title: T, expect: rows, sql: select 1, shipped: true }';
  expect(mistakesOf(withChecks(`{ checks: [${inline}] }`))).toMatchObject([
    { message: "unknown key 'shipped' in dataChecks.checks.0" },
  ]);
  const overrides = ['simulation.checks.negative-stok=[{ id: 1 }]'];
  expect(mistakesOf(write('drill.yaml', drillText()), { overrides })).toMatchObject([
    { message: "there is no check 'negative-stok'", suggestion: 'negative-stock' },
  ]);
});

describe('the reader of checks', () => {
  const title = fc.stringMatching(/^[A-Za-z][A-Za-z0-9 ,.]{0,30}[a-z]$/);
  const wanted = fc.oneof(
    fc.constantFrom('no rows', 'rows'),
    fc.tuple(fc.constantFrom('=', '<', '<=', '>', '>='), fc.integer()).map(([sign, limit]) => `value ${sign} ${limit}`),
  );
  const quiet = fc.constantFrom(
    "';'",
    '";"',
    '$$;$$',
    '$a$;$a$',
    '-- ; \n',
    '/* ; */',
    "''';'",
    "E'\\';'",
    "a$b';'",
    "'\\'",
  );

  test('takes what a file says, however its statement quotes its semicolons', () => {
    fc.assert(
      fc.property(title, wanted, fc.array(quiet), fc.boolean(), (said, expected, quoted, ends) => {
        const sql = `select 1 ${quoted.join(' ')} as one`;
        const { value, mistakes } = read(
          `-- title: ${said}\n-- expect: ${expected}\n${sql}${ends ? ';' : ''}\n`,
        ) as never;
        expect(mistakes).toEqual([]);
        expect(value).toEqual({ check: 'mine', title: said, expect: expected, sql });
      }),
    );
  });

  test('finds a second statement behind anything', () => {
    fc.assert(
      fc.property(fc.array(quiet), fc.array(quiet), (before, behind) => {
        const { mistakes } = read(`${COMPLETE}select 1 ${before.join(' ')}; delete from orders ${behind.join(' ')}`);
        expect(mistakes.map(({ message }) => message)).toEqual(['there is more than one statement']);
      }),
    );
  });

  const remark = fc.oneof(
    fc.constantFrom('', '--', '-- a remark without a key', '-- see https://example.com/why', '-- https://example.com'),
    fc.stringMatching(/^-- [a-z ]{0,20}$/),
  );

  test('takes its two keys in either order, among any remarks, with the line breaks of any system', () => {
    const breaks = fc.constantFrom('\n', '\r\n');
    fc.assert(
      fc.property(title, wanted, fc.boolean(), fc.array(remark), breaks, (said, expected, turned, remarks, ends) => {
        const pair = [`-- title: ${said}`, `--expect:${expected}  `];
        const [first = '', second = ''] = turned ? pair.toReversed() : pair;
        const { value, mistakes } = read([first, ...remarks, second, ...remarks, 'select 1', ''].join(ends)) as never;
        expect(mistakes).toEqual([]);
        expect(value).toEqual({ check: 'mine', title: said, expect: expected, sql: 'select 1' });
      }),
    );
  });

  test('never fails on any text, and either takes it or says what is wrong', () => {
    const part = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom(COMPLETE, '--', '\n', ';', "'", '$$', '/*'));
    fc.assert(
      fc.property(fc.array(part), (parts) => {
        const { mistakes, ...answer } = read(parts.join(''));
        expect('value' in answer).toBe(mistakes.length === 0);
        for (const { line, column } of mistakes) expect(Math.min(line, column)).toBeGreaterThan(0);
      }),
    );
  });
});

test.each([
  ['no rows', [], true],
  ['no rows', [{ id: 1 }], false],
  ['rows', [{ id: 1 }], true],
  ['rows', [], false],
  ['value >= 100', [{ count: 100 }], true],
  ['value >= 100', [{ count: 99 }], false],
  ['value = 0', [{ sum: '0' }], true],
  ['value < 5', [{ count: 4 }], true],
  ['value > 5', [{ count: null }], false],
  ['value < 5', [{ sum: '' }], false],
  ['value < 5', [{ sum: 'NaN' }], false],
  ['value < 5', [{ ok: true }], false],
  ['value > 5', [], false],
  ['value > 5', [{ a: 6, b: 7 }], false],
])('%s holds for %j: %s', (wanted, rows, ok) => {
  expect(judged(wanted, rows as never).ok).toBe(ok);
});
