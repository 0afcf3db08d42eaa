import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { drDrill, here, newFolder } from '../cli/command.ts';
import { FAILOVER } from './drills.ts';

test('graph prints Mermaid, unless SVG is asked for', async () => {
  const mermaid = await drDrill(['graph', FAILOVER]);
  expect(mermaid).toMatchObject({ exitCode: 0, err: '' });
  expect(mermaid.out).toMatch(/^---\ntitle: .*\n---\nflowchart TB\n/);
  const svg = await here(['graph', FAILOVER, '--format', 'svg']);
  expect(svg).toMatchObject({ exitCode: 0, err: '' });
  expect(svg.out).toMatch(/^<svg [\s\S]*<\/svg>\n$/);
});

test('--output writes what would be printed, and tells where it is', async () => {
  const file = join(newFolder(), 'drill.mmd');
  const { exitCode, out } = await here(['graph', FAILOVER, '-o', file]);
  expect(exitCode).toBe(0);
  expect(out).toContain(file);
  expect(readFileSync(file, 'utf8')).toBe((await here(['graph', FAILOVER])).out);
});

test('a file that cannot be written is told, with what to do', async () => {
  const file = join(newFolder(), 'missing', 'drill.svg');
  const { exitCode, out, err } = await here(['graph', FAILOVER, '--format', 'svg', '--output', file]);
  expect(exitCode).toBe(2);
  expect(out).toBe('');
  expect(err).toMatch(/cannot be written: ENOENT/);
  expect(err).toMatch(/Name a file in a folder that exists/);
});

test('a value that is set is drawn', async () => {
  const { out } = await here(['graph', FAILOVER, '--set', 'verification.lasts=90 s']);
  expect(out).toContain('Verify 90 s of uninterrupted service');
});

test('a drill that cannot be used is told with its mistakes', async () => {
  const { exitCode, err } = await here(['graph', FAILOVER, '--set', 'targets.rto=never']);
  expect(exitCode).toBe(2);
  expect(err).toMatch(/targets\.rto/);
});
