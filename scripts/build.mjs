// Bundles the command into dist/: main.js, which starts it, the command itself and a smaller one that reads runs, a script for each large
// package that few commands need, the fonts, and step.mjs for steps of a user's own. Nothing else has to be
// installed. With --package: the types of steps and the third-party notices as well.
import { execFileSync } from 'node:child_process';
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
import { bundleScripts, bundleStart, root } from './bundle.mjs';

const forPackage = process.argv.includes('--package');
const dist = join(root, 'dist');
const cache = join(root, 'node_modules/.cache');
mkdirSync(join(dist, 'fonts'), { recursive: true });
mkdirSync(cache, { recursive: true });

const { scripts, command, reading } = await bundleScripts();
const written = new Set(['fonts']);
// The package is one of ES modules, and V8 compiles ahead no such thing.
write('package.json', '{ "type": "commonjs" }\n');
for (const [name, { text }] of Object.entries(scripts)) write(name, text);
const fonts = 'node_modules/@embedpdf/fonts-sc/fonts';
for (const name of ['NotoSansHans-Regular.otf', 'NotoSansHans-Bold.otf'])
  write(join('fonts', name), readFileSync(join(root, fonts, name)));
write('step.mjs', stepModule());
write('main.js', `#!/usr/bin/env node\n${await bundleStart(command, reading)}`, 0o755);
// npm builds once more after `prepack`.
written.add('step.d.ts');
for (const name of readdirSync(dist))
  if (![...written].some((one) => name === one || name.startsWith(`${one}.v8-`)))
    rmSync(join(dist, name), { recursive: true });
if (forPackage) await writeForPackage();
rehearse();
for (const [name, { text }] of Object.entries(scripts))
  console.log(`dist/${name}, ${Math.round(text.length / 1024)} kB`);

/** A command that runs meanwhile keeps its files, and another build may be at it: whole files take the place of old ones. */
function write(name, content, mode = 0o644) {
  written.add(name);
  const path = join(dist, name);
  if (existsSync(path) && readFileSync(path).equals(Buffer.from(content))) return;
  const whole = join(cache, `${name.replaceAll(/[\\/]/g, '-')}.${process.pid}`);
  writeFileSync(whole, content);
  chmodSync(whole, mode);
  renameSync(whole, path);
}

/** What only those need who install the package: the types of steps, and the notices of what is bundled. */
async function writeForPackage() {
  const [{ bundledTypes }, { noticesFor }] = await Promise.all([import('./types.mjs'), import('./notices.mjs')]);
  const types = await bundledTypes();
  write('step.d.ts', types.code);
  const files = Object.values(scripts).flatMap(({ inputs }) => inputs);
  write('../THIRD-PARTY-NOTICES.txt', noticesFor([...files, ...types.files, fonts]));
}

/** The same code as the command's: what is imported in its process is no second copy. */
function stepModule() {
  const names = Object.keys(createRequire(import.meta.url)(join(dist, command)).step);
  return [
    "import { createRequire } from 'node:module';",
    `export const { ${names.join(', ')} } = createRequire(import.meta.url)('./${command}').step;\n`,
  ].join('\n');
}

/** Runs a drill, then verifies what it left: each leaves beside its script what V8 compiled of it. */
function rehearse() {
  const folder = mkdtempSync(join(cache, 'rehearsal-'));
  const runs = join(folder, 'runs');
  const env = { ...process.env, DR_DRILL_KEYS: join(folder, 'keys') };
  const rehearsed = (...words) =>
    execFileSync(process.execPath, [join(dist, 'main.js'), ...words], { cwd: root, env, stdio: 'ignore' });
  try {
    rehearsed('run', 'drills/multi-region-failover.yaml', '--runs', runs);
    rehearsed(
      'verify',
      join(
        runs,
        readdirSync(runs).find((name) => name !== 'index.jsonl'),
      ),
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
