import * as z from 'zod';
import { drillName, regionalNeed, text, thereOrFree } from '../../steps/needs/place.ts';

/** How steps call what they alter. */
export const things = { secret: (region: string, name: string) => `secret/${region}/${name}` };

export const secret = regionalNeed(
  'secret',
  {
    name: text,
    state: thereOrFree,
    /** The region that it must be replicated to. */
    replicatedTo: text.optional(),
    /** Whether its value in force is read. */
    read: z.boolean().optional(),
    drill: drillName,
  },
  ({ region, name }) => things.secret(region, name),
);
