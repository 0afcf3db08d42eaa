// Starts the lab, or with `--bench` measures orchestration in it: bundles it, because Node runs no TypeScript, and runs it here.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { root } from './bundle.mjs';

const bench = process.argv[2] === '--bench';
const outfile = join(root, 'node_modules/.cache/dr-drill-lab', bench ? 'orchestration.mjs' : 'main.mjs');
mkdirSync(join(outfile, '..'), { recursive: true });
await build({
  absWorkingDir: root,
  entryPoints: [bench ? 'test/lab/orchestration.ts' : 'test/lab/main.ts'],
  outfile,
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  // Found from where the bundle lies, inside the checkout.
  packages: 'external',
  logLevel: 'warning',
});
if (bench) process.argv.splice(2, 1);
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';
await import(pathToFileURL(outfile).href);
