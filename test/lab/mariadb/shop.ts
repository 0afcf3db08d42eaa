import mysql, { type ResultSetHeader } from 'mysql2/promise';
import type { Shop, ShopLogin } from '../servers/database.ts';

/** The application's sessions with MariaDB. */
export function openShop({ address, port, ca, user, password, database, timeoutMs }: ShopLogin): Shop {
  const pool = mysql.createPool({
    host: address,
    port,
    user,
    password,
    database,
    ...(ca !== undefined && { ssl: { ca } }),
    connectionLimit: 8,
    connectTimeout: timeoutMs,
  });
  const ask = (sql: string, values: unknown[] = []) => pool.query<ResultSetHeader>({ sql, values, timeout: timeoutMs });
  return {
    async placeOrder() {
      const [{ insertId }] = await ask('insert into orders (customer_id, total_cents) values (1, 0)');
      await ask('select id from orders where id = ?', [insertId]);
      return insertId;
    },
    close: () => void pool.end().catch(() => undefined),
  };
}
