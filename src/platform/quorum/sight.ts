import * as z from 'zod';
import type { InSql } from '../../components/described.ts';
import { inSql } from '../../components/schemas.ts';
import { inWords } from '../../duration.ts';
import { DrillError, errorFacts, isPassing } from '../../errors.ts';
import { ENGINES, isRefusal, type Query } from '../../ports/sql.ts';
import type { StepContext } from '../../steps/step.ts';

const database = z.object({
  region: z.string(),
  instance: z.string(),
  name: z.string(),
  engine: z.enum(ENGINES),
  cluster: z.boolean(),
});
/** The databases of the two sides: each tells whether it hears from the other. */
export const sidesParams = z.object({
  writer: database,
  replica: database,
  silenceMs: z.number(),
  timeoutMs: z.number(),
});
export type Sides = z.output<typeof sidesParams>;

/** What one side sees of the other. */
export interface Sight {
  check: 'primary-sees-recovery' | 'recovery-sees-primary';
  /** Null where the side itself cannot be asked from here. */
  sees: boolean | null;
  detail: string;
}

/** How a side is asked what it hears from the other one. */
export const hearsOf = ({ cluster }: Sides['writer']): InSql['hears'] => inSql(cluster).hears;

/** Asks both sides what they see of each other, side by side: one that is out of reach takes no longer than the other. */
export const lookFromBothSides = (sides: Sides, context: StepContext): Promise<[Sight, Sight]> =>
  Promise.all([
    look('primary-sees-recovery', hearsOf(sides.writer).writer, sides.writer, sides, context),
    look('recovery-sees-primary', hearsOf(sides.replica).replica, sides.replica, sides, context),
  ]);

async function look(
  check: Sight['check'],
  query: Query,
  asked: Sides['writer'],
  { silenceMs, timeoutMs }: Sides,
  { sql, signal }: StepContext,
): Promise<Sight> {
  try {
    const [row] = await sql.query(asked, query, { timeoutMs, signal });
    if (!row?.seen) throw unseen(asked);
    if (row.silent === null || row.silent === undefined) return { check, sees: false, detail: 'it is not connected' };
    const silent = Number(row.silent);
    return { check, sees: silent <= silenceMs, detail: `heard of it ${inWords(silent)} ago` };
  } catch (error) {
    signal.throwIfAborted();
    if (!isRefusal(error) && !isPassing(error)) throw error;
    return { check, sees: null, detail: `${asked.instance} cannot be asked: ${errorFacts(error).message}` };
  }
}

const unseen = ({ instance }: Sides['writer']): DrillError =>
  new DrillError('cannot-see-replication', `Cannot see what ${instance} receives from the other region.`, {
    hint: 'Let the role of the topology’s login see replication: grant pg_read_all_stats to <role>;',
  });
