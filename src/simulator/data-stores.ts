import type { Component, Kind } from '../components/schemas.ts';
import type { Named } from '../drill/components.ts';
import { tablesStore } from './dynamodb/store.ts';
import { cacheStore } from './elasticache/store.ts';
import { globalStore } from './rds/global-store.ts';
import { pairStore } from './rds/pair-store.ts';
import type { StoreTwin } from './store-twin.ts';

/** The kinds of data store whose writer moves. */
const stores: { [K in Kind]?: StoreTwin<K> } = {
  'rds-replica': pairStore,
  'aurora-global': globalStore,
  'elasticache-global': cacheStore,
  'dynamodb-global-table': tablesStore,
};

/** The simulated store of a component; nothing, where its kind takes every write. */
export const storeTwinOf = ({ kind }: Named<Component>): StoreTwin<never> | undefined =>
  stores[kind] as StoreTwin<never> | undefined;
