// How the command is bundled: for dist/, and for what the benchmark measures.
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

export const root = fileURLToPath(new URL('..', import.meta.url));
const commands = join(root, 'src/cli/commands');
const require = createRequire(import.meta.url);

// CommonJS code in a bundle asks for `require`, which ES modules lack.
const requireShim =
  "import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);\n";
const asksForRequire = /typeof require\b/;

const settings = {
  absWorkingDir: root,
  outdir: 'dist',
  bundle: true,
  platform: 'node',
  target: 'node20',
  // The AWS clients load 100 ms sooner as ES modules, which can be shaken; sinon is four times smaller as CommonJS.
  mainFields: ['module', 'main'],
  alias: { sinon: createRequire(require.resolve('aws-sdk-client-mock')).resolve('sinon') },
  minify: true,
  legalComments: 'none',
  logLevel: 'warning',
  write: false,
};

/** Bundles entry points and one chunk for every dynamic import, as ES modules; gives the files, not yet written. */
export async function bundle(...entryPoints) {
  const { outputFiles } = await build({
    ...settings,
    entryPoints,
    entryNames: '[name]',
    // Chunks lie beside the entry, so `import.meta.url` has the same depth in each of them.
    chunkNames: '[name]-[hash]',
    splitting: true,
    format: 'esm',
  });
  return outputFiles.map(({ path, text }) => ({
    path,
    code: (asksForRequire.test(text) ? requireShim : '') + text.replace(/^#!.*\n/, ''),
  }));
}

/** What needs neither AWS nor the simulator, and is a command of its own for that: it loads in a third of the time. */
export const READING = ['report', 'verify', 'history', '--help', '--version'];

/** The command, and the code that steps of a user's own are written with. */
export const bundleCommand = () =>
  bundleScript("export { main } from './src/cli/main.ts'; export * as step from './src/public/step.ts';");

/** The same, with no other code than what looks at runs that are over. */
export const bundleReading = () => bundleScript("export { main } from './src/cli/main.ts';", [leaveOtherCommands]);

/**
 * Bundles into one CommonJS file, as V8 keeps compiled code of scripts only; its parts run when they are first asked for. Packages
 * that are imported dynamically stay where they are, save what every dry run needs.
 */
async function bundleScript(contents, plugins = []) {
  const { outputFiles } = await build({
    ...settings,
    stdin: { contents, resolveDir: root },
    format: 'cjs',
    // What stays outside is required: a script that V8 has compiled ahead can import nothing.
    supported: { 'dynamic-import': false },
    define: { 'import.meta.url': '__url' },
    banner: { js: "const __url=require('node:url').pathToFileURL(__filename).href;" },
    external: RARE,
    plugins: [leavePackagesThatMayNotBeNeeded, ...plugins],
  });
  return outputFiles[0].text;
}

/** The file that starts the command, or where it suffices the one that reads. */
export async function bundleStart(command, reading) {
  const { outputFiles } = await build({
    ...settings,
    entryPoints: ['src/cli/start.ts'],
    format: 'cjs',
    define: {
      COMMAND: JSON.stringify(command),
      READING: JSON.stringify({ words: READING, file: reading }),
    },
  });
  return outputFiles[0].text;
}

/** Large, and asked for by few. */
const RARE = ['pdfkit', 'pkijs', 'asn1js'];

/** By every dry run, or ES modules only. */
const NEEDED = ['aws-sdk-client-mock', 'log-update'];

const leavePackagesThatMayNotBeNeeded = {
  name: 'leave packages that may not be needed',
  setup(build) {
    build.onResolve({ filter: /^[^./]/ }, ({ kind, path }) =>
      kind === 'dynamic-import' && !NEEDED.includes(path) ? { path, external: true } : undefined,
    );
  },
};

const leaveOtherCommands = {
  name: 'leave other commands',
  setup(build) {
    build.onResolve({ filter: /^\.\.\/[\w-]+\.ts$/ }, ({ kind, path, importer }) =>
      kind === 'dynamic-import' && dirname(importer) === commands && !READING.includes(basename(path, '.ts'))
        ? { path, external: true }
        : undefined,
    );
  },
};
