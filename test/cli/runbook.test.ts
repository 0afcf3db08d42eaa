import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { drDrill, here } from './command.ts';

const SNAPSHOT = 'drills/snapshot-restore.yaml';
const folder = mkdtempSync(join(tmpdir(), 'runbook-'));

test('a runbook is Markdown at the terminal', async () => {
  const { exitCode, out, err } = await drDrill(['runbook', SNAPSHOT]);
  expect(exitCode).toBe(0);
  expect(err).toBe('');
  expect(out).toMatch(/^# Runbook: Restore the newest automated snapshot, and check its data\n/);
  expect(out).toContain('aws rds restore-db-instance-from-db-snapshot --region ap-east-2');
});

test('it follows the settings of the command line', async () => {
  const { out } = await here(['runbook', SNAPSHOT, '--set', 'restored.identifier=another-name']);
  expect(out).toContain('--db-instance-identifier another-name');
});

test.each([
  ['html', '<!doctype html>'],
  ['pdf', '%PDF-1.7'],
])('it is written as %s', async (format, begins) => {
  const path = join(folder, `runbook.${format}`);
  const { exitCode, out } = await here(['runbook', SNAPSHOT, '--format', format, '-o', path]);
  expect(exitCode).toBe(0);
  expect(out).toBe(`Written: ${path}\n`);
  expect(readFileSync(path, 'latin1').startsWith(begins)).toBe(true);
});

test('a PDF does not go to the terminal', async () => {
  const { exitCode, err } = await here(['runbook', SNAPSHOT, '--format', 'pdf']);
  expect(exitCode).toBe(2);
  expect(err).toContain('Name a file: -o runbook.pdf.');
});

test('a surprise has none: the drills that it is drawn from have', async () => {
  const { exitCode, err } = await here(['runbook', 'drills/surprise.yaml']);
  expect(exitCode).toBe(2);
  expect(err).toContain('Write the runbooks of the drills that it is drawn from: ');
});
