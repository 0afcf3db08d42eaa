// Writes the reference pages of the documentation that are made from the code.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { load, root } from './typescript.mjs';

const { referencePages, REFERENCE } = await load('scripts/reference/pages.ts');
for (const [name, text] of Object.entries(referencePages())) writeFileSync(join(root, REFERENCE, name), text);
