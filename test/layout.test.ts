import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { columnsFor } from '../src/columns.ts';
import { command, laidOut } from '../src/layout.ts';
import { stepsOf } from '../src/plan/planned.ts';
import { programs } from '../src/shell-text.ts';
import { planFor } from './plan/drills.ts';

const shipped = readdirSync('drills')
  .filter((file) => file.endsWith('.yaml') && file !== 'surprise.yaml')
  .map((file) => join('drills', file));

let stubs = '';

/** Programs that only note what they were called with; each says 0, so that loops end. */
beforeAll(() => {
  stubs = mkdtempSync(join(tmpdir(), 'dr-drill-layout-'));
  for (const program of [...programs, 'sleep', 'mktemp', 'date']) {
    const path = join(stubs, program);
    // Else what is piped to it breaks off at some time or other.
    const reads = program === 'kafka-console-producer.sh' ? 'cat > /dev/null' : ':';
    writeFileSync(path, `#!/bin/sh\n${reads}\nsaid="$(printf '<%s>' "$0" "$@")"\necho "$said" >> "$NOTES"\necho 0\n`);
    chmodSync(path, 0o755);
  }
});
afterAll(() => rmSync(stubs, { recursive: true }));

/** What the programs of a command are called with. */
function callsOf(typed: string): string {
  const notes = join(stubs, 'notes');
  writeFileSync(notes, '');
  // What a person fills in is a word here, and a loop ends after its first round.
  const script = typed.replace(/<[a-z][a-zA-Z0-9 /-]*>/g, '7').replace(/\+ (\d+)\)\)/, '+ 1))');
  const { status, stderr } = spawnSync('bash', ['--norc', '-c', script], {
    cwd: stubs,
    env: { PATH: `${stubs}${delimiter}${process.env.PATH}`, NOTES: notes },
    encoding: 'utf8',
    timeout: 10_000,
  });
  expect([status === null, stderr]).toEqual([false, '']);
  // The programs of a pipe run at once.
  return readFileSync(notes, 'utf8').split('\n').sort().join('\n');
}

test.each(shipped)('the commands of %s do the same when they are copied from a narrow terminal', (path) => {
  const plan = planFor(path);
  const commands = [...stepsOf(plan.phases), ...plan.ifAStepFails.afterwards].map((step) => step.command);
  for (const typed of new Set(commands)) {
    const expected = callsOf(typed);
    for (const width of [60, 80])
      expect(callsOf(command(typed, { first: '      ', width }).join('\n')), typed).toBe(expected);
  }
});

test('lines for people are broken between words, and begin below where their text begins', () => {
  const line =
    '   0:12.3    ✔ Promote the read replica ecommerce-db-dr-replica in ap-northeast-1 to a writer of its own  4 min 8.1 s';
  expect(laidOut(line, 60)).toBe(
    [
      '   0:12.3    ✔ Promote the read replica',
      '               ecommerce-db-dr-replica in ap-northeast-1 to',
      '               a writer of its own  4 min 8.1 s',
    ].join('\n'),
  );
});

test('a word that is longer than the terminal is wide is left whole, and so is a text for no terminal', () => {
  const arn = 'arn:aws:elasticache::111122223333:globalreplicationgroup:xhcbd-ecommerce-cache';
  expect(laidOut(`of ${arn} nothing is known`, 40)).toBe(`of\n${arn}\nnothing is known`);
  expect(laidOut(`of ${arn} nothing is known`)).toBe(`of ${arn} nothing is known`);
});

test('a command at the end of a line gets lines of its own, which can be copied', () => {
  const told =
    "Let it catch up first: aws rds describe-db-instances --region ap-northeast-1 --query 'DBInstances[].DBInstanceIdentifier'";
  expect(laidOut(told, 60)).toBe(
    [
      'Let it catch up first:',
      '  aws rds describe-db-instances --region ap-northeast-1 \\',
      "    --query 'DBInstances[].DBInstanceIdentifier'",
    ].join('\n'),
  );
});

test('what stands in single quotes is not broken, and a comment stays one', () => {
  const quoted = "echo 'a text that has to stay as it is, as the shell takes every letter of it' | wc";
  expect(command(quoted, { first: '', width: 40 }).join('\n')).toBe(
    "echo \\\n  'a text that has to stay as it is, as the shell takes every letter of it' \\\n  | wc",
  );
  expect(command('# ask: Who declares the disaster, and who else may?', { first: '  ', width: 30 })).toEqual([
    '  # ask: Who declares the',
    '  # disaster, and who else',
    '  # may?',
  ]);
});

test('cells are broken within their columns, and long words push what follows onto the next line', () => {
  const rows = [
    ['WHAT', 'TOPOLOGY SAYS', 'ACCOUNT SAYS'],
    ['the replica replicates from', 'arn:aws:rds:ap-east-2:111122223333:db:primary', 'nothing at all'],
  ];
  expect(columnsFor(rows, { width: 60 })).toEqual([
    '  WHAT                  TOPOLOGY SAYS         ACCOUNT SAYS',
    '  the replica  arn:aws:rds:ap-east-2:111122223333:db:primary',
    '  replicates from                             nothing at all',
  ]);
});

test('a figure stays with its unit', () => {
  expect(laidOut('it took the whole of 4 min 8.1 s', 22)).toBe('it took the whole of\n4 min 8.1 s');
});
