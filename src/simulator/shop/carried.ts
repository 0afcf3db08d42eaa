import { type Query, ROWS_AT_MOST, type Row } from '../../ports/sql.ts';
import { named } from '../faults.ts';
import type { Instance } from '../state.ts';
import type { World } from '../world.ts';
import type { Held } from './orders.ts';
import { rowCounts } from './rows.ts';

/** Assumption: so many rows are in a block of a table. */
const ROWS_A_BLOCK = 40;

/** Statements that change something in the database that tables are carried to. */
export const CARRYING = [
  ...['carry.make-schema', 'carry.mark-schema', 'carry.drop-schema', 'carry.make-table', 'carry.write'],
  ...['put-back.make-table', 'put-back.note', 'put-back.insert', 'put-back.delete'],
];

/** A database, with what drills made in it. */
interface Living {
  schemas: Instance['schemas'];
  held: Held;
}

/** The rows of a table that is carried over are numbers, and no more: a simulated database keeps none of its own. */
export function answerAboutCarried(world: World, database: Living, query: Query): Row[] {
  const { values = [], about = { schema: '' } } = query;
  const { schema, table = '' } = about;
  const there = database.schemas[schema];
  const nameThere = table.split('.').at(-1) ?? '';
  switch (query.name) {
    case 'carry.look':
      return [
        {
          there: there !== undefined,
          mark: there?.mark ?? null,
          bare: there?.mark === '',
          may_create: !world.simulation.carry.refused,
        },
      ];
    case 'carry.make-schema':
      database.schemas[schema] = { mark: about.mark ?? '', tables: {}, pages: [] };
      return [];
    case 'carry.mark-schema':
      if (!there) throw named('QueryFailed', `Unknown database '${schema}'`);
      there.mark = about.mark ?? '';
      return [];
    case 'carry.drop-schema':
      delete database.schemas[schema];
      return [];
    case 'carry.columns':
      if (schema === '') rowsOf(world, database, table);
      return [{ name: 'id', type: 'bigint', computed: false, kind: 'bigint', key_place: 1 }];
    case 'carry.make-table':
      if (!there) throw named('QueryFailed', `schema "${schema}" does not exist`);
      there.tables[nameThere] ??= 0;
      return [];
    case 'carry.parts':
      return [{ part: table, blocks: Math.ceil(rowsOf(world, database, table) / ROWS_A_BLOCK) }];
    case 'carry.read': {
      const [from, to] = values.map((at) => Number(String(at).slice(1).split(',')[0]) * ROWS_A_BLOCK) as [
        number,
        number,
      ];
      const end = Math.min(to, rowsOf(world, database, table));
      const rows = Array.from({ length: Math.max(0, end - from) }, (_, index) => `(${from + index})`);
      return [{ rows: JSON.stringify(rows), count: rows.length }];
    }
    case 'carry.next': {
      const from = Number(values[0] ?? 0);
      const left = Math.max(0, rowsOf(world, database, table) - from);
      return Array.from({ length: Math.min(left, ROWS_AT_MOST) }, (_, index) => ({
        contents: JSON.stringify([`${from + index + 1}`]),
        key_0: `${from + index + 1}`,
      }));
    }
    case 'carry.write': {
      if (!there) throw named('QueryFailed', `schema "${schema}" does not exist`);
      const rows: unknown[] = JSON.parse(String(values[0]));
      // A page has a name, or is known by its first row's key.
      const page = `${nameThere}/${values[2] ?? rows[0]}`;
      if (there.pages.includes(page)) return [];
      there.pages.push(page);
      there.tables[nameThere] = (there.tables[nameThere] ?? 0) + rows.length;
      return [];
    }
    case 'put-back.insert':
    case 'put-back.count':
      // Nothing is ever deleted in the simulated shop.
      return [{ rows: 0 }];
    case 'put-back.make-table':
    case 'put-back.note':
    case 'put-back.delete':
      return [];
    default: {
      if (schema === '') return [{ rows: rowsOf(world, database, table), checksum: null }];
      const arrived = (there?.tables[nameThere] ?? 0) - world.simulation.carry.losesRows;
      return [{ rows: Math.max(0, arrived), checksum: null }];
    }
  }
}

function rowsOf(world: World, { held }: Living, table: string): number {
  const row = rowCounts(world, held, world.clock.nowMs()).find(({ table_name }) => table_name === table);
  if (row) return Number(row.row_count);
  throw named('QueryFailed', `relation "${table}" does not exist`);
}
