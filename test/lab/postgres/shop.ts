import { Pool } from 'pg';
import type { Shop, ShopLogin } from '../servers/database.ts';

/** The application's sessions with PostgreSQL. */
export function openShop({ name, address, ca, timeoutMs, ...login }: ShopLogin): Shop {
  const pool = new Pool({
    ...login,
    host: address,
    ...(ca !== undefined && { ssl: { ca, servername: name } }),
    max: 8,
    connectionTimeoutMillis: timeoutMs,
    query_timeout: timeoutMs,
  });
  pool.on('error', () => undefined);
  return {
    async placeOrder() {
      const { rows } = await pool.query(
        "insert into orders (customer_id, status, total_cents) values (1, 'cart', 0) returning id",
      );
      const id = Number(rows[0].id);
      await pool.query('select id from orders where id = $1', [id]);
      return id;
    },
    close: () => void pool.end().catch(() => undefined),
  };
}
