import { componentOf } from '../../src/drill/components.ts';
import type { Topology } from '../../src/drill/topology.ts';
import { templates } from '../../src/simulator/kubernetes/deployment.ts';
import type { SimulatedWorld } from '../../src/simulator/simulate.ts';
import type { State } from '../../src/simulator/state.ts';
import { at } from '../../src/simulator/timeline.ts';
import type { Pods } from './application.ts';
import type { Backup, DatabasePair, DatabaseServer } from './servers/database.ts';

const LOOK_EVERY_MS = 20;

export interface ControllerOptions {
  world: SimulatedWorld;
  topology: Topology;
  pair: DatabasePair;
  /** What a restore of anything older than it begins with. */
  backup: Backup;
  /** Where what a drill makes stands, one after another. */
  newHost(): string;
  /** What else is in a region falls and comes back with it. */
  onRegion(region: string, lost: boolean): Promise<void>;
}

/** Watches the account and makes the real parts follow, as a kubelet does: what AWS says of a database becomes true of a server. */
export abstract class Controller {
  protected readonly options: ControllerOptions;
  /** Work that continues for a database or a region: one thing at a time. */
  readonly #busy = new Map<string, Promise<void>>();
  readonly #lostRegions = new Set<string>();
  #state: State;
  #timer: NodeJS.Timeout | undefined;
  /** Databases of the shop that could really be written to at the same time; there must be none. */
  readonly twoWriters: string[] = [];
  /** What went wrong while the parts followed; a lab with any of it is no lab. */
  readonly trouble: string[] = [];

  constructor(options: ControllerOptions) {
    this.options = options;
    this.#state = options.world.state();
    this.#timer = setInterval(() => this.#look(), LOOK_EVERY_MS);
  }

  /** Every server that represents a database of the account now. */
  abstract servers(): DatabaseServer[];

  /** The server behind a database, by its identifier. */
  abstract server(identifier: string): DatabaseServer | undefined;

  /** The server behind an endpoint's name. */
  protected abstract serverAt(host: string): DatabaseServer | undefined;

  /** Begins what is next for each database. */
  protected abstract follow(): void;

  /** The databases of the shop that take writes: not only by the account's word. */
  protected abstract takingWrites(): string[];

  protected get state(): State {
    return this.#state;
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await Promise.all(this.#busy.values());
  }

  /** The loopback address behind an endpoint's name. */
  addressOf(host: string): string | undefined {
    return this.serverAt(host)?.host;
  }

  /** The same for a drill, which a group may let in where nobody else is. */
  drillsWayTo(host: string): string | undefined {
    return this.addressOf(host);
  }

  pods(region: string): Pods {
    const shop = componentOf(this.options.topology, 'eks');
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
        return one?.environment[variableIn(this.options.topology)];
      },
    };
  }

  #look(): void {
    this.#state = this.options.world.state();
    for (const [region, down] of Object.entries(this.#state.down))
      this.work(region, () => this.#followRegion(region, at(down, Date.now())));
    this.follow();
    const writers = this.takingWrites();
    if (writers.length > 1 && !this.twoWriters.includes(writers.join(' and ')))
      this.twoWriters.push(writers.join(' and '));
  }

  protected work(what: string, begin: () => Promise<unknown> | undefined): void {
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
    if (this.#lostRegions.has(region) === lost) return undefined;
    if (lost) this.#lostRegions.add(region);
    else this.#lostRegions.delete(region);
    return this.options.onRegion(region, lost);
  }
}

/** The environment variable that holds the writer's address. */
export const variableIn = (topology: Topology): string => componentOf(topology, 'eks').uses.orders?.variable ?? '';
