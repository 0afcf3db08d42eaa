// Writes the reference pages of the documentation that are made from the code. With --check it writes nothing, and fails where one is old.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { load, root } from './typescript.mjs';

const { referencePages, REFERENCE } = await load('scripts/reference/pages.ts');
const pages = Object.entries(referencePages()).map(([name, text]) => [join(root, REFERENCE, name), text]);
if (process.argv.includes('--check')) {
  const old = pages.filter(([path, text]) => readFileSync(path, 'utf8') !== text).map(([path]) => path);
  for (const path of old) console.error(`${path} is not what the code yields: npm run reference`);
  process.exitCode = old.length > 0 ? 1 : 0;
} else for (const [path, text] of pages) writeFileSync(path, text);
