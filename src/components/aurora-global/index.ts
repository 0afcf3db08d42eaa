import type * as z from 'zod';
import type { side } from '../described.ts';
import type { KindOfComponent } from '../verbs.ts';

const MINUTE = 60_000;

type Side = z.output<typeof side>;

const on = (where: Side) => (where === 'primary' ? 'writer' : 'replica');
const other = (where: Side): Side => (where === 'primary' ? 'recovery' : 'primary');

/** An Aurora global database, whose clusters take each other's place. */
export const auroraGlobal: KindOfComponent<'aurora-global'> = {
  kind: 'aurora-global',
  group: 'data',
  title: 'an Aurora global database',
  counts: 'heartbeats',
  verbs: {
    'data.look': (_, given) => [{ uses: 'rds.prove-global-writer', with: { on: given.on }, deadlineMs: 5 * MINUTE }],
    'data.take-over': (_, { to, how }) => [
      how === 'failover'
        ? { uses: 'rds.fail-over-global-cluster', with: { to }, deadlineMs: 10 * MINUTE }
        : { uses: 'rds.switch-over-global-cluster', with: { to }, deadlineMs: 10 * MINUTE },
    ],
    // Aurora makes the old primary a follower of the new one.
    'data.follow': (_, given) => [
      { uses: 'rds.prove-global-writer', with: { on: other(given.in) }, deadlineMs: 30 * MINUTE },
    ],
    'data.prove': (_, given) => [
      {
        uses: 'rds.prove-global-writer',
        with: { on: given.on, whole: false, otherLost: true },
        deadlineMs: 5 * MINUTE,
      },
    ],
    'data.count': (_, given) => [{ uses: 'data.count-heartbeats', with: { on: on(given.on) }, deadlineMs: MINUTE }],
  },
  findWriter: (_, where) => [{ uses: 'rds.find-global-writer', with: { on: where }, deadlineMs: MINUTE }],
};
