import * as z from 'zod';
import { resourceName } from '../../drill/names.ts';
import { dataStore } from '../described.ts';

/** Secrets of Secrets Manager that are replicated to the recovery region. */
export const secretsSchema = z.strictObject({
  kind: z.literal('secrets'),
  ...dataStore,
  names: z.array(resourceName).min(1).describe('Secrets of the primary region, by name.'),
});
