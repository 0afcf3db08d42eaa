import type { Path } from '../../drill/locate.ts';
import { type Complaint, complaint } from '../../drill/mistakes.ts';
import { secretRegion } from '../described.ts';
import { afterFits } from '../fits.ts';
import type { KindOfComponent } from '../verbs.ts';
import { discoverCaches } from './discover.ts';
import { elasticacheGlobalExample } from './example.ts';
import { cacheDatastoreLook } from './looks/cache-datastores.ts';
import { cacheGroupLook, cacheSnapshotLook } from './looks/cache-groups.ts';
import { cacheParameterGroupLook, cacheSubnetGroupLook } from './looks/cache-placement.ts';
import { cacheNodes } from './quotas.ts';
import type { ElasticacheGlobal } from './schema.ts';
import { chooseSnapshot } from './steps/choose-snapshot.ts';
import { compareKeys } from './steps/compare-keys.ts';
import { deleteGroup } from './steps/delete-group.ts';
import { failOverDatastore } from './steps/fail-over-datastore.ts';
import { findPrimary } from './steps/find-primary.ts';
import { provePrimary } from './steps/prove-primary.ts';
import { restoreSnapshot } from './steps/restore-snapshot.ts';

const MINUTE = 60_000;

/** A cache whose global datastore joins both regions. */
export const elasticacheGlobal: KindOfComponent<'elasticache-global'> = {
  kind: 'elasticache-global',
  group: 'data',
  title: 'a cache of ElastiCache',
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
  standby: (store, to, regions) => {
    const group = store[to]?.replicationGroup;
    if (store.globalDatastore === undefined || group === undefined) return [];
    return [{ need: 'cache-group', region: regions[to], group, state: 'serving' }];
  },
  findWriter: ({ globalDatastore }, where) =>
    globalDatastore === undefined
      ? undefined
      : { uses: 'elasticache.find-primary', with: { on: where }, deadlineMs: MINUTE },
  steps: [chooseSnapshot, compareKeys, deleteGroup, failOverDatastore, findPrimary, provePrimary, restoreSnapshot],
  quotas: { 'cache-group': cacheNodes },
  looks: {
    'cache-datastore': cacheDatastoreLook,
    'cache-group': cacheGroupLook,
    'cache-snapshot': cacheSnapshotLook,
    'cache-parameter-group': cacheParameterGroupLook,
    'cache-subnet-group': cacheSubnetGroupLook,
  },
  discovery: { title: 'caches of ElastiCache', discover: discoverCaches },
  example: elasticacheGlobalExample,
  fits: (one, topology, path) => [
    ...(!one.recovery === !one.globalDatastore ? [] : [datastoreHalf(one, path)]),
    ...afterFits(one, topology),
  ],
  regions: ({ login }) => secretRegion(login),
};

/** A global datastore joins two groups, and a group in the other region follows by nothing else. */
const datastoreHalf = ({ recovery }: ElasticacheGlobal, path: Path): Complaint =>
  complaint(
    path,
    `${path.join('.')} has ${recovery ? "'recovery' but no 'globalDatastore'" : "'globalDatastore' but no 'recovery'"}`,
    { expected: 'both, or neither' },
  );
