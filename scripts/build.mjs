// Bundles src/cli/main.ts into dist/: main.js plus one lazy chunk for every dynamic import.
import { chmodSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
const require = createRequire(import.meta.url);
const dist = join(root, 'dist');

const { outputFiles, warnings } = await build({
  absWorkingDir: root,
  entryPoints: ['src/cli/main.ts'],
  // Chunks lie beside main.js, so `import.meta.url` has the same depth in each of them.
  outdir: 'dist',
  chunkNames: '[name]-[hash]',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  // The AWS clients load 100 ms sooner as ES modules, which can be shaken; sinon is four times smaller as CommonJS.
  mainFields: ['module', 'main'],
  alias: { sinon: createRequire(require.resolve('aws-sdk-client-mock')).resolve('sinon') },
  minify: true,
  // Names of commands and errors are read at run time.
  keepNames: true,
  legalComments: 'none',
  sourcemap: false,
  logLevel: 'warning',
  write: false,
});

// CommonJS code in the bundle asks for `require`, which ES modules lack.
const requireShim =
  "import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);\n";
const asksForRequire = /typeof require\b/;

// A command that runs meanwhile keeps its chunks: new files first, then the old ones go.
mkdirSync(dist, { recursive: true });
for (const file of outputFiles) {
  const isMain = basename(file.path) === 'main.js';
  const code = (asksForRequire.test(file.text) ? requireShim : '') + file.text.replace(/^#!.*\n/, '');
  writeFileSync(file.path, isMain ? `#!/usr/bin/env node\n${code}` : code);
  if (isMain) chmodSync(file.path, 0o755);
}
const made = new Set(outputFiles.map((file) => basename(file.path)));
for (const name of readdirSync(dist)) if (!made.has(name)) rmSync(join(dist, name), { recursive: true });
const kilobytes = Math.round(outputFiles.reduce((sum, file) => sum + file.contents.byteLength, 0) / 1024);
console.log(`dist/main.js and ${outputFiles.length - 1} chunks, ${kilobytes} kB, ${warnings.length} warnings`);
