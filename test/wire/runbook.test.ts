import { afterAll, expect, test } from 'vitest';
import { variableLine } from '../../src/by-hand/document.ts';
import { runbookByHand, stepsIn } from '../../src/by-hand/runbook.ts';
import { loadDrill } from '../../src/drill/load.ts';
import { vocabulary } from '../../src/runbook/vocabulary.ts';
import { shell } from './outside.ts';
import { simulatedAccount } from './simulated-account.ts';

const { drill, topology } = loadDrill('drills/snapshot-restore.yaml', { vocabulary });
const account = await simulatedAccount(topology);
afterAll(() => account.close());

/** The served account has no SQL: what a person would ask a database is printed. Nobody can ask one that has no address yet. */
const PSQL = `psql() { [ "$2" != None ] || return 2; printf 'psql %s\\n' "$*"; };`;

test('a person who types the runbook of the snapshot restore from top to bottom restores the snapshot, and deletes the copy', async () => {
  const { first, phases } = runbookByHand(drill, topology);
  const typed = [
    ...first.map(variableLine),
    ...stepsIn(phases).flatMap(({ before, command, after }) => [
      ...before.map((line) => ('keep' in line ? line.keep : variableLine(line))),
      command,
      ...after.map((line) => ('keep' in line ? line.keep : variableLine(line))),
    ]),
  ];
  const { code, out, err } = await shell(`set -e; ${PSQL}\n${typed.join('\n')}`, account.url);
  expect(err).toBe('');
  expect(code).toBe(0);
  expect(out).toMatch(/"DBSnapshotIdentifier": "rds:ecommerce-db-primary-|rds:ecommerce-db-primary-/);
  expect(out).toMatch(/psql -h orders-restore-drill\.\S+ -d shop -c select count\(\*\) from customers/);
  expect(out).toMatch(/created_at <= '20\d\d-\d\d-\d\dT[^']+'/);
  const operations = account.calls.map(({ operation }) => operation);
  expect(operations).toContain('RestoreDBInstanceFromDBSnapshot');
  expect(operations.at(-1)).toBe('DeleteDBInstance');
});
