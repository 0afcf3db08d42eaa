import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type * as z from 'zod';
import { jsonSchemas } from '../../scripts/json-schemas.ts';

const model = new URL('../../src/report/model.ts', import.meta.url);

test('the committed schemas are what the code yields; `npm run schema` writes them', async () => {
  const report = existsSync(model)
    ? ((await import(model.href)) as { reportSchema?: z.ZodType }).reportSchema
    : undefined;
  for (const [name, text] of Object.entries(jsonSchemas(report))) {
    expect(readFileSync(`schema/${name}`, 'utf8'), name).toBe(text);
  }
});
