// The types of steps, for dist/step.d.ts, with those of the packages that they name: nothing else has to be installed for them.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { root } from './bundle.mjs';

// Used only to pack.
const [{ rolldown }, { dts }, { default: ts }] = await Promise.all(
  ['rolldown', 'rolldown-plugin-dts', 'typescript'].map((name) => import(name)),
);

/** The text, and the files that it is from. */
export async function bundledTypes() {
  const folder = mkdtempSync(join(root, 'node_modules/.cache/types-'));
  try {
    const words = ['--project', 'tsconfig.types.json', '--outDir', folder];
    execFileSync(join(root, 'node_modules/.bin/tsc'), words, { cwd: root, stdio: 'inherit' });
    const bundle = await rolldown({
      input: join(folder, 'src/public/step.d.ts'),
      external: /^node:/,
      plugins: [leaveCommentsOfPackages(), dts({ dtsInput: true, resolve: true, tsconfig: false, emitDtsOnly: true })],
    });
    const { output } = await bundle.generate({ format: 'es' });
    const { code, moduleIds } = output.find(({ fileName }) => fileName === 'step.d.ts');
    // In one file, some lines of zod's own types do not pass the checker.
    return {
      code: `// @ts-nocheck\n${code}`,
      files: moduleIds.filter((file) => !file.startsWith(folder)).map((file) => relative(root, file)),
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The SDK's are six times as large as its types. */
function leaveCommentsOfPackages() {
  const printer = ts.createPrinter({ removeComments: true });
  return {
    name: 'leave comments of packages',
    transform: {
      filter: { id: /node_modules\/@(aws-sdk|smithy)\/.*\.d\.[cm]?ts$/ },
      handler: (code, id) => printer.printFile(ts.createSourceFile(id, code, ts.ScriptTarget.Latest)),
    },
  };
}
