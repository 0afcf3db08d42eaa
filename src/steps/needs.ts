import type { Need, NeedOf } from '../components/schemas.ts';

export type { Need, NeedOf };
export type NeedKind = Need['need'];

/** A login to a database that a step works or proves something with. */
export const loginTo = (
  { region, instance, database: name }: { region: string; instance: string; database: string },
  purpose: 'work' | 'proof',
): NeedOf<'database-login'> => ({
  need: 'database-login',
  region,
  instance,
  database: name,
  for: purpose,
  exists: true,
});
