import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { allKinds } from '../../src/components/index.ts';

const kinds = allKinds.map(({ kind }) => kind);

/** The folders and files of simulated services, in which the twins of kinds are. */
const TWINS =
  /^src\/simulator\/((dynamodb|elastic-load-balancing|ecs|eks|elasticache|kafka|kubernetes|rds|route-53|s3)\/|(global-accelerator|secrets-manager)\.ts)/;

/** The folders of kinds, what AWS itself names, and the indexes by kind. */
const OWN = /^src\/(components\/|aws\/services\/|arn\.ts|simulator\/(computes|data-stores|twins)\.ts)/;

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

/** Services of AWS that belong to an account, independent of its components. */
const ACCOUNT = ['cloudwatch', 'iam', 'servicequotas', 'sns', 'sts'];

/** The services that kinds ask, by the operations that they name. */
const operations = kindsOwn.flatMap(({ text }) => [...text.matchAll(/'([a-z0-9-]+):[A-Z]\w+'/g)]);
const services = [...new Set(operations.map(([, service = '']) => service))].filter((one) => !ACCOUNT.includes(one));
// The port of `src/ports/` has the same name.
const bare = services.filter((service) => service !== 'kafka');

/** What only kinds have names for: their steps, and what these need. A need of one word says nothing by itself. */
const steps = allKinds.flatMap((kind) => kind.steps.map((step) => step.kind));
const needs = allKinds.flatMap((kind) => Object.keys(kind.looks));
const twoWords = needs.filter((need) => need.includes('-'));

const resources = new RegExp(
  [
    `'(?:${[...steps, ...twoWords, ...bare].join('|')})'`,
    `need(?: ===|:) '(?:${needs.join('|')})'`,
    `'(?:${services.join('|')}):[A-Z]\\w+'`,
    `\\baws (?:${services.join('|')}) `,
  ].join('|'),
);

/** Where else code names such a service, and why. */
const SERVES_ITSELF: Record<string, string> = {
  'src/cli/upload-bundle.ts': 'puts evidence into a bucket',
  'src/drill/former-form.ts': NAMED['src/drill/former-form.ts'] as string,
  'src/drill/names.ts': 'says which forms the names of AWS have',
  'src/drill/simulation.ts': 'says which APIs of the simulated account may refuse calls or lose answers',
  'src/evidence/kms-key.ts': 'signs seals with a key of KMS',
  'src/lease/s3-lease.ts': 'keeps a lease in a bucket',
  'src/live/msk-token.ts': 'logs in behind the port for Kafka',
  'src/live/secret.ts': 'reads passwords',
  'src/live/transport.ts': 'knows that an object of S3 may be of any size',
  'src/live/whole-answer.ts': 'knows that S3 answers without a document',
  'src/live/whole-object.ts': 'reads an object of S3 to its end',
  'src/partition.ts': 'says where a service of a whole partition is called',
  'src/steps/account/notices.ts': 'says what reading a channel’s secrets needs',
  'src/steps/data/login-permissions.ts': 'says what reading passwords needs',
};

test('nothing outside of the folders of kinds and the gateway to AWS, real or simulated, names what only kinds have', () => {
  const found = sources.flatMap(({ file, text }) =>
    !/^src\/(aws|server|simulator)\//.test(file) && resources.test(text) ? [file] : [],
  );
  expect(found.toSorted()).toEqual(Object.keys(SERVES_ITSELF));
});
