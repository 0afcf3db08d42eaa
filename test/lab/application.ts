import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import { Client, type ClientConfig } from 'pg';

/** How a region's pods stand now. */
export interface Pods {
  /** Every critical deployment has a pod that is ready. */
  ready: boolean;
  /** The writer's host, as pods know it: while they are replaced, one pod may know another than the next. */
  writerHost(): string | undefined;
}

export interface ApplicationOptions {
  region: string;
  host: string;
  port: number;
  /** A path that reads and writes through the whole system. */
  path: string;
  pods(): Pods;
  /** How to log in to the database at an endpoint's host; `undefined` for a host that there is not. */
  database(host: string): ClientConfig | undefined;
}

const QUERY_MS = 400;

/** The public door of a region: what stands behind a load balancer, with one order written and read a request. */
export class Application {
  readonly #options: ApplicationOptions;
  #server: Server | undefined;
  readonly #sessions = new Map<string, Promise<Client>>();

  constructor(options: ApplicationOptions) {
    this.#options = options;
  }

  async start(): Promise<void> {
    const { host, port, region, path } = this.#options;
    const server = createServer(async (request, response) => {
      response.setHeader('x-served-by', region);
      request.resume();
      const { pathname } = new URL(request.url ?? '/', 'http://lab');
      if (pathname === '/health') return answer(response, this.#options.pods().ready ? 200 : 503);
      if (pathname !== path) return answer(response, 404);
      answer(response, await this.#serve());
    });
    server.listen(port, host);
    await once(server, 'listening');
    this.#server = server;
  }

  /** Power fails: connections break, and nobody listens any more. */
  fail(): void {
    this.#server?.closeAllConnections();
    this.#server?.close();
    this.#server = undefined;
    for (const session of this.#sessions.values()) forget(session);
    this.#sessions.clear();
  }

  async #serve(): Promise<number> {
    const { ready, writerHost } = this.#options.pods();
    if (!ready) return 503;
    const host = writerHost() ?? '';
    try {
      const session = await this.#session(host);
      const { rows } = await session.query(
        "insert into orders (customer_id, status, total_cents) values (1, 'cart', 0) returning id",
      );
      await session.query('select id from orders where id = $1', [rows[0].id]);
      return 200;
    } catch {
      const broken = this.#sessions.get(host);
      this.#sessions.delete(host);
      if (broken) forget(broken);
      return 500;
    }
  }

  #session(host: string): Promise<Client> {
    const known = this.#sessions.get(host) ?? this.#connect(host);
    this.#sessions.set(host, known);
    return known;
  }

  async #connect(host: string): Promise<Client> {
    const login = this.#options.database(host);
    if (!login) throw new Error(`there is no host ${host}`);
    const client = new Client({ ...login, connectionTimeoutMillis: QUERY_MS, query_timeout: QUERY_MS });
    client.on('error', () => undefined);
    await client.connect();
    return client;
  }
}

const forget = (session: Promise<Client>): void => {
  session
    .then((client) =>
      (client as unknown as { connection: { stream: { destroy(): void } } }).connection.stream.destroy(),
    )
    .catch(() => undefined);
};

function answer(response: ServerResponse, status: number): void {
  response.statusCode = status;
  response.end(`{"status":${status}}\n`);
}
