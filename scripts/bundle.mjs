// How the command is bundled: for dist/, and for what the benchmark measures.
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

export const root = fileURLToPath(new URL('..', import.meta.url));
const require = createRequire(import.meta.url);

// CommonJS code in a bundle asks for `require`, which ES modules lack.
const requireShim =
  "import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);\n";
const asksForRequire = /typeof require\b/;

/** Bundles entry points and one chunk for every dynamic import; gives the files, not yet written. */
export async function bundle(...entryPoints) {
  const { outputFiles, warnings } = await build({
    absWorkingDir: root,
    entryPoints,
    entryNames: '[name]',
    // Chunks lie beside the entry, so `import.meta.url` has the same depth in each of them.
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
    legalComments: 'none',
    sourcemap: false,
    logLevel: 'warning',
    write: false,
  });
  const files = outputFiles.map(({ path, text }) => ({
    path,
    code: (asksForRequire.test(text) ? requireShim : '') + text.replace(/^#!.*\n/, ''),
  }));
  return { files, warnings };
}
