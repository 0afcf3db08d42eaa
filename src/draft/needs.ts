import { allKinds } from '../components/index.ts';
import type { Kind } from '../components/schemas.ts';
import { GROUPS } from '../drill/components.ts';

/** What a new topology holds for a drill like that one: the kinds that it shows, or a whole platform of the first kind of each group. */
export function neededFor(like: string): Kind[] {
  const shown = allKinds.filter(({ example }) => example.drills?.includes(like));
  const first = GROUPS.flatMap((group) => allKinds.find((one) => one.group === group) ?? []);
  return (shown.length > 0 ? shown : first).map(({ kind }) => kind);
}
