import { columnsFor } from '../columns.ts';
import { laidOut, paragraph, type Screen } from '../layout.ts';
import { type Colours, coloursFor } from '../plan/colours.ts';
import type { Finding } from '../steps/account/findings.ts';
import type { Row } from '../steps/account/look.ts';

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
    ...paragraph(`${where}: only looked at, nothing is changed.`, {
      first: '',
      paint: colours.dim,
      width: colours.width,
    }),
    '',
    ...tableLines(rows, colours),
    '',
    ...findings.flatMap((finding) => findingLines(finding, colours)),
    ...verdict(findings, colours),
  ];
}

function tableLines(rows: readonly Row[], { bold, dim, width }: Colours): string[] {
  const cells = rows.map(({ what, topology, account }) => [what, topology, account]);
  return columnsFor([['WHAT', 'TOPOLOGY SAYS', 'ACCOUNT SAYS'], ...cells], {
    width,
    // Long names, such as ARNs, push what follows onto a line of its own.
    most: [undefined, 34],
    paint: (text, nth) => {
      if (nth === 0) return dim(text);
      const row = rows[nth - 1];
      return row?.account === 'not there' && row.topology !== 'not there' ? bold(text) : text;
    },
  });
}

function findingLines({ severity, what, why, fix }: Finding, { bold, red, yellow, cyan, width }: Colours): string[] {
  const paintFirst = severity === 'blocker' ? red : severity === 'warning' ? yellow : cyan;
  return [
    ...paragraph(what, { first: `  ${severity.padEnd(9)}`, paintFirst, paint: bold, width }),
    ...paragraph(why, { first: '  why      ', width }),
    // A command keeps its line to itself where there is room, so that it can be copied.
    ...laidOut(`  fix      ${fix}`, width).split('\n'),
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
