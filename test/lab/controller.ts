import type { ClientConfig } from 'pg';
import { componentOf } from '../../src/drill/components.ts';
import type { Topology } from '../../src/drill/topology.ts';
import { templates } from '../../src/simulator/kubernetes/deployment.ts';
import { quarantined } from '../../src/simulator/rds/instance.ts';
import type { SimulatedWorld } from '../../src/simulator/simulate.ts';
import type { Instance, State } from '../../src/simulator/state.ts';
import { at } from '../../src/simulator/timeline.ts';
import type { Pods } from './application.ts';
import {
  addStandby,
  archiveNow,
  type DatabaseServer,
  latestRestorableTime,
  type Pair,
  remove,
  restoreSnapshot,
  restoreToTime,
  type Snapshot,
} from './postgres/index.ts';

const LOOK_EVERY_MS = 20;

export interface ControllerOptions {
  world: SimulatedWorld;
  topology: Topology;
  pair: Pair;
  /** What a restore of anything older than it begins with. */
  snapshot: Snapshot;
  /** Where restored instances stand, one after another. */
  newHost(): string;
  /** What else stands in a region falls and comes back with it. */
  onRegion(region: string, lost: boolean): Promise<void>;
}

/**
 * Watches the account and makes the real parts follow, as a kubelet does: what RDS says of an instance becomes true of a
 * PostgreSQL server.
 */
export class Controller {
  readonly #options: ControllerOptions;
  /** By what stays of an instance when it is renamed. */
  readonly #servers = new Map<string, DatabaseServer>();
  /** Work that goes on for an instance or a region: one thing at a time. */
  readonly #busy = new Map<string, Promise<void>>();
  readonly #restarted = new Set<string>();
  readonly #promoted = new Set<string>();
  /** Regions and instances whose loss has been acted upon. */
  readonly #lost = new Set<string>();
  /** Restores that failed are not tried again fifty times a second. */
  readonly #unrestorable = new Set<Instance['createdMs']>();
  #state: State;
  #timer: NodeJS.Timeout | undefined;
  /** Databases of the shop that could really be written to at the same time; there must be none. */
  readonly twoWriters: string[] = [];
  /** What went wrong while the parts followed; a lab with any of it is no lab. */
  readonly trouble: string[] = [];

