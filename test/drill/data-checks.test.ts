import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readCheck } from '../../src/drill/data-check.ts';
import { loadDrill } from '../../src/drill/load.ts';
import { SourceText } from '../../src/drill/source-text.ts';
import { judged } from '../../src/steps/data/checks.ts';
import { drillText, mistakesOf, scratch } from './files.ts';

const { write } = scratch();
const OWN = '-- title: Every order has an address\n-- expect: no rows\nselect id from orders where address is null;\n';

const withChecks = (dataChecks: string) => write('drill.yaml', `${drillText()}\ndataChecks: ${dataChecks}\n`);
const read = (text: string) => readCheck('mine', new SourceText('mine.sql', text));

test('a drill makes the checks that come with the tool, each with what it expects', () => {
  const { checks } = loadDrill(write('drill.yaml', drillText())).drill.dataChecks;
  expect(checks.map(({ check }) => check)).toContain('orders-without-customer');
  expect(checks.length).toBeGreaterThanOrEqual(10);
  for (const { shipped, expect: wanted } of checks) expect([shipped, wanted]).toEqual([true, 'no rows']);
});

test('a file, a folder and the drill itself add checks of one’s own', () => {
  write('own/address.sql', OWN);
  write('single.sql', OWN);
  const own = '{ check: inline, title: Enough orders, expect: value >= 100, sql: select count(*) from orders }';
  const { dataChecks } = loadDrill(withChecks(`{ files: [own, single.sql], checks: [${own}] }`)).drill;
  const mine = dataChecks.checks.filter(({ shipped }) => !shipped);
  expect(mine.map(({ check }) => check)).toEqual(['address', 'single', 'inline']);
  expect(mine[0]).toMatchObject({
    title: 'Every order has an address',
    sql: 'select id from orders where address is null',
  });
  const without = loadDrill(withChecks('{ shipped: false, files: [own] }')).drill.dataChecks.checks;
  expect(without.map(({ check }) => check)).toEqual(['address']);
});

test.each([
  ['-- title: T\nselect 1', 'the check has no expect', 1],
  ['-- expect: no rows\nselect 1', 'the check has no title', 1],
  ['-- title: T\n-- expect: nothing\nselect 1', "expect cannot be 'nothing'", 2],
  ['-- title: T\n-- expect: value > many\nselect 1', "expect cannot be 'value > many'", 2],
  ['-- title: T\n-- expect: rows\n', 'there is no statement', 2],
  ['-- title: T\n-- expect: rows\nselect 1;\ndelete from orders', 'there is more than one statement', 3],
  ['-- title: T\n-- title: U\n-- expect: rows\nselect 1', "there is a second 'title'", 2],
])('%j is told: %s', (text, message, line) => {
  expect(mistakesOf(withChecks(`{ files: [${JSON.stringify(write('wrong.sql', text))}] }`))).toMatchObject([
    { file: expect.stringContaining('wrong.sql'), message, line },
  ]);
});

test('a file that is not there, and a name that is taken, are mistakes of the drill file', () => {
  write('negative-stock.sql', OWN);
  const mistakes = mistakesOf(withChecks('{ files: [none.sql, negative-stock.sql] }'));
  expect(mistakes.map(({ file, message }) => [file.endsWith('drill.yaml'), message])).toEqual([
    [true, 'there is no file and no folder none.sql'],
    [true, "there is a check 'negative-stock' already"],
  ]);
});

describe('the reader of checks', () => {
  const title = fc.stringMatching(/^[A-Za-z][A-Za-z0-9 ,.]{0,30}[a-z]$/);
  const wanted = fc.oneof(
    fc.constantFrom('no rows', 'rows'),
    fc.tuple(fc.constantFrom('=', '<', '<=', '>', '>='), fc.integer()).map(([sign, limit]) => `value ${sign} ${limit}`),
  );
  const quiet = fc.constantFrom("';'", '";"', '$$;$$', '$a$;$a$', '-- ; \n', '/* ; */', "''';'");

  test('takes what a file says, however its statement quotes its semicolons', () => {
    fc.assert(
      fc.property(title, wanted, fc.array(quiet), fc.boolean(), (said, expected, quoted, ends) => {
        const sql = `select 1 ${quoted.join(' ')} as one`;
        const { value, mistakes } = read(
          `-- title: ${said}\n-- expect: ${expected}\n${sql}${ends ? ';' : ''}\n`,
        ) as never;
        expect(mistakes).toEqual([]);
        expect(value).toMatchObject({ check: 'mine', title: said, expect: expected, sql });
      }),
    );
  });

  test('never fails on any text', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => Array.isArray(read(text).mistakes)));
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
  ['value > 5', [], false],
  ['value > 5', [{ a: 6, b: 7 }], false],
])('%s holds for %j: %s', (wanted, rows, ok) => {
  expect(judged(wanted, rows as never).ok).toBe(ok);
});
