// Writes schema/*.schema.json from the zod schemas.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { load, root } from './typescript.mjs';

const { jsonSchemas } = await load('scripts/json-schemas.ts');
mkdirSync(join(root, 'schema'), { recursive: true });
for (const [name, text] of Object.entries(jsonSchemas())) writeFileSync(join(root, 'schema', name), text);
