import * as z from 'zod';
import { duration } from './quantities.ts';

const count = z.int().nonnegative();

/** How copies and restores of simulated snapshots go. */
export const simulatedBackups = {
  snapshotCopy: z
    .strictObject({
      takes: duration.optional().describe('Until a snapshot has been copied to the other region.'),
      first: z
        .boolean()
        .default(false)
        .describe('The other region has no earlier copy, so the next copy is a full one and takes long.'),
      busy: duration.default(0).describe('How long after the start others use all 20 concurrent copies there.'),
      fails: z.boolean().default(false),
    })
    .default({ first: false, busy: 0, fails: false }),
  restore: z
    .strictObject({
      takes: duration.optional(),
      fails: z.boolean().default(false),
      losesRows: count.default(0).describe('Orders that are missing in the restored database.'),
      losesOrders: count.default(0).describe('Orders that are missing together with their items.'),
      altersRows: count.default(0).describe('Orders that have different values.'),
    })
    .default({ fails: false, losesRows: 0, losesOrders: 0, altersRows: 0 }),
};
