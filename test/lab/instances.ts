import { componentOf } from '../../src/drill/components.ts';
import { quarantined } from '../../src/simulator/rds/instance.ts';
import type { Instance } from '../../src/simulator/state.ts';
import { at } from '../../src/simulator/timeline.ts';
import { Controller, type ControllerOptions, variableIn } from './controller.ts';
import type { DatabaseServer } from './servers/database.ts';
import { Gate } from './servers/gate.ts';

/** What RDS says of an instance becomes true of a server. */
export class InstanceController extends Controller {
  /** By what stays of an instance when it is renamed. */
  readonly #servers = new Map<string, DatabaseServer>();
  /** Ways by which drills alone get into a quarantine. */
  readonly #readers = new Map<string, Gate>();
  readonly #restarted = new Set<string>();
  readonly #promoted = new Set<string>();
  /** Instances whose loss has been acted upon. */
  readonly #lost = new Set<string>();
  /** Restores that failed are not tried again fifty times a second. */
  readonly #unrestorable = new Set<Instance['createdMs']>();

  constructor(options: ControllerOptions) {
    super(options);
    for (const server of [options.pair.writer, options.pair.replica])
      this.#servers.set(keyOf(this.#named(server.identifier)), server);
  }

  override async stop(): Promise<void> {
    await super.stop();
    for (const key of this.#readers.keys()) this.#letNoDrillIn(key);
  }

  servers(): DatabaseServer[] {
    return [...this.#servers.values()];
  }

  server(identifier: string): DatabaseServer | undefined {
    const instance = this.state.instances.findLast((one) => one.identifier === identifier);
    return instance && this.#servers.get(keyOf(instance));
  }

  #named(identifier: string): Instance {
    const instance = this.state.instances.findLast((one) => one.identifier === identifier);
    if (!instance) throw new Error(`there is no instance ${identifier}`);
    return instance;
  }

  override drillsWayTo(host: string): string | undefined {
    const instance = this.state.instances.findLast(({ address }) => address === host);
    const reader = instance && this.#readers.get(keyOf(instance));
    return reader?.address.host ?? this.addressOf(host);
  }

  protected serverAt(host: string): DatabaseServer | undefined {
    const instance = this.state.instances.findLast(({ address }) => address === host);
    return instance && this.#servers.get(keyOf(instance));
  }

  protected follow(): void {
    for (const instance of this.#instances()) this.work(keyOf(instance), () => this.#follow(instance));
  }

  protected takingWrites(): string[] {
    return this.#instances()
      .filter((one) => this.#takesWrites(one))
      .map(({ identifier }) => identifier);
  }

  /** Of instances that had the same name one after another, only the last can be there. */
  #instances(): Instance[] {
    return [...new Map(this.state.instances.map((instance) => [instance.identifier, instance])).values()];
  }

  /** Of the shop, and not only by the account's word: the server runs, is no standby, and lets clients in. */
  #takesWrites(instance: Instance): boolean {
    const { identifier, address } = instance;
    const { pair, topology } = this.options;
    const server = this.#servers.get(keyOf(instance));
    if (!server?.running || server.gate.state !== 'passing') return false;
    if (server.source && !this.#promoted.has(keyOf(instance))) return false;
    const isOurs = [pair.writer.identifier, pair.replica.identifier].includes(identifier);
    const pointsThere = this.state.deployments.some(
      ({ rollouts }) =>
        rollouts.findLast(({ fromMs }) => fromMs <= Date.now())?.environment[variableIn(topology)] === address,
    );
    return isOurs || pointsThere;
  }

  /** The next thing to be made true of an instance, if there is one. */
  #follow(instance: Instance): Promise<unknown> | undefined {
    const nowMs = Date.now();
    const key = keyOf(instance);
    const server = this.#servers.get(key);
    const status = at(instance.status, nowMs);
    if (!server) return status === null ? undefined : this.#make(instance);
    if (status === null) return this.#delete(server, key);
    if (status === 'failed' || at(this.state.down[instance.region] ?? [[0, false]], nowMs))
      return this.#lose(server, key);
    this.#lost.delete(key);
    const open = at(instance.open, nowMs);
    if (!server.running) return open ? this.#start(server, instance) : undefined;
    if (open) this.#restarted.delete(key);
    if (this.#isToBePromoted(instance, server, nowMs)) return this.#promote(server, instance);
    if (status === 'rebooting' && !open && !this.#restarted.has(key)) return this.#restart(server, instance);
    return this.#door(server, instance);
  }

  /** Once: anyone who starts it all the same wants to look at its disk. */
  #lose(server: DatabaseServer, key: string): Promise<unknown> | undefined {
    if (this.#lost.has(key)) return undefined;
    this.#lost.add(key);
    return server.kill();
  }

  /** Who may connect: everyone, nobody, or, in quarantine, only drills through a security group of their own; nobody else gets an answer. */
  #door(server: DatabaseServer, instance: Instance): Promise<void> | undefined {
    const nowMs = Date.now();
    const key = keyOf(instance);
    const letsDrillsIn = this.#letsDrillsIn(instance, nowMs);
    if (letsDrillsIn && !this.#readers.has(key)) return this.#letDrillsIn(server, key);
    if (!letsDrillsIn) this.#letNoDrillIn(key);
    const { gate } = server;
    const wanted = quarantined(instance, nowMs) ? 'silent' : at(instance.open, nowMs) ? 'passing' : 'refusing';
    if (gate.state === wanted || gate.state === 'held') return undefined;
    if (wanted === 'silent') return gate.blackhole();
    if (wanted === 'passing') return gate.pass();
    gate.refuse();
    return undefined;
  }

  #letsDrillsIn(instance: Instance, nowMs: number): boolean {
    const { writer, replica } = componentOf(this.options.topology, 'rds-replica');
    const readers = [writer, replica].map(({ readerSecurityGroup }) => readerSecurityGroup);
    const groups = at(instance.securityGroups, nowMs);
    return quarantined(instance, nowMs) && at(instance.open, nowMs) && groups.some((group) => readers.includes(group));
  }

  async #letDrillsIn({ gate, port }: DatabaseServer, key: string): Promise<void> {
    const reader = new Gate({ host: this.options.newHost(), port });
    reader.target = gate.target;
    await reader.pass();
    this.#readers.set(key, reader);
  }

  #letNoDrillIn(key: string): void {
    this.#readers.get(key)?.close();
    this.#readers.delete(key);
  }

  async #start(server: DatabaseServer, instance: Instance): Promise<void> {
    // The account decides who may connect.
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
    return this.options.pair.addStandby(of, {
      identifier,
      host: this.options.newHost(),
      port: of.port,
      names: [address],
    });
  }

  async #copyOf({ identifier, address, copy }: Instance): Promise<DatabaseServer> {
    const { pair, backup, newHost } = this.options;
    const { writer } = pair;
    if (copy?.of !== writer.identifier) throw new Error(`the lab keeps backups of ${writer.identifier} only`);
    const target = { identifier, host: newHost(), port: writer.port, names: [address] };
    return backup.restore(new Date(copy.untilMs), target);
  }

  async #delete(server: DatabaseServer, key: string): Promise<void> {
    await this.options.pair.remove(server);
    this.#servers.delete(key);
    this.#letNoDrillIn(key);
    for (const keys of [this.#restarted, this.#promoted, this.#lost]) keys.delete(key);
  }
}

const keyOf = ({ region, createdMs }: Instance): string => `${region}/${createdMs}`;
