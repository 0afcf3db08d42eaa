import type { Query } from '../../ports/sql.ts';

/** A question to a database whose right answer is no row at all. */
export interface IntegrityCheck {
  check: string;
  title: string;
  query: Query;
}

const integrity = (check: string, title: string, text: string): IntegrityCheck => ({
  check,
  title,
  query: { name: check, text },
});

/** Tables that must be there, with a row count to compare. */
export const tables = ['customers', 'products', 'orders', 'order_items'] as const;

/** One row a table: `{ table_name, rows }`, counting what existed at `asOfMs` (epoch milliseconds). */
export const rowCounts = (asOfMs: number): Query => ({
  name: 'row-counts',
  text: tables
    .map((t) => `select '${t}' as table_name, count(*) as rows from ${t} where created_at <= to_timestamp($1 / 1000.0)`)
    .join(' union all '),
  values: [asOfMs],
});

export const integrityChecks: readonly IntegrityCheck[] = [
  integrity(
    'orders-without-customer',
    'Every order has its customer',
    'select o.id from orders o left join customers c on c.id = o.customer_id where c.id is null limit 20',
  ),
  integrity(
    'items-without-order',
    'Every item has its order',
    'select i.id from order_items i left join orders o on o.id = i.order_id where o.id is null limit 20',
  ),
  integrity(
    'items-without-product',
    'Every item has its product',
    'select i.id from order_items i left join products p on p.id = i.product_id where p.id is null limit 20',
  ),
  integrity('negative-stock', 'No stock below zero', 'select id from products where stock < 0 limit 20'),
  integrity('future-orders', 'No order from the future', 'select id from orders where created_at > now() limit 20'),
  integrity(
    'order-totals',
    'Every total is the sum of its items',
    // An order that lost all its items has a wrong total as well.
    'select o.id from orders o left join order_items i on i.order_id = o.id group by o.id, o.total_cents ' +
      'having o.total_cents <> coalesce(sum(i.quantity * i.price_cents), 0) limit 20',
  ),
  integrity(
    'foreign-keys',
    'Every foreign key is validated',
    "select conname as id from pg_constraint where contype = 'f' and not convalidated limit 20",
  ),
  integrity(
    'sequences',
    'Every sequence is ahead of its table',
    // Until it is called, a sequence has yet to give its last value.
    "select 'orders' as id where (select last_value - case when is_called then 0 else 1 end from orders_id_seq) " +
      '< (select coalesce(max(id), 0) from orders)',
  ),
  integrity(
    'indexes',
    'Every index is valid',
    'select indexrelid::regclass::text as id from pg_index where not indisvalid limit 20',
  ),
  integrity(
    'prepared-transactions',
    'No prepared transaction is left',
    'select gid as id from pg_prepared_xacts limit 20',
  ),
];
