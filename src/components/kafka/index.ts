import type { KindOfComponent } from '../verbs.ts';

const MINUTE = 60_000;

/** Kafka in both regions, with MirrorMaker between them. */
export const kafka: KindOfComponent<'kafka'> = {
  kind: 'kafka',
  group: 'data',
  title: 'Kafka with MirrorMaker between the regions',
  counts: 'markers',
  verbs: {
    'data.fence': (_, { on }) =>
      on === 'primary'
        ? [{ uses: 'kafka.stop-consumers', with: { in: on, mayBeLost: true }, deadlineMs: 5 * MINUTE }]
        : [],
    // Only what was mirrored can be gone on with; planned, and on the way home, a drill of its own moves them.
    'data.take-over': (_, { to, how }) =>
      how === 'switchover' || to === 'primary'
        ? []
        : [
            { part: 'checkpoints', uses: 'kafka.take-checkpoints', deadlineMs: 2 * MINUTE },
            {
              part: 'commit',
              uses: 'kafka.commit-offsets',
              with: (named) => ({ translation: named('checkpoints') }),
              deadlineMs: 2 * MINUTE,
            },
            { part: 'start', uses: 'kafka.start-consumers', with: { in: 'recovery' }, deadlineMs: 10 * MINUTE },
            {
              part: 'producers',
              uses: 'kafka.point-producers',
              with: (named) => ({ to: 'recovery', in: 'recovery', validated: named('checkpoints') }),
              deadlineMs: 10 * MINUTE,
            },
          ],
    'data.prove': ({ id }, given, scene) =>
      scene.takenOver(id)?.to === given.on
        ? [{ uses: 'kafka.prove-consumption', with: { on: given.on }, deadlineMs: 6 * MINUTE }]
        : [],
  },
};
