import { startPair as startMariaDbPair } from '../mariadb/pair.ts';
import { openShop as openMariaDbShop } from '../mariadb/shop.ts';
import { startPair as startPostgresPair } from '../postgres/index.ts';
import { openShop as openPostgresShop } from '../postgres/shop.ts';
import type { Engine } from './database.ts';

export const engines = {
  postgres: { port: 5432, startPair: startPostgresPair, openShop: openPostgresShop },
  mariadb: { port: 3306, startPair: startMariaDbPair, openShop: openMariaDbShop },
} satisfies Record<string, Engine>;
