import type { Row } from '../../ports/sql.ts';
import type { World } from '../world.ts';
import { type Held, itemsOf, ordersBy, type Span } from './orders.ts';

const CUSTOMERS_AT_FIRST = 20_000;
const ORDERS_PER_CUSTOMER = 5;
const PRODUCTS = 1_200;
/** The checks look at this many wrong rows and no more. */
const LIMIT = 20;

/** Row counts of a database as of a time, worked out and never stored. */
export function rowCounts(world: World, held: Held, asOfMs: number): Row[] {
  const spans = held.orders(asOfMs);
  const orders = spans.reduce((sum, [first, end]) => sum + end - first, 0);
  const items = spans.reduce((sum, [first, end]) => sum + itemsOf(end) - itemsOf(first), 0);
  const { first, end } = lostOrders(world, held);
  const within = (from: number, to: number): Span[] =>
    spans.map((span): Span => [Math.max(span[0], from), Math.max(Math.max(span[0], from), Math.min(span[1], to))]);
  const lost = within(first, end).reduce((sum, span) => sum + span[1] - span[0], 0);
  const whole = wholeOrders(world, held);
  const gone = within(whole.first, whole.end);
  const goneOrders = gone.reduce((sum, span) => sum + span[1] - span[0], 0);
  const goneItems = gone.reduce((sum, span) => sum + itemsOf(span[1]) - itemsOf(span[0]), 0);
  return [
    { table_name: 'customers', row_count: CUSTOMERS_AT_FIRST + Math.floor(orders / ORDERS_PER_CUSTOMER) },
    { table_name: 'products', row_count: PRODUCTS },
    { table_name: 'orders', row_count: orders - lost - goneOrders },
    { table_name: 'order_items', row_count: items - goneItems + world.simulation.data.orphanItems },
  ];
}

/** The numbers of the rows of each table, as of a time. */
export function numbersOf(world: World, held: Held, asOfMs: number): Record<string, Span[]> {
  const orders = held.orders(asOfMs);
  const counts = Object.fromEntries(
    rowCounts(world, held, asOfMs).map(({ table_name, row_count }) => [String(table_name), Number(row_count)]),
  );
  return {
    customers: [[0, counts.customers ?? 0]],
    products: [[0, PRODUCTS]],
    orders,
    order_items: orders.map(([first, end]): Span => [itemsOf(first), itemsOf(end)]),
  };
}

/** Represents the contents of a table at a time. It differs if any row is missing. */
export function checksums(world: World, held: Held, asOfMs: number): Row[] {
  const spans = held.orders(asOfMs);
  const { first: lostFirst, end: lostEnd } = lostOrders(world, held);
  const total = (numbers: number[]) => numbers.reduce((sum, one) => sum + one, 0);
  const orders =
    total(spans.map(([first, end]) => sumOf(first, end))) -
    total(spans.map(([first, end]) => sumOf(Math.max(first, lostFirst), Math.min(end, lostEnd))));
  const sums: Record<string, number> = {
    orders: orders + (held.copy?.altered ?? 0),
    order_items: total(spans.map(([first, end]) => sumOf(itemsOf(first), itemsOf(end)))),
  };
  return rowCounts(world, held, asOfMs).map(({ table_name, row_count }) => ({
    table_name: String(table_name),
    checksum: `${sums[String(table_name)] ?? sumOf(0, Number(row_count))} over ${row_count} rows`,
  }));
}

/** Of the whole numbers from `first` to below `end`. */
const sumOf = (first: number, end: number): number => (end <= first ? 0 : ((first + end - 1) * (end - first)) / 2);

/** The newest orders of a backup, when the simulation has it lose some. */
function lostOrders(world: World, { copy }: Held): { first: number; end: number } {
  if (!copy || copy.lostOrders === 0) return { first: 0, end: 0 };
  const end = ordersBy(world, copy.untilMs);
  return { first: end - copy.lostOrders, end };
}

/** Those that it loses together with their items, so that nothing in it points at what is missing. */
function wholeOrders(world: World, { copy }: Held): { first: number; end: number } {
  if (!copy?.wholeOrders) return { first: 0, end: 0 };
  const end = ordersBy(world, copy.untilMs);
  return { first: end - copy.wholeOrders, end };
}

/** The wrong rows that each check would find, by the check's name. */
export const wrongRows: Record<string, (world: World, held: Held, nowMs: number) => Row[]> = {
  'orders-without-customer': ({ draw, simulation }) => some('orphan-orders', simulation.data.orphanOrders, draw),
  'items-without-order': (world, held) => {
    const orphans = some('orphan-items', world.simulation.data.orphanItems, world.draw);
    const { first, end } = lostOrders(world, held);
    const firstItem = itemsOf(first) + 1;
    const left = Math.min(LIMIT, itemsOf(end) + 1 - firstItem);
    return [...orphans, ...rows(left, (index) => firstItem + index)].slice(0, LIMIT);
  },
  'items-without-product': ({ draw, simulation }) =>
    some('items-without-product', simulation.data.itemsWithoutProduct, draw),
  'negative-stock': ({ simulation }) => rows(Math.min(simulation.data.negativeStock, PRODUCTS), (index) => index + 1),
  'future-orders': (world, _held, nowMs) =>
    rows(world.simulation.data.futureOrders, (index) => ordersBy(world, nowMs) + 1 + index),
  'order-totals': ({ draw, simulation }) => some('wrong-totals', simulation.data.wrongTotals, draw),
  'foreign-keys': ({ simulation }) => named(simulation.data.unvalidatedKeys, KEYS),
  sequences: ({ simulation }) => named(simulation.data.sequencesBehind, SEQUENCES),
  indexes: ({ simulation }) => named(simulation.data.invalidIndexes, INDEXES),
  'prepared-transactions': ({ simulation }) =>
    Array.from({ length: Math.min(LIMIT, simulation.data.preparedTransactions) }, (_, index) => ({
      id: `checkout-${index + 1}`,
    })),
};

const KEYS = ['orders_customer_id_fkey', 'order_items_order_id_fkey', 'order_items_product_id_fkey'];
const SEQUENCES = ['orders_id_seq', 'order_items_id_seq', 'customers_id_seq', 'products_id_seq'];
const INDEXES = ['orders_created_at_idx', 'order_items_order_id_idx', 'orders_customer_id_idx'];

const named = (count: number, names: readonly string[]): Row[] => names.slice(0, count).map((id) => ({ id }));

const rows = (count: number, idOf: (index: number) => number): Row[] =>
  Array.from({ length: Math.min(LIMIT, Math.max(0, count)) }, (_, index) => ({ id: idOf(index) }));

/** So many old rows, somewhere. */
const some = (key: string, count: number, draw: World['draw']): Row[] => {
  const from = 1_000 + Math.floor(draw(key) * 500_000);
  return rows(count, (index) => from + index * 7);
};
