import type * as z from 'zod';
import { isAsked } from '../../ports/sql.ts';
import { stopsWrites } from '../../steps/data/writing.ts';
import { otherSide, secretRegion, type side } from '../described.ts';
import { afterFits, authorityFound, differ } from '../fits.ts';
import { followsEndpoint } from '../rds/zone.ts';
import { asLook, asPoint, type KindOfComponent, ms } from '../verbs.ts';
import { describedNeed } from './describes.ts';
import { discoverRdsReplicas } from './discover.ts';
import { instanceEndpoint } from './endpoint.ts';
import { rdsReplicaExample } from './example.ts';
import { reportedLagMs } from './lag.ts';
import { backupsLook } from './looks/backups.ts';
import { freeSnapshotLook } from './looks/free-snapshots.ts';
import { instanceClassLook, optionGroupLook, parameterGroupLook, subnetGroupLook } from './looks/groups.ts';
import { instanceLook } from './looks/instances.ts';
import { keyLook } from './looks/keys.ts';
import { replicationLook } from './looks/replication.ts';
import { securityGroupsLook } from './looks/security-groups.ts';
import { dbInstances, dbSnapshots } from './quotas.ts';
import { dataBaseline } from './steps/baseline.ts';
import { catchUp } from './steps/catch-up.ts';
import { chooseRecoveryPoint } from './steps/choose-recovery-point.ts';
import { compareOldWriter } from './steps/compare-old-writer.ts';
import { copySnapshot } from './steps/copy-snapshot.ts';
import { createReplica } from './steps/create-replica.ts';
import { deleteInstance } from './steps/delete-instance.ts';
import { deleteSnapshot } from './steps/delete-snapshot.ts';
import { failOverZone } from './steps/fail-over-zone.ts';
import { fenceWriter } from './steps/fence-writer.ts';
import { findWriter } from './steps/find-writer.ts';
import { followEndpoint } from './steps/follow-endpoint.ts';
import { orderReplica } from './steps/order-replica.ts';
import { promoteReplica } from './steps/promote-replica.ts';
import { promoteTestReplica } from './steps/promote-test-replica.ts';
import { protectWriter } from './steps/protect-writer.ts';
import { proveWriter } from './steps/prove-writer.ts';
import { rebuildReplica } from './steps/rebuild-replica.ts';
import { restoreFromSnapshot } from './steps/restore-from-snapshot.ts';
import { restoreToPointInTime } from './steps/restore-to-point-in-time.ts';
import { asideOf, setAside } from './steps/set-aside.ts';
import { verifyPair } from './steps/verify-pair.ts';
import { verifyZone } from './steps/verify-zone.ts';
import { waitForReplica } from './steps/wait-for-replica.ts';
import { instanceTrouble } from './trouble.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** What takes over is to have a backup that is no older. */
const BACKUP_MAX_AGE_MS = 24 * HOUR;

type Side = z.output<typeof side>;

const on = (where: Side) => (where === 'primary' ? 'writer' : 'replica');

