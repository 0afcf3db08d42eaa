import type * as z from 'zod';
import type { side } from '../described.ts';
import { secretRegion } from '../described.ts';
import { afterFits, authorityFound, differ } from '../fits.ts';
import type { KindOfComponent } from '../verbs.ts';
import { discoverAuroraGlobals } from './discover.ts';
import { auroraGlobalExample } from './example.ts';
import { globalClusterLook } from './looks.ts';
import { failOverGlobalCluster } from './steps/fail-over-global-cluster.ts';
import { fenceCluster } from './steps/fence-cluster.ts';
import { findGlobalWriter } from './steps/find-global-writer.ts';
import { proveGlobalWriter } from './steps/prove-global-writer.ts';
import { switchOverGlobalCluster } from './steps/switch-over-global-cluster.ts';

const MINUTE = 60_000;

type Side = z.output<typeof side>;

const on = (where: Side) => (where === 'primary' ? 'writer' : 'replica');
const other = (where: Side): Side => (where === 'primary' ? 'recovery' : 'primary');

/** An Aurora global database, whose clusters take each other's place. */
export const auroraGlobal: KindOfComponent<'aurora-global'> = {
  kind: 'aurora-global',
  group: 'data',
  title: 'an Aurora global database',
  verbs: {
    'data.look': (_, given) => [{ uses: 'rds.prove-global-writer', with: { on: given.on }, deadlineMs: 5 * MINUTE }],
    'data.fence': (_, given) => [{ uses: 'rds.fence-cluster', with: { on: given.on }, deadlineMs: 3 * MINUTE }],
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
  steps: [failOverGlobalCluster, fenceCluster, findGlobalWriter, proveGlobalWriter, switchOverGlobalCluster],
  looks: { 'rds-global-cluster': globalClusterLook },
  discovery: { title: 'Aurora global databases', discover: discoverAuroraGlobals },
  example: auroraGlobalExample,
  fits: (one, topology, path) => [
    ...differ([...path, 'recovery', 'cluster'], one.recovery.cluster, one.primary.cluster),
    ...authorityFound(one.login, [...path, 'login', 'ca']),
    ...afterFits(one, topology),
  ],
  regions: ({ login }) => secretRegion(login),
};
