import * as z from 'zod';

/** A clause, which of the facts it asks for the run shows, and which it does not. */
export const controlSchema = z.strictObject({
  control: z.string(),
  title: z.string().nullable().describe('The subject of the clause. Null if the mapping does not have the clause.'),
  source: z.string().nullable(),
  shown: z.array(z.string()),
  missing: z.array(z.string()),
  says: z.string(),
});

export type Control = z.output<typeof controlSchema>;
