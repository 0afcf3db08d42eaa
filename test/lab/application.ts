import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Shop, ShopLogin } from './servers/database.ts';

/** How a region's pods stand now. */
export interface Pods {
  /** Every critical deployment has a pod that is ready. */
  ready: boolean;
  /** The writer's host, as pods know it: while they are replaced, one pod may know another than the next. */
  writerHost(): string | undefined;
}

export interface ApplicationOptions {
  region: string;
  /** The addresses of its load balancer. */
  hosts: string[];
  port: number;
  /** A path that reads and writes through the whole system. */
  path: string;
  pods(): Pods;
  /** Opens sessions with the database at an endpoint's host; `undefined` for a host that there is not. */
  openShop(host: string, timeoutMs: ShopLogin['timeoutMs']): Shop | undefined;
}

/** An order that a customer was told to be written. */
export interface Acknowledged {
  id: number;
  /** When the customer was told, in epoch milliseconds. */
  atMs: number;
  /** The database's host. */
  host: string;
}

const QUERY_MS = 400;
/** So many orders are remembered, the last ones. */
const REMEMBERED_MAX = 10_000;

/** The public door of a region: what stands behind a load balancer, with one order written and read a request. */
export class Application {
  readonly #options: ApplicationOptions;
  #servers: Server[] = [];
  readonly #sockets = new Set<Socket>();
  readonly #shops = new Map<string, Shop>();
  readonly #orders: Acknowledged[] = [];

  constructor(options: ApplicationOptions) {
    this.#options = options;
  }

  get running(): boolean {
    return this.#servers.length > 0;
  }

  get region(): string {
    return this.#options.region;
  }

  /** Orders that customers were told to be written. */
  get orders(): readonly Acknowledged[] {
    return this.#orders;
  }

  async start(): Promise<void> {
    if (this.running) return;
    const { hosts, port } = this.#options;
    const servers = hosts.map(() => this.#newServer());
    this.#servers = servers;
    for (const [nth, server] of servers.entries()) server.listen(port, hosts[nth]);
    try {
      await Promise.all(servers.map((server) => once(server, 'listening')));
    } catch (error) {
      this.fail();
      throw error;
    }
  }

  #newServer(): Server {
    const { region, path } = this.#options;
    const server = createServer(async (request, response) => {
      response.setHeader('x-served-by', region);
      request.resume();
      const { pathname } = new URL(request.url ?? '/', 'http://lab');
      if (pathname === '/health') return answer(response, this.#options.pods().ready ? 200 : 503);
      if (pathname !== path) return answer(response, 404);
      answer(response, await this.#serve());
    });
    server.on('connection', (socket) => {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
    });
    return server;
  }

  /** Power fails: connections are reset, and nobody listens any more. */
  fail(): void {
    for (const server of this.#servers) server.close();
    this.#servers = [];
    for (const socket of this.#sockets) socket.resetAndDestroy();
    for (const host of this.#shops.keys()) this.#forget(host);
  }

  async #serve(): Promise<number> {
    const { ready, writerHost } = this.#options.pods();
    if (!ready) return 503;
    const host = writerHost() ?? '';
    try {
      const id = await this.#shop(host).placeOrder();
      this.#orders.push({ id, atMs: Date.now(), host });
      if (this.#orders.length > REMEMBERED_MAX) this.#orders.shift();
      return 200;
    } catch {
      this.#forget(host);
      return 500;
    }
  }

  #shop(host: string): Shop {
    const known = this.#shops.get(host);
    if (known) return known;
    const shop = this.#options.openShop(host, QUERY_MS);
    if (!shop) throw new Error(`there is no host ${host}`);
    this.#shops.set(host, shop);
    return shop;
  }

  /** The next request opens new sessions. */
  #forget(host: string): void {
    const shop = this.#shops.get(host);
    this.#shops.delete(host);
    shop?.close();
  }
}

function answer(response: ServerResponse, status: number): void {
  response.statusCode = status;
  response.end(`{"status":${status}}\n`);
}