  constructor(options: ControllerOptions) {
    this.#options = options;
    this.#state = options.world.state();
    for (const server of [options.pair.writer, options.pair.replica])
      this.#servers.set(keyOf(this.#named(server.identifier)), server);
    this.#timer = setInterval(() => this.#look(), LOOK_EVERY_MS);
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await Promise.all(this.#busy.values());
  }

  /** Every server that stands for an instance now. */
  servers(): DatabaseServer[] {
    return [...this.#servers.values()];
  }

  /** The server behind an RDS endpoint. */
  server(identifier: string): DatabaseServer | undefined {
    const instance = this.#state.instances.findLast((one) => one.identifier === identifier);
    return instance && this.#servers.get(keyOf(instance));
  }

  #named(identifier: string): Instance {
    const instance = this.#state.instances.findLast((one) => one.identifier === identifier);
    if (!instance) throw new Error(`there is no instance ${identifier}`);
    return instance;
  }

  /** The loopback address behind an RDS endpoint's name. */
  addressOf(host: string): string | undefined {
    const instance = this.#state.instances.findLast(({ address }) => address === host);
    return instance && this.#servers.get(keyOf(instance))?.host;
  }

  login(host: string, login: ClientConfig): ClientConfig | undefined {
    const address = this.addressOf(host);
    const { ca } = this.#options.pair;
    return address === undefined
      ? undefined
      : { ...login, host: address, port: 5432, ...(ca && { ssl: { ca, servername: host } }) };
  }

  pods(region: string): Pods {
    const shop = componentOf(this.#options.topology, 'eks');
    const nowMs = Date.now();
    const critical = shop.deployments.filter((one) => one.critical).map(({ name }) => name);
    const here = this.#state.deployments.filter((one) => one.region === region && critical.includes(one.name));
    return {
      ready: here.every(({ pods }) =>
        pods.some(({ readyMs, goneMs }) => readyMs !== null && readyMs <= nowMs && (goneMs === null || goneMs > nowMs)),
      ),
      writerHost: () => {
        const [deployment] = here;
        let left = Math.random();
        const one =
          deployment &&
          templates(deployment, nowMs).find(({ share }) => {
            left -= share;
            return left < 0;
          });
        return one?.environment[variableIn(this.#options.topology)];
      },
    };
  }

  #look(): void {
    this.#state = this.#options.world.state();
    for (const [region, down] of Object.entries(this.#state.down))
      this.#work(region, () => this.#followRegion(region, at(down, Date.now())));
    // Of instances that had the same name one after another, only the last can be there.
    const byName = new Map(this.#state.instances.map((instance) => [instance.identifier, instance]));
    for (const instance of byName.values()) this.#work(keyOf(instance), () => this.#follow(instance));
    const writers = [...byName.values()].filter((one) => this.#takesWrites(one)).map(({ identifier }) => identifier);
    if (writers.length > 1 && !this.twoWriters.includes(writers.join(' and ')))
      this.twoWriters.push(writers.join(' and '));
  }

  /** Of the shop, and not only by the account's word: PostgreSQL runs, is no standby, and lets clients in. */
  #takesWrites(instance: Instance): boolean {
    const { identifier, address } = instance;
    const { pair, topology } = this.#options;
    const server = this.#servers.get(keyOf(instance));
    if (!server?.running || server.gate.state !== 'passing') return false;
    if (server.source && !this.#promoted.has(keyOf(instance))) return false;
    const isOurs = [pair.writer.identifier, pair.replica.identifier].includes(identifier);
    const pointsThere = this.#state.deployments.some(
      ({ rollouts }) =>
        rollouts.findLast(({ fromMs }) => fromMs <= Date.now())?.environment[variableIn(topology)] === address,
    );
    return isOurs || pointsThere;
  }

  #work(what: string, begin: () => Promise<unknown> | undefined): void {
    if (this.#busy.has(what)) return;
    const work = begin();
    if (!work) return;
    const done = work
      .then(() => {})
      .catch((error) => this.#complain(`${what}: ${(error as Error).message}`))
      .finally(() => this.#busy.delete(what));
    this.#busy.set(what, done);
  }

  #complain(what: string): void {
    if (!this.trouble.includes(what)) this.trouble.push(what);
  }

  #followRegion(region: string, lost: boolean): Promise<void> | undefined {
    if (this.#lost.has(region) === lost) return undefined;
    if (lost) this.#lost.add(region);
    else this.#lost.delete(region);
    return this.#options.onRegion(region, lost);
  }

  /** The next thing to be made true of an instance, if there is one. */
  #follow(instance: Instance): Promise<unknown> | undefined {
    const nowMs = Date.now();
    const key = keyOf(instance);
    const server = this.#servers.get(key);
    const status = at(instance.status, nowMs);
    if (!server) return status === null ? undefined : this.#make(instance);
    if (status === null) return this.#delete(server, key);
    if (status === 'failed' || at(this.#state.down[instance.region] ?? [[0, false]], nowMs))
      return this.#lose(server, key);
    this.#lost.delete(key);
    const open = at(instance.open, nowMs);
    if (!server.running) return open ? this.#start(server, instance) : undefined;
    if (open) this.#restarted.delete(key);
    if (this.#isToBePromoted(instance, server, nowMs)) return this.#promote(server, instance);
    if (status === 'rebooting' && !open && !this.#restarted.has(key)) return this.#restart(server, instance);
    return this.#door(server, instance);
  }

  /** Once: whoever starts it all the same wants to look at its disk. */
  #lose(server: DatabaseServer, key: string): Promise<unknown> | undefined {
    if (this.#lost.has(key)) return undefined;
    this.#lost.add(key);
    return server.kill();
  }

  /** Who may come in: everybody, nobody, or in quarantine nobody, who is not even told so. */
  #door({ gate }: DatabaseServer, instance: Instance): Promise<void> | undefined {
    const nowMs = Date.now();
    const wanted = quarantined(instance, nowMs) ? 'silent' : at(instance.open, nowMs) ? 'passing' : 'refusing';
    if (gate.state === wanted || gate.state === 'held') return undefined;
    if (wanted === 'silent') return gate.blackhole();
    if (wanted === 'passing') return gate.pass();
    gate.refuse();
    return undefined;
  }

  async #start(server: DatabaseServer, instance: Instance): Promise<void> {
    // Who may come in is for the account to say.
    await server.start({ letsClientsIn: false });
    await this.#door(server, instance);
  }

  /** While it reboots at the end of a promotion, so that it takes writes from the moment it is open. */
  #isToBePromoted(instance: Instance, server: DatabaseServer, nowMs: number): boolean {
    const { source, open } = instance;
    if (!server.source || this.#promoted.has(keyOf(instance))) return false;
    return at(source, nowMs) === null || (source.at(-1)?.[1] === null && !at(open, nowMs));
  }

  async #promote(server: DatabaseServer, instance: Instance): Promise<void> {
    this.#door(server, instance);
    await server.promote();
    this.#promoted.add(keyOf(instance));
    this.#restarted.add(keyOf(instance));
  }

  async #restart(server: DatabaseServer, instance: Instance): Promise<void> {
    this.#restarted.add(keyOf(instance));
    await server.stop();
    await this.#start(server, instance);
  }

  /** A restored database, or a replica. */
  async #make(instance: Instance): Promise<void> {
    const { identifier, createdMs } = instance;
    if (this.#unrestorable.has(createdMs)) return;
    const source = at(instance.source, Date.now());
    try {
      const server = source === null ? await this.#copyOf(instance) : await this.#standbyOf(source, instance);
      this.#servers.set(keyOf(instance), server);
      // Nobody gets in before RDS says so.
      await this.#door(server, instance);
    } catch (error) {
      this.#unrestorable.add(createdMs);
      throw new Error(`${identifier} cannot be made of ${source ?? instance.copy?.of}: ${(error as Error).message}`, {
        cause: error,
      });
    }
  }

  #standbyOf(source: string, { identifier, address }: Instance): Promise<DatabaseServer> {
    const of = this.server(source);
    if (!of) throw new Error(`there is no server ${source}`);
    return addStandby(of, { identifier, host: this.#options.newHost(), port: of.port, names: [address] });
  }

  async #copyOf({ identifier, address, copy }: Instance): Promise<DatabaseServer> {
    const { snapshot, pair, newHost } = this.#options;
    const { writer } = pair;
    if (copy?.of !== writer.identifier) throw new Error(`the lab keeps backups of ${writer.identifier} only`);
    const target = { identifier, host: newHost(), port: writer.port, names: [address] };
    const time = new Date(copy.untilMs);
    if (time < snapshot.takenAt) return restoreSnapshot(snapshot, target);
    // What is archived can be had without the writer.
    if ((latestRestorableTime(writer) ?? snapshot.takenAt) < time) await archiveNow(writer);
    return restoreToTime(snapshot, time, target);
  }

  async #delete(server: DatabaseServer, key: string): Promise<void> {
    await remove(server);
    this.#servers.delete(key);
    for (const keys of [this.#restarted, this.#promoted, this.#lost]) keys.delete(key);
  }
}

const keyOf = ({ region, createdMs }: Instance): string => `${region}/${createdMs}`;

/** The environment variable that holds the writer's address. */
const variableIn = (topology: Topology): string => componentOf(topology, 'eks').uses.orders?.variable ?? '';
