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
        .describe('The other region keeps no earlier copy: the next one is full, and takes long.'),
      busy: duration
        .default(0)
        .describe('For so long after the world began others have all 20 copies under way there.'),
      fails: z.boolean().default(false),
    })
    .default({ first: false, busy: 0, fails: false }),
  restore: z
    .strictObject({
      takes: duration.optional(),
      fails: z.boolean().default(false),
      losesRows: count.default(0).describe('Orders that the restored database lacks.'),
      losesOrders: count.default(0).describe('Orders that it lacks together with their items.'),
      altersRows: count.default(0).describe('Orders that it holds with other values.'),
    })
    .default({ fails: false, losesRows: 0, losesOrders: 0, altersRows: 0 }),
};
