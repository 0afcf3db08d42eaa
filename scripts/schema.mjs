// Writes schema/*.schema.json from the zod schemas.
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
const hasReport = existsSync(join(root, 'src/report/model.ts'));
const contents = [
  "export { jsonSchemas } from './scripts/json-schemas.ts';",
  hasReport ? "export { reportSchema } from './src/report/model.ts';" : 'export const reportSchema = undefined;',
].join('\n');

const folder = mkdtempSync(join(tmpdir(), 'dr-drill-schema-'));
try {
  const outfile = join(folder, 'schemas.mjs');
  await build({
    stdin: { contents, resolveDir: root, loader: 'ts' },
    bundle: true,
    platform: 'node',
    format: 'esm',
    outfile,
    logLevel: 'error',
  });
  const { jsonSchemas, reportSchema } = await import(pathToFileURL(outfile).href);
  mkdirSync(join(root, 'schema'), { recursive: true });
  for (const [name, text] of Object.entries(jsonSchemas(reportSchema))) writeFileSync(join(root, 'schema', name), text);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
