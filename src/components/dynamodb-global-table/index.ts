import type * as z from 'zod';
import { componentsOf } from '../../drill/components.ts';
import { otherSide, type side } from '../described.ts';
import { afterFits } from '../fits.ts';
import { asLook, type KindOfComponent } from '../verbs.ts';
import { discoverTables } from './discover.ts';
import { dynamodbGlobalTableExample } from './example.ts';
import { consistencyFits, tablesDiffer } from './fits.ts';
import { freeTableLook, tableBackupsLook } from './looks/backups.ts';
import { tableLook } from './looks/tables.ts';
import { tablesQuota } from './quotas.ts';
import { addReplicas } from './steps/add-replicas.ts';
import { checkItems } from './steps/check-items.ts';
import { choosePointInTime } from './steps/choose-point-in-time.ts';
import { compareItems } from './steps/compare-items.ts';
import { compareRestored } from './steps/compare-restored.ts';
import { countItems } from './steps/count-items.ts';
import { deleteRestored } from './steps/delete-restored.ts';
import { lookAtTables } from './steps/look-at-tables.ts';
import { proveTables } from './steps/prove-tables.ts';
import { restoreTables } from './steps/restore-tables.ts';
import { namesIn, seenFrom, tableNeeds } from './steps/tables.ts';
import { takeOverTables } from './steps/take-over.ts';
import { writeItems } from './steps/write-items.ts';

const MINUTE = 60_000;

type Side = z.output<typeof side>;

/** Both regions hold the same; only numbered items can be compared. */
const compare = (from: Side, takeOver: string | undefined) => ({
  part: 'compare',
  uses: 'dynamodb.compare-items',
  with: { from, ...(takeOver !== undefined && { takeOver }) },
  deadlineMs: 5 * MINUTE,
});

/** Global tables of DynamoDB: every region takes writes, so no role moves and nothing is fenced. */
export const dynamodbGlobalTable: KindOfComponent<'dynamodb-global-table'> = {
  kind: 'dynamodb-global-table',
  group: 'data',
  title: 'global tables of DynamoDB',
  verbs: {
    'data.look': (_, given) => [
      {
        uses: 'dynamodb.look-at-tables',
        with: { on: given.on, ...asLook(given) },
        deadlineMs: given.lasts + 5 * MINUTE,
      },
    ],
    'data.take-over': (_, { to, how }) => [{ uses: 'dynamodb.take-over', with: { to, how }, deadlineMs: 5 * MINUTE }],
    'data.rejoin': ({ id, heartbeats }, { from }, scene) =>
      heartbeats ? [compare(from, scene.takenOver(id)?.step)] : [],
    'data.follow': ({ id, heartbeats }, { in: where }, scene) => [
      { part: 'replicas', uses: 'dynamodb.add-replicas', with: { in: where }, deadlineMs: 60 * MINUTE },
      ...(heartbeats ? [compare(otherSide(where), scene.takenOver(id)?.step)] : []),
    ],
    'data.prove': (_, { on }) => [{ uses: 'dynamodb.prove-tables', with: { on }, deadlineMs: 5 * MINUTE }],
    'data.count': ({ heartbeats }, { on }) =>
      heartbeats ? [{ uses: 'dynamodb.count-items', with: { on }, deadlineMs: MINUTE }] : [],
    'data.check': ({ id }, { on, expected }) => [
      { uses: 'dynamodb.check-items', with: { on, expected: `${expected}/${id}` }, deadlineMs: 5 * MINUTE },
    ],
  },
  wants: {
    'data.count': 'a data store with numbered rows or items: data.<name>.heartbeats',
    'data.rejoin': 'a data store with numbered rows or items: data.<name>.heartbeats',
  },
  standby: (store, to, regions) => {
    const target = seenFrom(to, store, regions);
    return [
      // The other region may be lost: what it says of the replicas there counts for nothing.
      ...tableNeeds(target).map((need) => ({ ...need, replicas: [] })),
      ...(store.backups
        ? namesIn(target).map((table) => ({
            need: 'dynamodb-backups' as const,
            region: regions[to],
            table,
            retentionMs: store.backups?.retention,
            for: 'later' as const,
          }))
        : []),
    ];
  },
  steps: [
    addReplicas,
    checkItems,
    choosePointInTime,
    compareItems,
    compareRestored,
    countItems,
    deleteRestored,
    lookAtTables,
    proveTables,
    restoreTables,
    takeOverTables,
    writeItems,
  ],
  quotas: { 'dynamodb-free-table': tablesQuota },
  looks: {
    'dynamodb-table': tableLook,
    'dynamodb-free-table': freeTableLook,
    'dynamodb-backups': tableBackupsLook,
  },
  discovery: { title: 'global tables of DynamoDB', discover: discoverTables },
  example: dynamodbGlobalTableExample,
  fits: (one, topology, path) => {
    const all = componentsOf(topology, 'dynamodb-global-table');
    const before = all.slice(
      0,
      all.findIndex(({ id }) => id === one.id),
    );
    return [...consistencyFits(one, topology, path), ...tablesDiffer(one, before, path), ...afterFits(one, topology)];
  },
  regions: ({ third }) => (third?.holds === 'replica' ? [third.region] : []),
};
