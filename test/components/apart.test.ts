import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const kinds = readdirSync('src/components', { withFileTypes: true })
  .filter((one) => one.isDirectory() && readdirSync(`src/components/${one.name}`).includes('schema.ts'))
  .map(({ name }) => name)
  .filter((name) => name !== 'witness');

/** The folders and files of simulated services, in which the twins of kinds are. */
const TWINS =
  /^src\/simulator\/((elastic-load-balancing|eks|elasticache|kafka|kubernetes|rds|route-53|s3)\/|(global-accelerator|secrets-manager)\.ts)/;

/** The folders of kinds, what AWS itself names, and the indexes by kind. */
const OWN = /^src\/(components\/|aws\/services\/|arn\.ts|simulator\/(data-stores|twins)\.ts)/;

/** Where else code names a kind, and why. */
const NAMED: Record<string, string> = {
  'src/drill/former-form.ts': 'says what the form of 0.1 is called now, which no later kind was ever part of',
};

const sources = readdirSync('src', { recursive: true, encoding: 'utf8' })
  .map((file) => `src/${file}`)
  .filter((file) => /\.tsx?$/.test(file) && !OWN.test(file) && !TWINS.test(file))
  .map((file) => ({ file, text: readFileSync(file, 'utf8').replaceAll(/^import .*$/gm, '') }));

test('nothing outside of the folders of kinds, their simulated twins and the indexes names a kind', () => {
  const name = `'(?:${kinds.join('|')})'`;
  const asks = new RegExp(
    `(?:componentsOf|componentOf|component)\\([^)\\n]*${name}|ComponentOf<${name}>|kind === ${name}|case ${name}:|includes\\(${name}\\)|kind: ${name}|\\[.*${name}.*\\]`,
  );
  const found = sources.flatMap(({ file, text }) => (asks.test(text) ? [file] : []));
  expect(found.toSorted()).toEqual(Object.keys(NAMED));
});
