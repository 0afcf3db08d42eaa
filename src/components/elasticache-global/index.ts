import type { KindOfComponent } from '../verbs.ts';

const MINUTE = 60_000;

/** A cache whose global datastore joins both regions. */
export const elasticacheGlobal: KindOfComponent<'elasticache-global'> = {
  kind: 'elasticache-global',
  group: 'data',
  title: 'a cache of ElastiCache',
  counts: { not: 'the keys of a Redis datastore are not numbered, so nobody can count which are missing' },
  verbs: {
    'data.look': ({ globalDatastore }, given) =>
      globalDatastore === undefined
        ? []
        : [{ uses: 'elasticache.prove-primary', with: { on: given.on }, deadlineMs: 5 * MINUTE }],
    // ElastiCache makes the old primary a secondary in the same change: there is nothing to fence before.
    'data.take-over': ({ globalDatastore }, { to }) =>
      globalDatastore === undefined
        ? []
        : [{ uses: 'elasticache.fail-over-datastore', with: { to }, deadlineMs: 10 * MINUTE }],
    'data.prove': ({ id, globalDatastore }, given, scene) => {
      if (globalDatastore === undefined) return [];
      const seen = given.holds ? scene.looked(id) : undefined;
      const asked = { on: given.on, otherLost: true, ...(seen !== undefined && { holds: seen }) };
      return [{ uses: 'elasticache.prove-primary', with: asked, deadlineMs: 5 * MINUTE }];
    },
  },
  findWriter: ({ globalDatastore }, where) =>
    globalDatastore === undefined
      ? []
      : [{ uses: 'elasticache.find-primary', with: { on: where }, deadlineMs: MINUTE }],
};
