import type { Complaint } from './mistakes.ts';
import { nearest } from './near.ts';
import { short } from './source-text.ts';

/** The clauses of a framework, as a drill file writes them. */
interface Framework {
  name: string;
  /** How people write its name, too. */
  alias: RegExp;
  /** Where its clauses are numbered. */
  source: string;
  /** Every clause. Its deeper parts may stand behind it in their usual form. */
  clauses: readonly string[];
  part?: RegExp;
}

const numbered = (prefix: string, last: number, but: readonly number[] = []): string[] =>
  Array.from({ length: last }, (_, index) => index + 1).flatMap((at) => (but.includes(at) ? [] : [`${prefix}${at}`]));

const PARAGRAPH = /^(\([\da-z]{1,5}\))+$/i;

const frameworks: readonly Framework[] = [
  {
    name: 'SOC 2',
    alias: /^soc[ -]?2\b/i,
    source: 'AICPA Trust Services Criteria 2017, revised points of focus 2022',
    clauses: Object.entries({
      ...{ 'CC1.': 5, 'CC2.': 3, 'CC3.': 4, 'CC4.': 2, 'CC5.': 3, 'CC6.': 8, 'CC7.': 5, 'CC8.': 1, 'CC9.': 2 },
      ...{ 'A1.': 3, 'C1.': 2, 'PI1.': 5 },
      ...{ 'P1.': 1, 'P2.': 1, 'P3.': 2, 'P4.': 3, 'P5.': 2, 'P6.': 7, 'P7.': 1, 'P8.': 1 },
    }).flatMap(([prefix, last]) => numbered(prefix, last)),
  },
  {
    name: 'ISO 22301',
    alias: /^iso(?:\/iec)? ?-?22301(?::\d{4})?/i,
    source: 'ISO 22301:2019',
    clauses: [
      ...['4', '5', '6', '7', '8', '9', '10'],
      ...Object.entries({ '4.': 4, '5.': 3, '6.': 3, '7.': 5, '8.': 6, '9.': 3, '10.': 2 }).flatMap(([prefix, last]) =>
        numbered(prefix, last),
      ),
      ...Object.entries({
        ...{ '4.2.': 2, '4.3.': 2, '5.2.': 2, '6.1.': 2, '6.2.': 2, '7.5.': 3 },
        ...{ '7.5.3.': 2, '8.2.': 3, '8.3.': 5, '8.4.': 5, '8.4.2.': 4, '8.4.3.': 3, '8.4.4.': 3 },
        ...{ '9.2.': 2, '9.3.': 3, '9.3.3.': 2, '10.1.': 3 },
      }).flatMap(([prefix, last]) => numbered(prefix, last)),
    ],
  },
  {
    name: 'ISO 27001',
    alias: /^iso(?:\/iec)? ?-?27001(?::\d{4})?/i,
    source: 'ISO/IEC 27001:2022, Annex A',
    clauses: [...numbered('A.5.', 37), ...numbered('A.6.', 8), ...numbered('A.7.', 14), ...numbered('A.8.', 34)],
  },
  {
    name: 'NIST 800-53',
    alias: /^(?:nist ?)?(?:sp ?)?800-53(?: ?r(?:ev\.? ?)?5)?/i,
    source: 'NIST SP 800-53 Rev. 5, release 5.2.0',
    clauses: [
      ...numbered('AC-', 25, [13, 15]),
      ...numbered('AT-', 6, [5]),
      ...numbered('AU-', 16, [15]),
      ...numbered('CA-', 9, [4]),
      ...numbered('CM-', 14),
      ...numbered('CP-', 13, [5]),
      ...numbered('IA-', 13),
      ...numbered('IR-', 9),
      ...numbered('MA-', 7),
      ...numbered('MP-', 8),
      ...numbered('PE-', 23, [7]),
      ...numbered('PL-', 11, [3, 5, 6]),
      ...numbered('PM-', 32),
      ...numbered('PS-', 9),
      ...numbered('PT-', 8),
      ...numbered('RA-', 10, [4]),
      ...numbered('SA-', 24, [6, 7, 12, 13, 14, 18, 19]),
      ...numbered('SC-', 51, [9, 14, 19, 33]),
      ...numbered('SI-', 23, [9]),
      ...numbered('SR-', 12),
    ],
    part: /^\([1-9]\d?\)$/,
  },
  {
    name: 'PCI DSS',
    alias: /^pci(?:[ -]?dss)?(?: v?4(?:\.0(?:\.1)?)?(?= ))?/i,
    source: 'PCI DSS v4.0.1',
    clauses: numbered('', 12),
    part: /^(\.[1-9]\d?){1,3}$/,
  },
  {
    name: 'HIPAA',
    alias: /^hipaa\b/i,
    source: '45 CFR 164, subpart C',
    clauses: ['164.306', '164.308', '164.310', '164.312', '164.314', '164.316'],
    part: PARAGRAPH,
  },
  {
    name: 'DORA',
    alias: /^dora\b/i,
    source: 'Regulation (EU) 2022/2554',
    clauses: numbered('Art. ', 64),
    part: PARAGRAPH,
  },
  {
    name: 'NIS 2',
    alias: /^nis[ -]?2\b/i,
    source: 'Directive (EU) 2022/2555',
    clauses: numbered('Art. ', 46),
    part: PARAGRAPH,
  },
];

/** Begins what is a clause of no framework that is known here. */
const OTHER = /^other: \S/;

/** Clauses that there are not: a report on one would be evidence of nothing. */
export const controlsFit = (controls: readonly string[]): Complaint[] =>
  controls.flatMap((control, index) => {
    if (OTHER.test(control) || frameworks.some((one) => isClause(one, control))) return [];
    const framework = frameworks.find(({ alias }) => alias.test(control));
    const suggestion = framework && meant(framework, control);
    const written = short(control, 80);
    return [
      {
        about: 'value' as const,
        path: ['controls', index],
        message: framework
          ? `'${written}' is no clause of ${framework.source}`
          : `'${written}' is a clause of no framework that dr-drill knows`,
        expected: framework
          ? `such as ${framework.name} ${framework.clauses.at(-1)}`
          : `a clause of ${frameworks.map(({ name }) => name).join(', ')}; any other as "other: ${written}"`,
        ...(suggestion && { suggestion }),
      },
    ];
  });

function isClause({ name, clauses, part }: Framework, control: string): boolean {
  if (!control.startsWith(`${name} `)) return false;
  const written = control.slice(name.length + 1);
  return clauses.some(
    (clause) =>
      written === clause ||
      (part !== undefined && written.startsWith(clause) && part.test(written.slice(clause.length))),
  );
}

function meant(framework: Framework, control: string): string | undefined {
  const { name, alias, clauses } = framework;
  const written = control.replace(alias, '').replace(/^[\s:,-]+/, '');
  const article = clauses[0]?.startsWith('Art. ') ? written.replace(/^(?:article|art)\.? ?/i, 'Art. ') : written;
  const asWritten = [article, article.toUpperCase(), `A.${article}`].find((one) =>
    isClause(framework, `${name} ${one}`),
  );
  const alike = (one: string) => one.slice(0, 2) === article.slice(0, 2).toUpperCase();
  const clause = asWritten ?? nearest(article, clauses.filter(alike)) ?? nearest(article, clauses);
  return clause === undefined ? undefined : `${name} ${clause}`;
}
