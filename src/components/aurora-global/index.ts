import type * as z from 'zod';
import { needed } from '../../steps/given.ts';
import { otherSide, secretRegion, type side } from '../described.ts';
import { afterFits, authorityFound, differ } from '../fits.ts';
import { followsEndpoint } from '../rds/zone.ts';
import { asLook, asPoint, type KindOfComponent, ms } from '../verbs.ts';
import { discoverAuroraGlobals } from './discover.ts';
import { clusterEndpoint } from './endpoint.ts';
import { auroraGlobalExample } from './example.ts';
import { clustersFit } from './fits.ts';
import { reportedLagMs } from './lag.ts';
import { clusterBackupsLook } from './looks/cluster-backups.ts';
import { freeClusterLook, freeClusterSnapshotLook } from './looks/free-clusters.ts';
import { globalClusterLook } from './looks/global-cluster.ts';
import { dbClusterSnapshots, dbClusters } from './quotas.ts';
import { addClusterInstance } from './steps/add-cluster-instance.ts';
import { addRestoredInstance } from './steps/add-restored-instance.ts';
import { chooseClusterRecoveryPoint } from './steps/choose-cluster-recovery-point.ts';
import { copyClusterSnapshot } from './steps/copy-cluster-snapshot.ts';
import { deleteClusterSnapshot } from './steps/delete-cluster-snapshot.ts';
import { deleteRestoredCluster } from './steps/delete-restored-cluster.ts';
import { failOverGlobalCluster } from './steps/fail-over-global-cluster.ts';
import { failOverClusterZone } from './steps/fail-over-zone.ts';
import { fenceCluster } from './steps/fence-cluster.ts';
import { findGlobalWriter } from './steps/find-global-writer.ts';
import { lookAtGlobalCluster } from './steps/look-at-global-cluster.ts';
import { proveGlobalWriter } from './steps/prove-global-writer.ts';
import { rejoinCluster } from './steps/rejoin-cluster.ts';
import { restoreClusterFromSnapshot } from './steps/restore-cluster-from-snapshot.ts';
import { restoreClusterToPointInTime } from './steps/restore-cluster-to-point-in-time.ts';
import { switchOverGlobalCluster } from './steps/switch-over-global-cluster.ts';
import { verifyGlobalCluster } from './steps/verify-global-cluster.ts';
import { verifyClusterZone } from './steps/verify-zone.ts';
import { clusterTrouble } from './trouble.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** What takes over is to have a backup that is no older. */
const BACKUP_MAX_AGE_MS = 24 * HOUR;

type Side = z.output<typeof side>;

const on = (where: Side) => (where === 'primary' ? 'writer' : 'replica');

/** Holds the side that follows against the one that takes the writes, table by table. */
const compare = (from: Side) => ({
  part: 'compare',
  uses: 'data.compare-sides',
  with: { from: on(from) },
  deadlineMs: 5 * MINUTE,
});

