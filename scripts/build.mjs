// Bundles the command into dist/: main.js, which starts it, the command itself with what V8 compiles of it in a rehearsal, and
// step.mjs for steps of a user's own.
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
import { bundleCommand, bundleStart, root } from './bundle.mjs';

const dist = join(root, 'dist');
const cache = join(root, 'node_modules/.cache');
mkdirSync(dist, { recursive: true });
mkdirSync(cache, { recursive: true });

const code = await bundleCommand();
const command = `command-${createHash('sha256').update(code).digest('hex').slice(0, 8)}.cjs`;
const compiled = `${command}.v8-${process.versions.v8}`;
// The package is one of ES modules, and V8 compiles ahead no such thing.
write('package.json', '{ "type": "commonjs" }\n');
write(command, code);
write('step.mjs', stepModule());
write('main.js', `#!/usr/bin/env node\n${await bundleStart(command)}`, 0o755);
if (!existsSync(join(dist, compiled))) write(compiled, compiledInRehearsal());
// The types are made by `prepack`, after which npm builds once more.
const made = new Set(['types', 'package.json', command, compiled, 'step.mjs', 'main.js']);
for (const name of readdirSync(dist)) if (!made.has(name)) rmSync(join(dist, name), { recursive: true, force: true });
console.log(`dist/${command}, ${Math.round(code.length / 1024)} kB`);

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

function compiledInRehearsal() {
  const runs = mkdtempSync(join(cache, 'rehearsal-'));
  const out = join(runs, 'compiled');
  const keep = `require('node:fs').writeFileSync(${JSON.stringify(out)}, script.createCachedData())`;
  const start = `const { script } = require('./dist/main.js'); process.on('exit', () => ${keep});`;
  const words = ['run', 'drills/multi-region-failover.yaml', '--runs', runs];
  const env = { ...process.env, DR_DRILL_KEYS: join(runs, 'keys') };
  try {
    execFileSync(process.execPath, ['-e', start, '--', ...words], { cwd: root, env, stdio: 'ignore' });
    return readFileSync(out);
  } finally {
    rmSync(runs, { recursive: true, force: true });
  }
}
