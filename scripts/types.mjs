// Bundles the types of steps into dist/step.d.ts, with those of the packages that they name: nothing else has to be installed for them.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { rolldown } from 'rolldown';
import { dts } from 'rolldown-plugin-dts';
import ts from 'typescript';
import { root } from './bundle.mjs';

const folder = mkdtempSync(join(root, 'node_modules/.cache/types-'));
try {
  const tsc = join(root, 'node_modules/.bin/tsc');
  execFileSync(tsc, ['--project', 'tsconfig.types.json', '--outDir', folder], { cwd: root, stdio: 'inherit' });
  const bundle = await rolldown({
    input: join(folder, 'src/public/step.d.ts'),
    external: /^node:/,
    plugins: [leaveCommentsOfPackages(), dts({ dtsInput: true, resolve: true, tsconfig: false, emitDtsOnly: true })],
  });
  const { output } = await bundle.generate({ format: 'es' });
  const { code, moduleIds } = output.find(({ fileName }) => fileName === 'step.d.ts');
  mustBeInNotices(moduleIds);
  writeFileSync(join(root, 'dist/step.d.ts'), code);
  console.log(`dist/step.d.ts, ${Math.round(code.length / 1024)} kB`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function mustBeInNotices(files) {
  const notices = readFileSync(join(root, 'THIRD-PARTY-NOTICES.txt'), 'utf8');
  const names = new Set(
    files.map((file) => /.*node_modules\/((?:@[^/]+\/)?[^./][^/]*)/.exec(file)?.[1]).filter(Boolean),
  );
  const missing = [...names].filter((name) => !notices.includes(`${name} `));
  if (missing.length > 0) throw new Error(`Types of packages that are not in the notices: ${missing.join(', ')}`);
}

/** The SDK's are six times as large as its types. */
function leaveCommentsOfPackages() {
  const printer = ts.createPrinter({ removeComments: true });
  return {
    name: 'leave comments of packages',
    transform: {
      filter: { id: /node_modules\/(?!\.cache).*\.d\.[cm]?ts$/ },
      handler: (code, id) => printer.printFile(ts.createSourceFile(id, code, ts.ScriptTarget.Latest)),
    },
  };
}