/** An Aurora global database, whose clusters take each other's place. */
export const auroraGlobal: KindOfComponent<'aurora-global'> = {
  kind: 'aurora-global',
  group: 'data',
  title: 'an Aurora global database',
  verbs: {
    'data.look': (_, given) => [
      {
        uses: 'rds.look-at-global-cluster',
        with: { on: given.on, ...asLook(given) },
        deadlineMs: given.lasts + 5 * MINUTE,
      },
    ],
    'data.fence': ({ id, ...store }, { on: where, alone }) => {
      // Aurora stops its old writer only as part of a failover of its own.
      if (alone) needed(store[where].quarantineSecurityGroup, `data.${id}.${where}.quarantineSecurityGroup`);
      return [{ uses: 'rds.fence-cluster', with: { on: where }, deadlineMs: 5 * MINUTE }];
    },
    'data.take-over': ({ recovery }, { to, how }) => [
      // A cluster without an instance cannot take the writes.
      ...(to === 'recovery' && recovery.newInstance
        ? [
            {
              part: 'instance',
              uses: 'rds.add-cluster-instance',
              with: { in: to },
              deadlineMs: 20 * MINUTE,
            },
          ]
        : []),
      {
        ...(to === 'recovery' && recovery.newInstance && { part: 'writer' }),
        uses: how === 'failover' ? 'rds.fail-over-global-cluster' : 'rds.switch-over-global-cluster',
        with: { to },
        deadlineMs: 10 * MINUTE,
      },
    ],
    'data.fail-over-zone': (_, given) => [{ uses: 'rds.fail-over-cluster-zone', with: { on: given.on } }],
    'data.follow-endpoint': followsEndpoint,
    'data.prove-zone': ({ id }, given) => [
      {
        uses: 'rds.verify-cluster-zone',
        with: { on: given.on, failover: `${given.failover}/${id}`, within: ms(given.within) },
      },
    ],
    'data.open': (_, given) => [{ uses: 'data.allow-writes', with: { on: on(given.on) }, deadlineMs: 2 * MINUTE }],
    'data.keep-out': (_, given) => [{ uses: 'rds.fence-cluster', with: { on: given.on }, deadlineMs: 5 * MINUTE }],
    'data.rejoin': (_, { from }) => [
      { part: 'roles', uses: 'rds.prove-global-writer', with: { on: from }, deadlineMs: 10 * MINUTE },
      compare(from),
    ],
    // Aurora makes the old primary cluster follow the new one.
    'data.follow': (_, given) => [
      { part: 'rejoin', uses: 'rds.rejoin-cluster', with: { in: given.in }, deadlineMs: 30 * MINUTE },
      { part: 'roles', uses: 'rds.prove-global-writer', with: { on: otherSide(given.in) }, deadlineMs: 10 * MINUTE },
      compare(otherSide(given.in)),
    ],
    'data.prove': (_, given) => [
      {
        uses: 'rds.prove-global-writer',
        with: { on: given.on, whole: false, otherLost: true },
        deadlineMs: 5 * MINUTE,
      },
    ],
    'data.count': (_, given) => [{ uses: 'data.count-heartbeats', with: { on: on(given.on) }, deadlineMs: MINUTE }],
    'data.check': ({ id }, given) => [
      {
        uses: 'data.check-data',
        with: { on: on(given.on), expected: `${given.expected}/${id}` },
        deadlineMs: 5 * MINUTE,
      },
    ],
    'data.choose-recovery-point': (_, given) => [
      { uses: 'rds.choose-cluster-recovery-point', with: asPoint(given), deadlineMs: MINUTE },
    ],
    'data.copy-recovery-point': (_, { point, to, as }) => [
      { uses: 'rds.copy-cluster-snapshot', with: { point, to, identifier: as }, deadlineMs: 6 * HOUR },
    ],
    'data.restore': (_, { point, as, in: where, keep }, scene) => {
      const { from, as: snapshot } = scene.withOf(point);
      const asked = { point, identifier: as, keep };
      return [
        from === 'point-in-time'
          ? { part: 'cluster', uses: 'rds.restore-cluster-to-point-in-time', with: asked, deadlineMs: 45 * MINUTE }
          : {
              part: 'cluster',
              uses: 'rds.restore-cluster-from-snapshot',
              with: { ...asked, in: where, ...(typeof snapshot === 'string' && { snapshot }) },
              deadlineMs: 45 * MINUTE,
            },
        {
          part: 'instance',
          uses: 'rds.add-restored-instance',
          with: { in: where, identifier: as, keep },
          deadlineMs: 30 * MINUTE,
        },
      ];
    },
    'data.discard': (_, { as, in: where }) => [
      { uses: 'rds.delete-restored-cluster', with: { identifier: as, in: where }, deadlineMs: 40 * MINUTE },
    ],
    'data.discard-recovery-point': (_, { as, in: where }) => [
      { uses: 'rds.delete-cluster-snapshot', with: { identifier: as, in: where }, deadlineMs: 20 * MINUTE },
    ],
    'data.prove-unchanged': () => [{ uses: 'rds.verify-global-cluster', deadlineMs: MINUTE }],
  },
  endpoint: clusterEndpoint,
  trouble: clusterTrouble,
  lag: ({ region, instance }, ...asked) => reportedLagMs(region, instance, ...asked),
  standby: (store, to, regions) => [
    ...store[to].instances.map(({ identifier: instance }) => ({
      need: 'rds-instance' as const,
      region: regions[to],
      instance,
      state: 'serving' as const,
    })),
    {
      need: 'rds-cluster-backups',
      region: regions[to],
      cluster: store[to].cluster,
      restores: 'nothing',
      snapshotMaxAgeMs: BACKUP_MAX_AGE_MS,
    },
  ],
  findWriter: (_, where) => ({ uses: 'rds.find-global-writer', with: { on: where }, deadlineMs: MINUTE }),
  steps: [
    addClusterInstance,
    failOverClusterZone,
    addRestoredInstance,
    chooseClusterRecoveryPoint,
    copyClusterSnapshot,
    deleteClusterSnapshot,
    deleteRestoredCluster,
    failOverGlobalCluster,
    fenceCluster,
    findGlobalWriter,
    lookAtGlobalCluster,
    proveGlobalWriter,
    rejoinCluster,
    restoreClusterFromSnapshot,
    restoreClusterToPointInTime,
    switchOverGlobalCluster,
    verifyClusterZone,
    verifyGlobalCluster,
  ],
  quotas: { 'rds-free-cluster': dbClusters, 'rds-free-cluster-snapshot': dbClusterSnapshots },
  looks: {
    'rds-cluster-backups': clusterBackupsLook,
    'rds-free-cluster': freeClusterLook,
    'rds-free-cluster-snapshot': freeClusterSnapshotLook,
    'rds-global-cluster': globalClusterLook,
  },
  discovery: { title: 'Aurora global databases', discover: discoverAuroraGlobals },
  example: auroraGlobalExample,
  fits: (one, topology, path) => [
    ...differ([...path, 'recovery', 'cluster'], one.recovery.cluster, one.primary.cluster),
    ...clustersFit(one, topology, path),
    ...authorityFound(one.login, [...path, 'login', 'ca']),
    ...afterFits(one, topology),
  ],
  named: ({ primary, recovery }) => [primary.cluster, recovery.cluster],
  regions: ({ others, login }) => [...others.map(({ region }) => region), ...secretRegion(login)],
};
