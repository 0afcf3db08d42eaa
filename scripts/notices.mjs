// THIRD-PARTY-NOTICES.txt: the packages whose code, fonts or types are in dist/, with the texts of their licences.
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { root } from './bundle.mjs';

const require = createRequire(import.meta.url);

/** Fit for a work under Apache-2.0: permissive, or copyleft by file whose source we name and do not change. */
const FIT = [
  'Apache-2.0',
  'MIT',
  'MIT-0',
  'ISC',
  'BSD-2-Clause',
  'BSD-3-Clause',
  '0BSD',
  'Unlicense',
  'MPL-2.0',
  'OFL-1.1',
];

/** What their package.json does not say, or not as an SPDX expression. */
const STATED_ELSEWHERE = { '@embedpdf/fonts-sc': 'OFL-1.1', 'png-js': 'MIT' };

/** The notices for what was made of these files. Fails for a licence that does not fit. */
export function noticesFor(files) {
  const packages = bundledPackages(files);
  const unfit = packages.filter(({ license }) => !FIT.includes(license));
  if (unfit.length > 0)
    throw new Error(
      `Not fit for a package under Apache-2.0: ${unfit.map(({ name, license }) => `${name} (${license})`).join(', ')}`,
    );
  const byText = new Map();
  for (const one of packages) byText.set(one.text, [...(byText.get(one.text) ?? []), one]);
  const head = `dr-drill is licensed under Apache-2.0: see LICENSE. Its package contains code, types or fonts of these ${packages.length} works. They are
unchanged, except that code is bundled and minified. Each text applies to the works listed above it.\n`;
  return [head, ...Array.from(byText, ([text, works]) => `${works.map(line).join('\n')}\n\n${text}\n`)].join(
    `\n${'='.repeat(100)}\n\n`,
  );
}

const line = ({ name, version, license, source }) => `${name} ${version} (${license}), source: ${source}`;

function bundledPackages(files) {
  const folders = new Set([...files].map(folderOf).filter(Boolean));
  const found = [...folders].map((folder) => {
    const {
      name,
      version,
      license = STATED_ELSEWHERE[name],
      author,
    } = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'));
    const source = `https://www.npmjs.com/package/${name}/v/${version}`;
    const own = readdirSync(join(root, folder)).filter((file) => /^(un)?licen[cs]e|^copying|^notice/i.test(file));
    const texts = own.toSorted().map((file) => readFileSync(join(root, folder, file), 'utf8').trim());
    const holder = author?.name ?? author ?? `the authors of ${name}`;
    return {
      name,
      version,
      license,
      source,
      text: texts.length > 0 ? texts.join('\n\n') : standardText(license, holder),
    };
  });
  const byName = new Map(found.map((one) => [`${one.name} ${one.version}`, one]));
  return [...byName].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, one]) => one);
}

/** The folder of the package that a file is from, or nothing for a file of ours. */
const folderOf = (file) => /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0];

/** For a package that names its licence and has no text of it. */
function standardText(license, holder) {
  const { licenseText } = require(`spdx-license-list/licenses/${license}.json`);
  return licenseText
    .replace(/<year>\s*/, '')
    .replace(/<copyright holders?>/, holder)
    .trim();
}