/** An RDS instance and its cross-region read replica, which take each other's place. */
export const rdsReplica: KindOfComponent<'rds-replica'> = {
  kind: 'rds-replica',
  group: 'data',
  title: 'an RDS instance with a cross-region read replica',
  verbs: {
    'data.look': (_, given) => [
      {
        uses: 'data.baseline',
        with: { on: on(given.on), ...asLook(given) },
        deadlineMs: given.lasts + 5 * MINUTE,
      },
    ],
    'data.fence': (_, given) => [{ uses: 'rds.fence-writer', with: { on: on(given.on) }, deadlineMs: 3 * MINUTE }],
    'data.take-over': (_, { to, how, takesWrites }) =>
      how === 'failover'
        ? [promote(to, takesWrites)]
        : [
            { part: 'stop', uses: 'data.stop-writes', with: { on: on(otherSide(to)), drain: '10 s' } },
            { part: 'catch-up', uses: 'data.catch-up', with: { from: on(otherSide(to)) }, deadlineMs: 2 * MINUTE },
            // Reading on was harmless so far; from here on nobody gets in.
            { part: 'fence', uses: 'rds.fence-writer', with: { on: on(otherSide(to)) }, deadlineMs: 3 * MINUTE },
            { part: 'promote', ...promote(to, false), givesWriter: true },
            { part: 'allow', uses: 'data.allow-writes', with: { on: on(to) }, deadlineMs: 2 * MINUTE },
          ],
    'data.fail-over-zone': (_, given) => [{ uses: 'rds.fail-over-zone', with: { on: on(given.on) } }],
    'data.follow-endpoint': followsEndpoint,
    'data.prove-zone': ({ id }, given) => [
      {
        uses: 'rds.verify-zone',
        with: { on: on(given.on), failover: `${given.failover}/${id}`, within: ms(given.within) },
      },
    ],
    'data.open': ({ engine }, given) =>
      !stopsWrites(engine) ? [] : [{ uses: 'data.allow-writes', with: { on: on(given.on) }, deadlineMs: 2 * MINUTE }],
    'data.keep-out': (_, given) => [{ uses: 'rds.fence-writer', with: { on: on(given.on) }, deadlineMs: 5 * MINUTE }],
    'data.rejoin': (_, { from }) => [
      { part: 'catch-up', uses: 'data.catch-up', with: { from: on(from) }, deadlineMs: 10 * MINUTE },
      { part: 'compare', uses: 'data.compare-sides', with: { from: on(from) }, deadlineMs: 5 * MINUTE },
    ],
    'data.follow': (store, given) => [
      ...(isAsked(store.engine)
        ? [
            {
              part: 'compare-old',
              uses: 'rds.compare-old-writer',
              with: { on: on(given.in) },
              deadlineMs: 60 * MINUTE,
            },
          ]
        : []),
      // The old writer keeps its data under another name. A person decides what to do with it.
      { part: 'set-aside', uses: 'rds.set-aside', with: { on: on(given.in) }, deadlineMs: 20 * MINUTE },
      {
        part: 'rebuild',
        uses: 'rds.rebuild-replica',
        with: { on: on(given.in), keyOf: asideOf(store[on(given.in)].identifier) },
        deadlineMs: 90 * MINUTE,
      },
      {
        part: 'catch-up',
        uses: 'data.catch-up',
        with: { from: on(otherSide(given.in)), within: ms(given.within) },
        deadlineMs: 60 * MINUTE,
      },
      { part: 'compare', uses: 'data.compare-sides', with: { from: on(otherSide(given.in)) }, deadlineMs: 5 * MINUTE },
    ],
    'data.prove': (_, given) => [
      {
        uses: 'rds.prove-writer',
        with: { on: on(given.on), fenced: given.fenced, protected: given.protected },
        deadlineMs: 15 * MINUTE,
      },
    ],
    'data.count': ({ engine }, given) =>
      !isAsked(engine) ? [] : [{ uses: 'data.count-heartbeats', with: { on: on(given.on) }, deadlineMs: MINUTE }],
    'data.check': ({ id, engine }, given) =>
      !isAsked(engine)
        ? []
        : [
            {
              uses: 'data.check-data',
              with: { on: on(given.on), expected: `${given.expected}/${id}` },
              deadlineMs: 5 * MINUTE,
            },
          ],
    'data.protect': ({ nextReplica }, given) => [
      {
        ...(given.replica && nextReplica && { part: 'writer' }),
        uses: 'rds.protect-writer',
        with: { on: on(given.on), multiAz: given.multiAz },
        deadlineMs: 15 * MINUTE,
      },
      ...(given.replica && nextReplica
        ? [{ part: 'replica', uses: 'rds.order-replica', with: { on: on(given.on) }, deadlineMs: 30 * MINUTE }]
        : []),
    ],
    'data.choose-recovery-point': (_, given) => [
      { uses: 'rds.choose-recovery-point', with: asPoint(given), deadlineMs: MINUTE },
    ],
    'data.copy-recovery-point': (_, { point, to, as }) => [
      { uses: 'rds.copy-snapshot', with: { point, to, identifier: as }, deadlineMs: 6 * HOUR },
    ],
    'data.restore': (_, { point, as, in: where, keep }, scene) => {
      const { from, as: snapshot } = scene.withOf(point);
      const asked = { on: on(where), point, identifier: as, keep };
      return from === 'point-in-time'
        ? [{ uses: 'rds.restore-to-point-in-time', with: asked, deadlineMs: 45 * MINUTE }]
        : [
            {
              uses: 'rds.restore-from-snapshot',
              with: { ...asked, ...(typeof snapshot === 'string' && { snapshot }) },
              deadlineMs: 45 * MINUTE,
            },
          ];
    },
    'data.discard': (_, { as, in: where }) => [
      { uses: 'rds.delete-instance', with: { identifier: as, in: where }, deadlineMs: 20 * MINUTE },
    ],
    'data.discard-recovery-point': (_, { as, in: where }) => [
      { uses: 'rds.delete-snapshot', with: { identifier: as, in: where }, deadlineMs: 20 * MINUTE },
    ],
    'data.prove-unchanged': () => [{ uses: 'rds.verify-pair', deadlineMs: MINUTE }],
  },
  trouble: instanceTrouble,
  describes: describedNeed,
  endpoint: instanceEndpoint,
  lag: ({ region, instance }, ...asked) => reportedLagMs(region, instance, ...asked),
  standby: (store, to, regions) => [
    {
      need: 'rds-instance',
      region: regions[to],
      instance: store[on(to)].identifier,
      state: 'serving',
      role: 'replica',
    },
    {
      need: 'rds-backups',
      region: regions[to],
      instance: store[on(to)].identifier,
      restores: 'nothing',
      snapshotMaxAgeMs: BACKUP_MAX_AGE_MS,
    },
  ],
  findWriter: (_, where) => ({ uses: 'rds.find-writer', with: { on: on(where) }, deadlineMs: MINUTE }),
  steps: [
    dataBaseline,
    catchUp,
    chooseRecoveryPoint,
    compareOldWriter,
    copySnapshot,
    createReplica,
    deleteInstance,
    deleteSnapshot,
    failOverZone,
    fenceWriter,
    findWriter,
    followEndpoint,
    orderReplica,
    promoteReplica,
    promoteTestReplica,
    protectWriter,
    proveWriter,
    rebuildReplica,
    restoreFromSnapshot,
    restoreToPointInTime,
    setAside,
    verifyPair,
    verifyZone,
    waitForReplica,
  ],
  quotas: { 'rds-instance': dbInstances, 'rds-free-snapshot': dbSnapshots },
  looks: {
    'rds-backups': backupsLook,
    'rds-free-snapshot': freeSnapshotLook,
    'db-class': instanceClassLook,
    'db-option-group': optionGroupLook,
    'db-parameter-group': parameterGroupLook,
    'db-subnet-group': subnetGroupLook,
    'rds-instance': instanceLook,
    'kms-key': keyLook,
    'rds-replication': replicationLook,
    'security-groups': securityGroupsLook,
  },
  discovery: { title: 'RDS instances with a cross-region replica', discover: discoverRdsReplicas },
  example: rdsReplicaExample,
  fits: (one, topology, path) => [
    ...differ([...path, 'replica', 'identifier'], one.replica.identifier, one.writer.identifier),
    ...authorityFound(one.login, [...path, 'login', 'ca']),
    ...afterFits(one, topology),
  ],
  named: ({ writer, replica }) => [writer.identifier, replica.identifier],
  regions: ({ nextReplica, login }) => [...(nextReplica ? [nextReplica.region] : []), ...secretRegion(login)],
};

const promote = (to: Side, takesWrites: boolean) => ({
  uses: 'rds.promote-replica',
  with: { on: on(to), takesWrites },
  deadlineMs: 10 * MINUTE,
});
