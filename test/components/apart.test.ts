import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const kinds = readdirSync('src/components', { withFileTypes: true })
  .filter((one) => one.isDirectory() && readdirSync(`src/components/${one.name}`).includes('schema.ts'))
  .map(({ name }) => name)
  .filter((name) => name !== 'witness');

/** Where code outside of the folders of kinds still asks for one by name. A new kind must not need a place here. */
const NAMED = [
  'src/cli/discover.ts',
  'src/cli/live.ts',
  'src/draft/answers.ts',
  'src/draft/needs.ts',
  'src/drill/arns-fit.ts',
  'src/drill/checks.ts',
  'src/drill/components.ts',
  'src/drill/former-form.ts',
  'src/drill/measures.ts',
  'src/drill/topology-fits.ts',
  'src/live/ports.ts',
  'src/plan/estimate.ts',
  'src/plan/warnings.ts',
  'src/platform/detect-failure.ts',
  'src/run/stop-conditions.ts',
  'src/runbook/backup-restore.ts',
  'src/runbook/described.ts',
  'src/runbook/watches.ts',
  'src/steps/failure/bring-about.ts',
  'src/steps/given.ts',
];

test('nothing else outside of the folders of kinds, their simulated twins and the indexes names a kind', () => {
  const name = `'(?:${kinds.join('|')})'`;
  const asks = new RegExp(
    `(?:componentsOf|componentOf|component)\\([^)\\n]*${name}|ComponentOf<${name}>|kind === ${name}|case ${name}:|includes\\(${name}\\)|kind: ${name}|\\[.*${name}.*\\]`,
  );
  const found = readdirSync('src', { recursive: true, encoding: 'utf8' })
    .map((file) => `src/${file}`)
    .filter((file) => file.endsWith('.ts') && !/^src\/(components|simulator|aws\/services)\/|^src\/arn\.ts/.test(file))
    .filter((file) => asks.test(readFileSync(file, 'utf8').replaceAll(/^import .*$/gm, '')));
  expect(found.toSorted()).toEqual(NAMED);
});
