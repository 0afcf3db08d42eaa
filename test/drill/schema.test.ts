import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { jsonSchemas } from '../../scripts/json-schemas.ts';

test.each(Object.entries(jsonSchemas()))(
  'schema/%s is what the code yields; `npm run schema` writes it',
  (name, text) => {
    expect(readFileSync(`schema/${name}`, 'utf8')).toBe(text);
  },
);
