import * as z from 'zod';
import { type Around, earlierStep, NOT_YET_MS, side } from '../../../steps/given.ts';
import type { RestorePoint } from './choose-point-in-time.ts';
import type { TableAt } from './table.ts';
import { namesIn, tablesOn } from './tables.ts';

/** Tables that a drill restores beside the living ones, checks, and deletes. */
export const restoredTables = z.object({
  store: z.string(),
  region: z.string(),
  drill: z.string(),
  /** The time that their data is of. */
  timeMs: z.number(),
  copies: z.array(z.object({ source: z.string(), copy: z.string() })),
});
export type RestoredTables = z.output<typeof restoredTables>;

export const restoredGiven = {
  as: z
    .string()
    .regex(/^[\w.-]{3,100}$/, 'expected 3 to 100 letters, digits, dots, underscores and hyphens')
    .describe('What the names of the restored tables begin with; the name of the original follows.'),
  point: earlierStep.describe('The step that chose the time.'),
  in: side.default('primary').describe('The region whose replicas are restored.'),
};

export function restoredOf(
  { as, point, in: where }: { as: string; point: string; in: z.output<typeof side> },
  around: Around,
): RestoredTables {
  const target = tablesOn(where, around);
  // Where no time was chosen, nothing was restored.
  const { timeMs } = around.hasResult(point)
    ? around.result<RestorePoint>(point, { timeMs: NOT_YET_MS })
    : { timeMs: NOT_YET_MS };
  return {
    store: target.store,
    region: target.region,
    drill: around.drill,
    timeMs,
    copies: namesIn(target).map((source) => ({ source, copy: `${as}-${source}` })),
  };
}

export const copiesAt = ({ region, copies }: RestoredTables): TableAt[] =>
  copies.map(({ copy }) => ({ region, table: copy }));

export const sourcesAt = ({ region, copies }: RestoredTables): TableAt[] =>
  copies.map(({ source }) => ({ region, table: source }));
