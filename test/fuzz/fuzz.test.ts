import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { afterAll, expect, test, vi } from 'vitest';
import { fileTrouble } from '../../src/cli/file-trouble.ts';
import { DrillError } from '../../src/errors.ts';
import { cleanUp, type Kind, kinds } from './kinds.ts';

/** How many inputs in all: `npm run fuzz` takes a million. */
const TOTAL = Number(process.env.FUZZ ?? 400);
const SEED = Number(process.env.FUZZ_SEED ?? 1);
const ONLY = process.env.FUZZ_ONLY;
const BATCH = 100;
/** The table is printed after so many, as a million take hours. */
const ROUND = 20_000;
const SLOWEST_MS = 1_000;
const MOST_MIB = 500;
const MIB = 1024 * 1024;

interface Row {
  kind: string;
  inputs: number;
  foreign: Map<string, string>;
  tookMs: number;
  slowestMs: number;
  peakMib: number;
}

afterAll(cleanUp);

test('whatever is read, is read, or refused in words, soon and in little memory', { timeout: 86_400_000 }, async () => {
  // No credentials are looked for beyond this machine.
  vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true');
  const all = (await kinds()).filter(({ name }) => ONLY === undefined || name === ONLY);
  const rows = all.map(
    ({ name }): Row => ({ kind: name, inputs: 0, foreign: new Map(), tookMs: 0, slowestMs: 0, peakMib: 0 }),
  );
  for (let soFar = 0; soFar < TOTAL; ) {
    soFar = Math.min(TOTAL, soFar + ROUND);
    for (const [at, kind] of all.entries()) {
      const row = rows[at] as Row;
      await readUntil(row, kind, Math.ceil((soFar * (ONLY ? 100 : kind.share)) / 100));
    }
    if (process.env.FUZZ !== undefined) process.stdout.write(`${table(rows)}\n`);
  }
  for (const { kind, foreign, slowestMs, peakMib } of rows) {
    expect([kind, [...foreign]]).toEqual([kind, []]);
    // Beside other tests neither time nor memory says anything of ours.
    if (process.env.FUZZ === undefined) continue;
    expect([kind, slowestMs]).toEqual([kind, expect.toSatisfy((ms: number) => ms < SLOWEST_MS)]);
    expect([kind, peakMib]).toEqual([kind, expect.toSatisfy((mib: number) => mib < MOST_MIB)]);
  }
});

/** Reads more inputs of a kind, until there were so many. */
async function readUntil(row: Row, { inputs, read }: Kind<never>, count: number): Promise<void> {
  const begun = performance.now();
  while (row.inputs < count) {
    const seed = SEED + row.inputs;
    for (const input of fc.sample(inputs, { seed, numRuns: Math.min(BATCH, count - row.inputs) })) {
      const begunRead = performance.now();
      const cpu = process.cpuUsage();
      try {
        await read(input);
      } catch (error) {
        note(row, error, `${seed}`);
      }
      // On a busy machine the wall clock says nothing about ours.
      const { user, system } = process.cpuUsage(cpu);
      row.slowestMs = Math.max(row.slowestMs, Math.min(performance.now() - begunRead, (user + system) / 1_000));
      row.inputs += 1;
    }
    row.peakMib = Math.max(row.peakMib, heldMib());
  }
  row.tookMs += performance.now() - begun;
}

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** What is in use; garbage that nobody has collected yet does not count. */
function heldMib(): number {
  const used = () => {
    const { heapUsed, external } = process.memoryUsage();
    return (heapUsed + external) / MIB;
  };
  if (used() < MOST_MIB) return used();
  collect();
  return used();
}

/** An error that is no answer to a person is foreign; one of each place in the code is kept, with the seed that gives it again. */
function note({ foreign }: Row, met: unknown, seed: string): void {
  const error = fileTrouble(met);
  if (error instanceof DrillError) return;
  const { message, stack = '' } = error as Error;
  const [at = ''] = /(src|state-machines|node_modules)\/\S+?:\d+/.exec(stack) ?? [];
  foreign.set(at, `${String(message).replace(/\s+/g, ' ').slice(0, 160)} (FUZZ_SEED=${seed})`);
}

function table(rows: readonly Row[]): string {
  const lines = rows.map(({ kind, inputs, foreign, tookMs, slowestMs, peakMib }) => [
    kind,
    inputs.toLocaleString('en'),
    Math.round((inputs * 1_000) / tookMs).toLocaleString('en'),
    String(foreign.size),
    `${Math.round(slowestMs)} ms`,
    `${Math.round(peakMib)} MiB`,
  ]);
  const all = [['input', 'inputs', 'per second', 'kinds of foreign exceptions', 'slowest', 'memory'], ...lines];
  const widths = all[0]?.map((_, column) => Math.max(...all.map((line) => line[column]?.length ?? 0))) ?? [];
  const text = all.map((line) =>
    line
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  const found = rows.flatMap(({ kind, foreign }) => [...foreign].map(([at, what]) => `${kind}: ${at}  ${what}`));
  return ['', ...text, '', ...found].join('\n');
}
