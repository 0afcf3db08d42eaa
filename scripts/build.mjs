// Bundles src/cli/main.ts into dist/: main.js plus one lazy chunk for every dynamic import.
import { chmodSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { bundle, root } from './bundle.mjs';

const dist = join(root, 'dist');
const { files, warnings } = await bundle('src/cli/main.ts');

// A command that runs meanwhile keeps its chunks: new files first, then the old ones go.
mkdirSync(dist, { recursive: true });
for (const { path, code } of files) {
  const isMain = basename(path) === 'main.js';
  writeFileSync(path, isMain ? `#!/usr/bin/env node\n${code}` : code);
  if (isMain) chmodSync(path, 0o755);
}
const made = new Set(files.map(({ path }) => basename(path)));
for (const name of readdirSync(dist)) if (!made.has(name)) rmSync(join(dist, name), { recursive: true });
const kilobytes = Math.round(files.reduce((sum, { code }) => sum + code.length, 0) / 1024);
console.log(`dist/main.js and ${files.length - 1} chunks, ${kilobytes} kB, ${warnings.length} warnings`);
