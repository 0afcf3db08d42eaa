import { columnsFor } from '../columns.ts';
import { laidOut, paragraph, type Screen } from '../layout.ts';
import { type Colours, coloursFor } from '../plan/colours.ts';
import type { Finding } from '../steps/account/findings.ts';
import type { Row as Fact } from '../steps/account/look.ts';

interface Row extends Omit<Fact, 'led'> {
  status: Finding['severity'] | 'ok';
  /** What the findings say that this led to. */
  findings: readonly string[];
}

interface Preflight {
  drill: string;
  account: string;
  mode: string;
  rows: readonly Row[];
  findings: readonly Finding[];
}

/** A preflight for a person: topology and account side by side, then what is wrong, the worst first. */
export function preflightLines(preflight: Preflight, terminal: Screen): string[] {
  const { drill, account, mode, rows, findings } = preflight;
  const colours = coloursFor(terminal);
  const where = mode === 'live' ? `LIVE, account ${account}` : `the simulated account ${account}`;
  return [
    ...paragraph(`Preflight of ${drill}`, { first: '', paint: colours.bold, width: colours.width }),
    ...paragraph(`${where}: read only, nothing is changed.`, {
      first: '',
      paint: colours.dim,
      width: colours.width,
    }),
    '',
    ...tableLines(rows, findings, colours),
    '',
    ...findings.flatMap((finding, index) => findingLines(finding, index + 1, colours)),
    ...verdict(findings, colours),
  ];
}

/** Rows with how they stand, and the numbers of the findings that they led to. */
function tableLines(rows: readonly Row[], findings: readonly Finding[], colours: Colours): string[] {
  const { dim, green, width } = colours;
  const numberOf = (said: string) => findings.findIndex(({ what }) => what === said) + 1;
  const cells = rows.map(({ status, what, topology, account, ...row }) => [
    row.findings.length === 0 ? status : `${status} ${row.findings.map(numberOf).join(', ')}`,
    what,
    topology,
    account,
  ]);
  return columnsFor([['STATUS', 'WHAT', 'TOPOLOGY SAYS', 'ACCOUNT SAYS'], ...cells], {
    width,
    // Long names, such as ARNs, push what follows onto a line of its own.
    most: [undefined, undefined, 34],
    paint: (text, nth, column) => {
      const row = rows[nth - 1];
      if (row === undefined) return dim(text);
      if (row.status === 'ok') return column === 0 ? green(text) : text;
      return column === 0 ? severityPaint(row.status, colours)(text) : colours.bold(text);
    },
  });
}

const severityPaint = (severity: Finding['severity'], { red, yellow, cyan }: Colours) =>
  severity === 'blocker' ? red : severity === 'warning' ? yellow : cyan;

/** Where the text of a finding begins. */
const INDENT = 'blocker 10  '.length;

function findingLines({ severity, what, why, fix }: Finding, number: number, colours: Colours): string[] {
  const { bold, width } = colours;
  const paintFirst = severityPaint(severity, colours);
  return [
    ...paragraph(what, { first: `  ${`${severity} ${number}`.padEnd(INDENT)}`, paintFirst, paint: bold, width }),
    ...paragraph(why, { first: `  ${'why'.padEnd(INDENT)}`, width }),
    // A command keeps its line to itself where there is room, so that it can be copied.
    ...laidOut(`  ${'fix'.padEnd(INDENT)}${fix}`, width).split('\n'),
    '',
  ];
}

function verdict(findings: readonly Finding[], { green, red, width }: Colours): string[] {
  const count = (severity: string) => findings.filter((one) => one.severity === severity).length;
  const told = (severity: string) => `${count(severity)} ${severity}${count(severity) === 1 ? '' : 's'}`;
  const all = `${told('blocker')}, ${told('warning')}, ${told('note')}`;
  const [words, paint] =
    count('blocker') > 0 ? [`The drill would be stopped: ${all}.`, red] : [`Nothing stops the drill: ${all}.`, green];
  return paragraph(words, { first: '', paint, width });
}
