import * as z from 'zod';

/** A clause, which of the facts it asks for the run shows, and which it does not. */
export const controlSchema = z.strictObject({
  control: z.string(),
  title: z.string().nullable().describe('What the clause is about; null where the mapping does not know it.'),
  source: z.string().nullable(),
  shown: z.array(z.string()),
  missing: z.array(z.string()),
  says: z.string(),
});

export type Control = z.output<typeof controlSchema>;
