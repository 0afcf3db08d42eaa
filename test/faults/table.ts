import { faults } from './fault.ts';

/** How one cell ended. */
export interface Ended {
  operation: string;
  fault: string;
  /** An outcome; nothing where the run came to no end. */
  outcome: string | undefined;
  breaksRule: boolean;
}

/** A letter for each end, and what it stands for. */
const ends = [
  ['P', 'passed'],
  ['T', 'target-missed'],
  ['R', 'rolled-back'],
  ['H', 'failed'],
  ['A', 'aborted'],
  ['X', 'no end'],
] as const;

const endOf = ({ outcome }: Ended) => ends.find(([, name]) => name === outcome) ?? ['X', 'no end'];

export const legend = [
  faults.map(({ name }, at) => `${at + 1} ${name}`).join(', '),
  `${ends.map(([letter, name]) => `${letter} ${name}`).join(', ')}; ! breaks a rule, . not played`,
].join('\n');

/** One row for each operation, one column for each fault, numbered; a letter for each place in the drill. */
export function tableOf(cells: readonly Ended[]): string {
  const operations = [...new Set(cells.map(({ operation }) => operation))];
  const entry = (operation: string, fault: string) =>
    cells
      .filter((one) => one.operation === operation && one.fault === fault)
      .map((one) => `${endOf(one)[0]}${one.breaksRule ? '!' : ''}`)
      .join('') || '.';
  const widths = faults.map(({ name }, at) =>
    Math.max(String(at + 1).length, ...operations.map((operation) => entry(operation, name).length)),
  );
  const line = (first: string, entries: string[]) =>
    `${first.padEnd(34)} ${entries.map((one, at) => one.padEnd((widths[at] ?? 0) + 1)).join('')}`.trimEnd();
  return [
    line(
      '',
      faults.map((_, at) => String(at + 1)),
    ),
    ...operations.map((operation) =>
      line(
        operation,
        faults.map(({ name }) => entry(operation, name)),
      ),
    ),
  ].join('\n');
}

/** All cells of a drill. */
export interface Played {
  cells: readonly Ended[];
  tookMs: number;
}

/** How many cells of each drill came to which end, and how long that took. */
export function summaryOf(drills: ReadonlyMap<string, Played>): string {
  const all = [...drills.values()];
  const total = { cells: all.flatMap(({ cells }) => cells), tookMs: all.reduce((sum, { tookMs }) => sum + tookMs, 0) };
  const line = (first: string, entries: (string | number)[]) =>
    `${first.padEnd(48)}${entries.map((one) => String(one).padStart(14)).join('')}`;
  const row = (name: string, { cells, tookMs }: Played) =>
    line(name, [
      cells.length,
      ...ends.map(([letter]) => cells.filter((one) => endOf(one)[0] === letter).length),
      cells.filter(({ breaksRule }) => breaksRule).length,
      `${Math.round(tookMs / 1_000)} s`,
    ]);
  return [
    line('drill', ['cells', ...ends.map(([, name]) => name), 'break a rule', 'took']),
    ...[...drills].map(([name, one]) => row(name, one)),
    row('all', total),
  ].join('\n');
}
