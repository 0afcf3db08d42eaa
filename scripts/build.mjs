// Bundles the command into dist/: main.js, which starts it, the command itself and a smaller one that reads runs, each with what V8
// compiles of it in a rehearsal, and step.mjs for steps of a user's own.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { bundleCommand, bundleReading, bundleStart, root } from './bundle.mjs';

const dist = join(root, 'dist');
const cache = join(root, 'node_modules/.cache');
mkdirSync(dist, { recursive: true });
mkdirSync(cache, { recursive: true });

const code = { command: await bundleCommand(), reading: await bundleReading() };
const [command, reading] = Object.entries(code).map(
  ([name, text]) => `${name}-${createHash('sha256').update(text).digest('hex').slice(0, 8)}.cjs`,
);
const compiled = [command, reading].map((name) => `${name}.v8-${process.versions.v8}`);
// The package is one of ES modules, and V8 compiles ahead no such thing.
write('package.json', '{ "type": "commonjs" }\n');
write(command, code.command);
write(reading, code.reading);
write('step.mjs', stepModule());
write('main.js', `#!/usr/bin/env node\n${await bundleStart(command, reading)}`, 0o755);
if (!compiled.every((name) => existsSync(join(dist, name))))
  for (const [name, bytes] of compiledInRehearsal()) write(name, bytes);
// The types are made by `prepack`, after which npm builds once more.
const made = new Set(['types', 'package.json', command, reading, ...compiled, 'step.mjs', 'main.js']);
for (const name of readdirSync(dist)) if (!made.has(name)) rmSync(join(dist, name), { recursive: true, force: true });
for (const [name, text] of [
  [command, code.command],
  [reading, code.reading],
])
  console.log(`dist/${name}, ${Math.round(text.length / 1024)} kB`);

/** A command that runs meanwhile keeps its files, and another build may be at it: whole files take the place of old ones. */
function write(name, content, mode = 0o644) {
  const path = join(dist, name);
  if (existsSync(path) && readFileSync(path).equals(Buffer.from(content))) return;
  const whole = join(cache, `${name}.${process.pid}`);
  writeFileSync(whole, content);
  chmodSync(whole, mode);
  renameSync(whole, path);
}

/** The same code as the command's: what is imported in its process is no second copy. */
function stepModule() {
  const names = Object.keys(createRequire(import.meta.url)(join(dist, command)).step);
  return [
    "import { createRequire } from 'node:module';",
    `export const { ${names.join(', ')} } = createRequire(import.meta.url)('./${command}').step;\n`,
  ].join('\n');
}

/** Runs a drill, then verifies what it left. */
function compiledInRehearsal() {
  const folder = mkdtempSync(join(cache, 'rehearsal-'));
  const runs = join(folder, 'runs');
  const env = { ...process.env, DR_DRILL_KEYS: join(folder, 'keys') };
  const rehearsed = (...words) => {
    const [start, out] = [join(folder, 'start.cjs'), join(folder, words[0])];
    const keep = `require('node:fs').writeFileSync(${JSON.stringify(out)}, script.createCachedData())`;
    const main = JSON.stringify(join(dist, 'main.js'));
    writeFileSync(start, `const { script } = require(${main}); process.on('exit', () => ${keep});`);
    execFileSync(process.execPath, [start, ...words], { cwd: root, env, stdio: 'ignore' });
    return readFileSync(out);
  };
  try {
    const ofCommand = rehearsed('run', 'drills/multi-region-failover.yaml', '--runs', runs);
    const run = readdirSync(runs).find((name) => name !== 'index.jsonl');
    return [
      [compiled[0], ofCommand],
      [compiled[1], rehearsed('verify', join(runs, run))],
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
