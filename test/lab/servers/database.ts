import type { Authority } from './certificate.ts';
import type { Gate, GateAddress } from './gate.ts';

export interface ServerAddress extends GateAddress {
  /** The name of the database in the account. */
  identifier: string;
  /** Host names beside the address that its certificate is for. */
  names?: string[];
}

export type Row = Record<string, unknown>;

/** A server that represents a database of the account. Clients and standbys reach it through gates only. */
export interface DatabaseServer {
  readonly identifier: string;
  readonly host: string;
  readonly port: number;
  /** The way of the clients. */
  readonly gate: Gate;
  /** The way of its replication; absent unless it began as a standby. */
  readonly source: Gate | undefined;
  readonly running: boolean;
  /** Starts it again after `kill` or `stop`. Clients come in at once, unless told otherwise. */
  start(options?: { letsClientsIn?: boolean }): Promise<void>;
  /** Power fails. Gives the moment of it. */
  kill(): Promise<Date>;
  /** An orderly shutdown: standbys receive the rest. */
  stop(): Promise<void>;
  /** Makes a writer of a standby, and waits until it takes writes. */
  promote(): Promise<void>;
  isStandby(): Promise<boolean>;
  /** Asks as superuser over the private socket, whatever the gate does. */
  query(text: string): Promise<Row[]>;
  /** How long replication to this standby is on its way. */
  setDelay(ms: number): void;
}

/** What stood on a server's disk at one moment, and the log of what came after it. */
export interface Backup {
  /** A new server as of that moment, or as of a later time. */
  restore(time: Date, address: ServerAddress): Promise<DatabaseServer>;
}

/** A seeded writer, a standby that follows it, and what the account's service can do with them. */
export interface DatabasePair {
  readonly writer: DatabaseServer;
  readonly replica: DatabaseServer;
  /** The way of the replication from writer to replica. */
  readonly replication: Gate;
  /** Signs the servers' certificates; absent without encryption. */
  readonly authority: Authority | undefined;
  addStandby(of: DatabaseServer, address: ServerAddress): Promise<DatabaseServer>;
  backUp(server: DatabaseServer): Promise<Backup>;
  /** Deletes a server with its data. */
  remove(server: DatabaseServer): Promise<void>;
  /** Ends all servers, restored ones too, and removes everything. */
  close(): Promise<void>;
}

export interface PairOptions {
  writer: ServerAddress;
  replica: ServerAddress;
  database: string;
  /** The drill's login, with the least rights that it needs. */
  user: string;
  password: string;
  /** The application's login; `shop_app` with the drill's password if not given. */
  applicationUser?: string;
  applicationPassword?: string;
  /** The same number gives the same data. */
  seed?: number;
  /** Encrypted connections only, with certificates for the servers' `names`. */
  tls?: boolean;
  /** How often the writer archives its log, where an engine does so in turns. */
  archiveEveryMs?: number;
}

/** How the application gets into its database. */
export interface ShopLogin {
  /** The endpoint's name, which the certificate is for. */
  name: string;
  /** Where it is on loopback. */
  address: string;
  port: number;
  ca: string | undefined;
  user: string;
  password: string;
  database: string;
  timeoutMs: number;
}

/** The application's side of the shop's database. */
export interface Shop {
  /** Writes an order, reads it back, and gives its number. */
  placeOrder(): Promise<number>;
  close(): void;
}

/** A database engine of the lab. */
export interface Engine {
  readonly port: number;
  startPair(options: PairOptions): Promise<DatabasePair>;
  openShop(login: ShopLogin): Shop;
}
