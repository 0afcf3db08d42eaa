import { type Colours, coloursFor } from '../plan/colours.ts';
import { paragraph } from '../plan/paragraph.ts';
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
export function preflightLines(preflight: Preflight, terminal: { colour: boolean }): string[] {
  const { drill, account, mode, rows, findings } = preflight;
  const colours = coloursFor(terminal);
  const where = mode === 'live' ? `LIVE, account ${account}` : `the simulated account ${account}`;
  return [
    colours.bold(`Preflight of ${drill}`),
    colours.dim(`${where}: only looked at, nothing is changed.`),
    '',
    ...tableLines(rows, colours),
    '',
    ...findings.flatMap((finding) => findingLines(finding, colours)),
    verdict(findings, colours),
  ];
}

function tableLines(rows: readonly Row[], { bold, dim }: Colours): string[] {
  const head: Row = { what: 'WHAT', topology: 'TOPOLOGY SAYS', account: 'ACCOUNT SAYS' };
  const width = (key: keyof Row) => Math.max(...[head, ...rows].map((row) => row[key].length)) + 2;
  const [first, second] = [width('what'), Math.min(SAID_MAX, width('topology'))];
  const line = ({ what, topology, account }: Row) => {
    const said = topology.padEnd(second);
    // Long names, such as ARNs, push what follows onto a line of its own.
    const wrapped = said.length > second ? `${said}\n${' '.repeat(2 + first + second)}` : said;
    return `  ${what.padEnd(first)}${wrapped}${account}`;
  };
  return [
    dim(line(head)),
    ...rows.map((row) => (row.account !== row.topology && row.account === 'not there' ? bold(line(row)) : line(row))),
  ];
}

const SAID_MAX = 34;

function findingLines({ severity, what, why, fix }: Finding, { bold, red, yellow, cyan }: Colours): string[] {
  const paintFirst = severity === 'blocker' ? red : severity === 'warning' ? yellow : cyan;
  return [
    ...paragraph(what, { first: `  ${severity.padEnd(9)}`, paintFirst, paint: bold }),
    ...paragraph(why, { first: '  why      ' }),
    // A command keeps its line to itself, so that it can be copied.
    `  fix      ${fix}`,
    '',
  ];
}

function verdict(findings: readonly Finding[], { green, red }: Colours): string {
  const count = (severity: string) => findings.filter((one) => one.severity === severity).length;
  const told = (severity: string) => `${count(severity)} ${severity}${count(severity) === 1 ? '' : 's'}`;
  const all = `${told('blocker')}, ${told('warning')}, ${told('note')}`;
  return count('blocker') > 0 ? red(`The drill would be stopped: ${all}.`) : green(`Nothing stops the drill: ${all}.`);
}
