import * as z from 'zod';
import { region, secretNameOrArn } from './names.ts';

const text = z.string().min(1);

export const fromEnvironment = z.strictObject({ from: z.literal('environment'), variable: text });

/** Where a secret is kept that stands in no file of the drill. */
export const secretReference = z.discriminatedUnion('from', [
  fromEnvironment,
  z.strictObject({
    from: z.literal('secrets-manager'),
    secret: secretNameOrArn.describe('Name or ARN.'),
    key: text.optional().describe('The key of the value, where the secret is JSON; the whole secret otherwise.'),
    region: region.optional().describe('The recovery region, unless set: the other one may be lost.'),
  }),
  z.strictObject({
    from: z.literal('file'),
    path: text.describe('A file with the secret alone; a line break at its end does not count.'),
  }),
]);

export type SecretReference = z.output<typeof secretReference>;
