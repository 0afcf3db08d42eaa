import * as z from 'zod';
import { region, secretNameOrArn } from './names.ts';

const text = z.string().min(1);

export const fromEnvironment = z.strictObject({ from: z.literal('environment'), variable: text });

/** Where a secret is kept that is in no file of the drill. */
export const secretReference = z.discriminatedUnion('from', [
  fromEnvironment,
  z.strictObject({
    from: z.literal('secrets-manager'),
    secret: secretNameOrArn.describe('Name or ARN.'),
    key: text.optional().describe('The key of the value, if the secret is JSON. Default: the whole secret.'),
    region: region.optional().describe('Default: the recovery region, because the primary region may be unavailable.'),
  }),
  z.strictObject({
    from: z.literal('file'),
    path: text.describe('A file that contains only the secret. A line break at its end is ignored.'),
  }),
]);

export type SecretReference = z.output<typeof secretReference>;
