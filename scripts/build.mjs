// Bundles src/cli/main.ts and what own steps are made with into dist/: main.js and step.js, plus one lazy chunk for every dynamic import.
import { chmodSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { bundle, root } from './bundle.mjs';

const dist = join(root, 'dist');
const { files, warnings } = await bundle('src/cli/main.ts', 'src/public/step.ts');

// A command that runs meanwhile keeps its chunks, and another build may be at it: whole files come first, then the old ones go.
const cache = join(root, 'node_modules/.cache');
mkdirSync(dist, { recursive: true });
mkdirSync(cache, { recursive: true });
for (const { path, code } of files) {
  const isMain = basename(path) === 'main.js';
  const text = isMain ? `#!/usr/bin/env node\n${code}` : code;
  if (read(path) === text) continue;
  const whole = join(cache, `${basename(path)}.${process.pid}`);
  writeFileSync(whole, text);
  if (isMain) chmodSync(whole, 0o755);
  renameSync(whole, path);
}
// The types are made by `prepack`, after which npm builds once more.
const made = new Set(['types', ...files.map(({ path }) => basename(path))]);
for (const name of readdirSync(dist)) if (!made.has(name)) rmSync(join(dist, name), { recursive: true, force: true });
const kilobytes = Math.round(files.reduce((sum, { code }) => sum + code.length, 0) / 1024);
console.log(`dist/main.js and ${files.length - 1} others, ${kilobytes} kB, ${warnings.length} warnings`);

function read(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
