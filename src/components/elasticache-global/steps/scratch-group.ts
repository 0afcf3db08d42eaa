import * as z from 'zod';
import type { Around } from '../../../steps/given.ts';

/** A group that a drill makes beside the live one, and deletes. */
export const scratchGroup = z.object({ region: z.string(), group: z.string(), drill: z.string() });
export type ScratchGroup = z.output<typeof scratchGroup>;

export const scratchGiven = {
  group: z
    .string()
    .max(40)
    .regex(/^[a-z](-?[a-z0-9])*$/, 'expected small letters, digits and single hyphens, a letter first')
    .describe('The name of the test group. No group may have it yet.'),
};

export const scratchOf = ({ group }: { group: string }, { topology, drill }: Around): ScratchGroup => ({
  region: topology.regions.primary,
  group,
  drill,
});
