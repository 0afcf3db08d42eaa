// How the command is bundled: for dist/, and for what the benchmark measures.
import { createHash } from 'node:crypto';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

export const root = fileURLToPath(new URL('..', import.meta.url));
const commands = join(root, 'src/cli/commands');

// CommonJS code in a bundle asks for `require`, which ES modules lack.
const requireShim =
  "import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);\n";
/** What we use of larger packages, each in a file of its own in src/live. */
const LIBRARIES = [
  './kubernetes-library.ts',
  './otlp-grpc-library.ts',
  './otlp-http-library.ts',
  './otlp-sdk-library.ts',
];
const asksForRequire = /typeof require\b/;

const settings = {
  absWorkingDir: root,
  outdir: 'dist',
  bundle: true,
  platform: 'node',
  target: 'node20',
  // The AWS clients load 100 ms sooner as ES modules, which can be shaken.
  mainFields: ['module', 'main'],
  alias: {
    // Otherwise it reads a file that is beside it.
    '@platformatic/wasm-utils': '@platformatic/wasm-utils/bundled',
  },
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
    // Chunks are beside the entry, so `import.meta.url` has the same depth in each of them.
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

/** Large, and needed by few commands: each is a script of its own, loaded when it is first asked for. */
const RARE = [
  '@platformatic/kafka',
  '@redis/client',
  'asn1js',
  'ical.js',
  'mysql2',
  'nodemailer',
  'pdfkit',
  'pg',
  'pkijs',
  ...LIBRARIES,
];

/** All scripts by the names of their files, with what each was made of; and which of them begin the command. */
export async function bundleScripts() {
  const scripts = {};
  const keep = (name, made) => {
    const file = `${name}-${createHash('sha256').update(made.text).digest('hex').slice(0, 8)}.cjs`;
    scripts[file] = made;
    return file;
  };
  const rare = new Map();
  for (const path of RARE) {
    const from = LIBRARIES.includes(path) ? `./src/live/${path.slice(2)}` : path;
    const made = await bundleScript(`module.exports = require('${from}');`, { rare });
    rare.set(path, `./${keep(path.replace(/^[@./]+|\.ts$/g, '').replace('/', '-'), made)}`);
  }
  rare.set(SDK, `./${keep('aws-sdk', await bundleScript(await everythingOfSdk(), { rare }))}`);
  const main = "export { main } from './src/cli/main.ts';";
  const step = "export * as step from './src/public/step.ts';";
  const command = keep('command', await bundleScript(main + step, { rare }));
  const reading = keep('reading', await bundleScript(main, { rare, plugins: [leaveOtherCommands] }));
  return { scripts, command, reading };
}

/** Bundles into one CommonJS file, as V8 keeps compiled code of scripts only; its parts run when they are first asked for. */
async function bundleScript(contents, { rare, plugins = [] }) {
  const { outputFiles, metafile } = await build({
    ...settings,
    stdin: { contents, resolveDir: root },
    format: 'cjs',
    // What stays outside is required: a script that V8 has compiled ahead can import nothing.
    supported: { 'dynamic-import': false },
    define: { 'import.meta.url': '__url' },
    banner: { js: "const __url=require('node:url').pathToFileURL(__filename).href;" },
    metafile: true,
    plugins: [
      takeFromOwnScripts(rare),
      takePartitionsAlone,
      takeSdkFromItsScript(rare),
      leaveFormatsOfFonts,
      ...plugins,
    ],
  });
  const [{ text }] = outputFiles;
  const [foreign] = text.match(/.{0,40}[^\0-\x7F].{0,40}/) ?? [];
  if (foreign !== undefined)
    throw new Error(`A bundled script must be ASCII. Write \\uXXXX in the regular expression or raw text: ${foreign}`);
  const [output] = Object.values(metafile.outputs);
  const inputs = Object.entries(output.inputs).flatMap(([file, { bytesInOutput }]) =>
    bytesInOutput > 0 ? [file] : [],
  );
  return { text, inputs };
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

const takeFromOwnScripts = (rare) => ({
  name: 'take rare packages from their own scripts',
  setup(build) {
    build.onResolve({ filter: /./ }, ({ path }) =>
      rare.has(path) ? { path: rare.get(path), external: true } : undefined,
    );
  },
});

/** Half of the code, which a dry run does not need: a separate script. Its parts are what our code imports of it, each run when first asked for. */
const SDK = 'the AWS SDK';
const services = join(root, 'src/aws/services');
const isOfSdk = ({ path, importer }) =>
  importer.startsWith(join(root, 'src/')) &&
  (/^@(aws-sdk|smithy)\//.test(path) ||
    ([join(services, 'load.ts'), join(services, 'index.ts')].includes(importer) && path.startsWith('./')));
const partOfSdk = ({ path }) => (path.startsWith('./') ? `./src/aws/services/${path.slice(2)}` : path);

/** Finds what our code imports of the SDK, by bundling the command once without it. */
async function everythingOfSdk() {
  const parts = new Set();
  await build({
    ...settings,
    entryPoints: ['src/cli/main.ts'],
    format: 'esm',
    plugins: [
      takePartitionsAlone,
      {
        name: 'note parts of the SDK',
        setup(build) {
          build.onResolve({ filter: /./ }, (asked) => {
            if (asked.kind === 'entry-point' || !isOfSdk(asked)) return;
            parts.add(partOfSdk(asked));
            return { path: asked.path, external: true };
          });
        },
      },
    ],
  });
  return `module.exports = {${[...parts]
    .sort()
    .map((part) => `'${part}': () => require('${part}'),`)
    .join('')}};`;
}

const takeSdkFromItsScript = (rare) => ({
  name: 'take the AWS SDK from its script',
  setup(build) {
    build.onResolve({ filter: /./ }, (asked) =>
      rare.has(SDK) && isOfSdk(asked) ? { path: partOfSdk(asked), namespace: 'sdk' } : undefined,
    );
    build.onLoad({ filter: /./, namespace: 'sdk' }, ({ path }) => ({
      contents: `module.exports = require('${rare.get(SDK)}')['${path}']();`,
      resolveDir: root,
    }));
    build.onResolve({ filter: /./, namespace: 'sdk' }, ({ path }) => ({ path, external: true }));
  },
});

/** The SDK gives its table of partitions only together with its clients' HTTP and TLS, and every command reads the table. */
const takePartitionsAlone = {
  name: 'take partitions alone',
  setup(build) {
    const path = join(root, 'node_modules/@aws-sdk/core/dist-es/submodules/client/util-endpoints/lib/aws/partition.js');
    build.onResolve({ filter: /^@aws-sdk\/core\/client$/ }, ({ importer }) =>
      importer === join(root, 'src/partition.ts') ? { path } : undefined,
    );
  },
};

/** Half of the code of the PDF reads WOFF2 with this package. Our fonts are not in that format. */
const leaveFormatsOfFonts = {
  name: 'leave formats of fonts',
  setup(build) {
    build.onResolve({ filter: /^brotli\/decompress\.js$/ }, ({ path }) => ({ path, namespace: 'left' }));
    build.onLoad({ filter: /./, namespace: 'left' }, () => ({ contents: '' }));
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
