// Writes docs/grafana-dashboard.json.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'dr-drill-dashboard-'));
try {
  const outfile = join(folder, 'dashboard.mjs');
  const entryPoints = [join(root, 'scripts/grafana-dashboard.ts')];
  await build({ entryPoints, bundle: true, platform: 'node', format: 'esm', outfile, logLevel: 'error' });
  const { dashboardJson } = await import(pathToFileURL(outfile).href);
  writeFileSync(join(root, 'docs/grafana-dashboard.json'), dashboardJson());
} finally {
  rmSync(folder, { recursive: true, force: true });
}
