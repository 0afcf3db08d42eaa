import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Report } from '../../src/report/model.ts';
import { type Lab, startLab } from './lab.ts';

let lab: Lab;
beforeAll(async () => {
  lab = await startLab({ speed: 30 });
});
afterAll(() => lab.close());

async function drDrill(args: string[]): Promise<{ code: number | null; out: string; err: string }> {
  const child = spawn(process.execPath, ['dist/main.js', ...args], {
    env: { ...process.env, ...lab.environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let out = '';
  let err = '';
  child.stdout.on('data', (data) => {
    out += data;
  });
  child.stderr.on('data', (data) => {
    err += data;
  });
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  return { code, out, err };
}

test('x', async () => {
  const { code, out, err } = await drDrill(['run', lab.drills.failover, '--live', '--confirm', 'lab-failover', '--runs', join(lab.folder, 'runs')]);
  console.log(code, out, err, lab.controller.trouble);
  const { execSync } = await import('node:child_process');
  execSync(`cp -r ${join(lab.folder, 'runs')} /tmp/labruns`);
}, 120_000);
