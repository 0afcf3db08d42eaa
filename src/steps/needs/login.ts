import * as z from 'zod';
import { instanceThing, regionalNeed, text, weakestFirst } from './place.ts';

/** A database that someone must be able to log in to. */
export const login = regionalNeed(
  'database-login',
  {
    instance: text,
    database: text,
    /** `work`: the step fails without it. `proof`: the step goes on, and proves nothing. */
    for: weakestFirst(['proof', 'work']),
    /** False where the drill makes the instance: nobody can log in yet. */
    exists: z.boolean(),
  },
  ({ region, instance }) => instanceThing(region, instance),
);
