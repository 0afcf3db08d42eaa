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

/** Code that asks for components of a kind by its name. */
const asksFor = (kind: string): RegExp => {
  const name = `'(?:${kind})'`;
  return new RegExp(
    `(?:componentsOf|componentOf|component)\\([^)\\n]*${name}|ComponentOf<${name}>|kind === ${name}|case ${name}:|includes\\(${name}\\)|kind: ${name}|\\[.*${name}.*\\]`,
  );
};

const kindsOwn = readdirSync('src/components', { recursive: true, encoding: 'utf8' })
  .filter((file) => file.includes('/') && file.endsWith('.ts'))
  .map((file) => ({ file, own: file.split('/')[0], text: readFileSync(`src/components/${file}`, 'utf8') }));

test('neither a kind nor what kinds share names another kind', () => {
  const found = kindsOwn.flatMap(({ file, own, text }) =>
    kinds
      .filter((kind) => kind !== own && asksFor(kind).test(text.replaceAll(/^import .*$/gm, '')))
      .map((kind) => `${file}: ${kind}`),
  );
  expect(found).toEqual([]);
});

test('nothing outside of the folders of kinds, their simulated twins and the indexes names a kind', () => {
  const asks = asksFor(kinds.join('|'));
  const found = sources.flatMap(({ file, text }) => (asks.test(text) ? [file] : []));
  expect(found.toSorted()).toEqual(Object.keys(NAMED));
});
