import { expect, test } from 'vitest';
import { controlsFit } from '../../src/drill/control-clauses.ts';
import mapping from '../../src/report/control-mapping.json' with { type: 'json' };
import { drillText, mistakesOf, scratch } from './files.ts';

const { write } = scratch();

test.each([
  ['SOC2 A1.3', 'SOC 2 A1.3'],
  ['SOC 2 A1.4', 'SOC 2 A1.1'],
  ['soc 2 cc7.5', 'SOC 2 CC7.5'],
  ['ISO 22301 99.9', undefined],
  ['ISO 22301:2019 8.5', 'ISO 22301 8.5'],
  ['ISO/IEC 27001 5.30', 'ISO 27001 A.5.30'],
  ['ISO 27001 A.5.38', 'ISO 27001 A.5.3'],
  ['NIST SP 800-53 CP-10', 'NIST 800-53 CP-10'],
  ['NIST 800-53 CP-14', 'NIST 800-53 CP-1'],
  ['DORA Article 11', 'DORA Art. 11'],
  ['NIS2 Art. 21(2)(c)', 'NIS 2 Art. 21(2)(c)'],
  ['DORA Art. 65', 'DORA Art. 5'],
  ['HIPAA 164.400', undefined],
  ['Some standard 1.2', undefined],
])('the clause %s is refused where the file is loaded; the likely one: %s', (control, likely) => {
  const text = drillText().replace(/controls:\n(?: {2}- .*\n?)+/, `controls:\n  - "${control}"\n`);
  expect(text).toContain(control);
  expect(mistakesOf(write('drill.yaml', text))).toMatchObject([
    { message: expect.stringContaining(`'${control}' is`), ...(likely && { suggestion: likely }) },
  ]);
});

test('clauses that there are pass, as does one of another framework in its own form', () => {
  const fine = ['SOC 2 CC9.2', 'ISO 27001 A.8.34', 'NIST 800-53 CP-9(8)', 'PCI DSS 12.10.2', 'NIS 2 Art. 21(2)(c)'];
  expect(controlsFit([...fine, 'other: BSI 200-4', ...mapping.clauses.map(({ id }) => id)])).toEqual([]);
});

test('a clause of several lines is told in one', () => {
  const [told] = controlsFit(['one\ntwo']);
  expect(`${told?.message} ${told?.expected}`).not.toContain('\n');
});
