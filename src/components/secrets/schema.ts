import * as z from 'zod';
import { secretName } from '../../drill/names.ts';
import { type Description, dataStore } from '../described.ts';
import { secret } from './needs.ts';

/** Secrets of Secrets Manager that are replicated to the recovery region. */
export const secretsSchema = z.strictObject({
  kind: z.literal('secrets'),
  ...dataStore,
  names: z.array(secretName).min(1).describe('Secrets of the primary region, by name.'),
});

/** What a topology, a preflight and a report know of the kind. */
export const secrets = {
  schema: secretsSchema,
  needs: [secret],
  counts: { not: 'secrets are compared, and have no rows that could be counted' },
} as const satisfies Description;
