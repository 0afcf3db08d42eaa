// Starts the lab: bundles it, because Node runs no TypeScript, and runs it in this process.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { root } from './bundle.mjs';

const outfile = join(root, 'node_modules/.cache/dr-drill-lab/main.mjs');
mkdirSync(join(outfile, '..'), { recursive: true });
await build({
  absWorkingDir: root,
  entryPoints: ['test/lab/main.ts'],
  outfile,
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  // Found from where the bundle lies, inside the checkout.
  packages: 'external',
  logLevel: 'warning',
});
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';
await import(pathToFileURL(outfile).href);
