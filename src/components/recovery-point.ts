import * as z from 'zod';
import { duration } from '../drill/quantities.ts';
import { DrillError } from '../errors.ts';

/** Who may have made a snapshot: RDS itself, AWS Backup, people, or another account that shares it. */
export const snapshotType = z.enum(['automated', 'awsbackup', 'manual', 'shared']);
export type SnapshotType = z.output<typeof snapshotType>;

/** Those that come by themselves: either is a recovery point. */
export const NIGHTLY: SnapshotType[] = ['automated', 'awsbackup'];

/** What is restored: a snapshot by its name, or a time, and what time its data is of. */
export type RecoveryPoint = { from: 'snapshot' | 'point-in-time'; id: string; timeMs: number };

/** How a drill file asks for a recovery point. */
export const pointGiven = {
  from: z.enum(['snapshot', 'point-in-time']).describe('The newest snapshot, or a time inside the restorable window.'),
  maxAge: duration.default(86_400_000).describe('If the newest snapshot is older than this, the drill fails.'),
  types: z
    .array(snapshotType)
    .min(1)
    .optional()
    .describe(
      'Which snapshots to consider: automated (by RDS), awsbackup (by AWS Backup), manual, shared. Default: automated and awsbackup.',
    ),
  before: duration.default(0).describe('How long before the latest restorable time.'),
};

/** The same as parameters of a step. */
export const pointWanted = z.object({
  from: pointGiven.from,
  maxAgeMs: z.number(),
  beforeMs: z.number(),
  types: z.array(snapshotType).optional(),
});
export type PointWanted = z.output<typeof pointWanted>;

type Given = { from: PointWanted['from']; maxAge: number; before: number; types?: SnapshotType[] | undefined };

export const wantedOf = ({ from, maxAge, before, types }: Given): PointWanted => ({
  from,
  maxAgeMs: maxAge,
  beforeMs: before,
  ...(types && { types }),
});

/** Refuses a store without a snapshot, or with one that is too old. */
export function newEnough(
  newest: { id: string; timeMs: number } | undefined,
  { of, nowMs, maxAgeMs, types = NIGHTLY }: { of: string; nowMs: number } & Pick<PointWanted, 'maxAgeMs' | 'types'>,
): RecoveryPoint {
  if (!newest)
    throw new DrillError(
      'no-snapshot',
      `${of} has no snapshot that is available: none of the types ${types.join(', ')}.`,
      {
        hint: 'Turn on automated backups or a plan of AWS Backup, or wait until the first is done.',
      },
    );
  const ageMs = nowMs - newest.timeMs;
  if (ageMs > maxAgeMs)
    throw new DrillError(
      'snapshot-too-old',
      `The newest snapshot, ${newest.id}, is ${Math.round(ageMs / 3_600_000)} h old; the drill allows ${Math.round(maxAgeMs / 3_600_000)} h.`,
      { hint: 'Find out why last night’s snapshot is missing.' },
    );
  return { from: 'snapshot', id: newest.id, timeMs: newest.timeMs };
}

/** Whole seconds are all that RDS takes. */
export const beforeLatest = (latest: Date, beforeMs: number): number =>
  Math.floor((latest.getTime() - beforeMs) / 1000) * 1000;
