import * as z from 'zod';
import { inWords } from '../../duration.ts';
import { DrillError, errorFacts, isPassing } from '../../errors.ts';
import { isRefusal, type Query } from '../../ports/sql.ts';
import type { StepContext } from '../../steps/step.ts';

const database = z.object({
  region: z.string(),
  instance: z.string(),
  name: z.string(),
  /** Whether it is a cluster of Aurora's, whose storage replicates by itself. */
  cluster: z.boolean(),
});
/** The databases of the two sides: each tells whether it hears of the other. */
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

/** One row: `{ followers, silent, seen }`: replicas that are connected, and for how many milliseconds the most silent of them has said nothing. */
export const followersQuery: Query = {
  name: 'replication.followers',
  text: `select count(*) as followers, round(extract(epoch from max(clock_timestamp() - reply_time)) * 1000) as silent,
      pg_has_role('pg_read_all_stats', 'usage') as seen
    from pg_stat_replication where state = 'streaming'`,
};

/** One row: `{ silent, seen }`: for how many milliseconds nothing has come from the source; null where it is not connected. */
export const sourceQuery: Query = {
  name: 'replication.source',
  text: `select (select round(extract(epoch from clock_timestamp() - last_msg_receipt_time) * 1000) from pg_stat_wal_receiver) as silent,
      pg_has_role('pg_read_all_stats', 'usage') as seen`,
};

const GLOBAL_STATUS_IN_MYSQL = `select round(timestampdiff(microsecond, max(last_lag_calculation_timestamp), utc_timestamp(6)) / 1000) as silent, true as seen
  from information_schema.aurora_global_db_status where durability_lag_in_milliseconds >= 0`;

/** The same of an Aurora global database, on either side: since when the clusters have not exchanged how far the others have come. */
export const globalQuery: Query = {
  name: 'replication.global',
  text: {
    postgres: `select round(extract(epoch from clock_timestamp() - max(last_lag_calculation_time)) * 1000) as silent, true as seen
      from aurora_global_db_status() where durability_lag_in_msec >= 0`,
    mysql: GLOBAL_STATUS_IN_MYSQL,
    // Aurora runs no MariaDB.
    mariadb: GLOBAL_STATUS_IN_MYSQL,
  },
};

/** Asks both sides what they see of each other, side by side: one that is out of reach takes no longer than the other. */
export const lookFromBothSides = (sides: Sides, context: StepContext): Promise<[Sight, Sight]> =>
  Promise.all([
    look('primary-sees-recovery', followersQuery, sides.writer, sides, context),
    look('recovery-sees-primary', sourceQuery, sides.replica, sides, context),
  ]);

async function look(
  check: Sight['check'],
  query: Query,
  asked: Sides['writer'],
  { silenceMs, timeoutMs }: Sides,
  { sql, signal }: StepContext,
): Promise<Sight> {
  try {
    const [row] = await sql.query(asked, asked.cluster ? globalQuery : query, { timeoutMs, signal });
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
  new DrillError('cannot-see-replication', `What ${instance} hears of the other region cannot be seen.`, {
    hint: 'Let the role of the topology’s login see replication: grant pg_read_all_stats to <role>;',
  });
