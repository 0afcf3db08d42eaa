import type { ClientConfig } from 'pg';
import type { Topology } from '../../src/drill/topology.ts';
import { templates } from '../../src/simulator/kubernetes/deployment.ts';
import { quarantined } from '../../src/simulator/rds/instance.ts';
import type { SimulatedWorld } from '../../src/simulator/simulate.ts';
import type { Instance, State } from '../../src/simulator/state.ts';
import { at } from '../../src/simulator/timeline.ts';
import type { Pods } from './application.ts';
import {
  archiveNow,
  type DatabaseServer,
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
}

/**
 * Watches the account and makes the real parts follow, as a kubelet does: what RDS says of an instance becomes true of a
 * PostgreSQL server.
 */
export class Controller {
  readonly #options: ControllerOptions;
  readonly #servers = new Map<string, DatabaseServer>();
  /** Work that goes on for an instance: one thing at a time. */
  readonly #busy = new Map<string, Promise<void>>();
  readonly #restarting = new Set<string>();
  #state: State;
  #timer: NodeJS.Timeout | undefined;
  /** What went wrong while the parts followed; a lab with any of it is no lab. */
  readonly trouble: string[] = [];

  constructor(options: ControllerOptions) {
    this.#options = options;
    this.#servers.set(options.pair.writer.identifier, options.pair.writer);
    this.#servers.set(options.pair.replica.identifier, options.pair.replica);
    this.#state = options.world.state();
    this.#timer = setInterval(() => this.#look(), LOOK_EVERY_MS);
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await Promise.all(this.#busy.values());
  }

  /** The server behind an RDS endpoint. */
  server(identifier: string): DatabaseServer | undefined {
    return this.#servers.get(identifier);
  }

  /** The loopback address behind an RDS endpoint's name. */
  addressOf(host: string): string | undefined {
    const identifier = this.#state.instances.findLast(({ address }) => address === host)?.identifier ?? '';
    return this.#servers.get(identifier)?.host;
  }

  login(host: string, login: ClientConfig): ClientConfig | undefined {
    const address = this.addressOf(host);
    const { ca } = this.#options.pair;
    return address === undefined
      ? undefined
      : { ...login, host: address, port: 5432, ...(ca && { ssl: { ca, servername: host } }) };
  }

  pods(region: string): Pods {
    const { kubernetes } = this.#options.topology;
    const nowMs = Date.now();
    const critical = kubernetes.deployments.filter((one) => one.critical).map(({ name }) => name);
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
        return one?.environment[kubernetes.writerVariable];
      },
    };
  }

  #look(): void {
    this.#state = this.#options.world.state();
    for (const instance of this.#state.instances) {
      if (this.#busy.has(instance.identifier)) continue;
      const work = this.#follow(instance);
      if (!work) continue;
      const done = work
        .then(() => {})
        .catch((error) => void this.trouble.push(`${instance.identifier}: ${(error as Error).message}`))
        .finally(() => this.#busy.delete(instance.identifier));
      this.#busy.set(instance.identifier, done);
    }
  }

  /** The next thing to be made true of an instance, if there is one. */
  #follow(instance: Instance): Promise<unknown> | undefined {
    const nowMs = Date.now();
    const { identifier } = instance;
    const server = this.#servers.get(identifier);
    const status = at(instance.status, nowMs);
    if (!server) return status === null ? undefined : this.#restore(instance);
    if (status === null) return this.#delete(server);
    const open = at(instance.open, nowMs);
    const lost = at(this.#state.down[instance.region] ?? [[0, false]], nowMs) || status === 'failed';
    if (lost || !server.running) return open && !lost && !server.running ? server.start() : undefined;
    if (!open && !this.#restarting.has(identifier) && status === 'rebooting') return this.#restart(server);
    if (open) this.#restarting.delete(identifier);
    if (open && at(instance.source, nowMs) === null && server.source && !this.#promoted.has(identifier))
      return this.#promote(server);
    const wanted = quarantined(instance, nowMs) ? 'silent' : 'passing';
    if (server.gate.state === wanted || server.gate.state === 'held') return undefined;
    return wanted === 'silent' ? server.gate.blackhole() : open ? server.gate.pass() : undefined;
  }

  readonly #promoted = new Set<string>();

  async #promote(server: DatabaseServer): Promise<void> {
    await server.promote();
    this.#promoted.add(server.identifier);
  }

  /** Sessions end, whatever the way in lets through afterwards. */
  async #restart(server: DatabaseServer): Promise<void> {
    this.#restarting.add(server.identifier);
    const silent = server.gate.state === 'silent';
    await server.stop();
    await server.start();
    if (silent) await server.gate.blackhole();
  }

  async #restore(instance: Instance): Promise<void> {
    const { snapshot, pair, newHost } = this.#options;
    const address = { identifier: instance.identifier, host: newHost(), port: 5432, names: [instance.address] };
    const time = new Date(instance.copy?.untilMs ?? 0);
    let server: DatabaseServer;
    if (time < snapshot.takenAt) server = await restoreSnapshot(snapshot, address);
    else {
      await archiveNow(pair.writer);
      server = await restoreToTime(snapshot, time, address);
    }
    // Nobody gets in before RDS says so.
    if (!at(instance.open, Date.now())) server.gate.refuse();
    this.#servers.set(instance.identifier, server);
  }

  async #delete(server: DatabaseServer): Promise<void> {
    await remove(server);
    this.#servers.delete(server.identifier);
  }
}
