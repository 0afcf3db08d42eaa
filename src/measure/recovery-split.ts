import * as z from 'zod';
import { figureSchema, partSchema } from './figure.ts';

/** How long recovery took and where the time went. All in milliseconds; instants in epoch milliseconds. */
export const recoveryTimeSchema = z.strictObject({
  total: figureSchema,
  /** No probe failed: the failure never reached a customer. */
  neverLost: z.boolean(),
  /** They add up to `total` exactly, where it is known. */
  parts: z.array(partSchema),
  /** What followed once service was back; not part of `total`. */
  afterwards: z.array(partSchema),
  /** The time that a person took to decide; contained in `parts`. */
  person: figureSchema,
  fromMs: z.number().nullable(),
  toMs: z.number().nullable(),
});

export type RecoveryTime = z.output<typeof recoveryTimeSchema>;
