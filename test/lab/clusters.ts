import { endpointOf, readerEndpointOf } from '../../src/simulator/rds/global-database.ts';
import type { State } from '../../src/simulator/state.ts';
import { at } from '../../src/simulator/timeline.ts';
import { Controller } from './controller.ts';
import type { DatabaseServer } from './servers/database.ts';

type Database = State['aurora'][number];
type Cluster = Database['clusters'][number];

/** What RDS says of a cluster becomes true of a server. A region that was lost stays so: its server is not started again. */
export class ClusterController extends Controller {
  readonly #promoted = new Set<string>();
  /** Clusters that were restored, by region, name and when they were made. */
  readonly #restored = new Map<string, DatabaseServer>();
  /** A restore that failed is not tried again fifty times a second. */
  readonly #unrestorable = new Set<string>();

  servers(): DatabaseServer[] {
    const { writer, replica } = this.options.pair;
    return [writer, replica, ...this.#restored.values()];
  }

  server(identifier: string): DatabaseServer | undefined {
    return this.servers().find((one) => one.identifier === identifier);
  }

  protected serverAt(host: string): DatabaseServer | undefined {
    const clusters = this.state.aurora.flatMap((one) => one.clusters);
    const cluster = clusters.find((one) => namesOf(one).includes(host));
    return cluster && this.server(cluster.cluster);
  }

  protected follow(): void {
    for (const { clusters, copy } of this.state.aurora)
      for (const one of clusters)
        this.work(keyOf(one), () => (copy ? this.#followRestored(one, copy) : this.#follow(one)));
  }

  /** What was restored is none of the shop's: no application is pointed at it. */
  protected takingWrites(): string[] {
    const { writer, replica } = this.options.pair;
    return [writer, replica]
      .filter((one) => one.running && (!one.source || this.#promoted.has(one.identifier)))
      .map(({ identifier }) => identifier);
  }

  #follow({ region, cluster, isWriter }: Cluster): Promise<unknown> | undefined {
    const server = this.server(cluster);
    if (!server?.running) return undefined;
    if (at(this.state.down[region] ?? [[0, false]], Date.now())) return server.kill();
    if (!server.source || this.#promoted.has(cluster) || !at(isWriter, Date.now())) return undefined;
    this.#promoted.add(cluster);
    return server.promote();
  }

  /** Its storage is there with the cluster, and nobody is let in before an instance of it is open. */
  #followRestored(cluster: Cluster, copy: NonNullable<Database['copy']>): Promise<unknown> | undefined {
    const nowMs = Date.now();
    const key = keyOf(cluster);
    const server = this.#restored.get(key);
    const isThere = at(cluster.status, nowMs) !== null;
    if (!server) return isThere && !this.#unrestorable.has(key) ? this.#make(cluster, copy) : undefined;
    if (!isThere) return this.#delete(server, key);
    const isOpen = cluster.instances.some(({ open, status }) => at(status, nowMs) !== null && at(open, nowMs));
    if (isOpen && server.gate.state !== 'passing') return server.gate.pass();
    if (!isOpen && server.gate.state !== 'refusing') server.gate.refuse();
    return undefined;
  }

  async #make(cluster: Cluster, { untilMs }: NonNullable<Database['copy']>): Promise<void> {
    const { backup, newHost, pair } = this.options;
    const { cluster: identifier } = cluster;
    const address = { identifier, host: newHost(), port: pair.writer.port, names: namesOf(cluster) };
    try {
      const server = await backup.restore(new Date(untilMs), address);
      server.gate.refuse();
      this.#restored.set(keyOf(cluster), server);
    } catch (error) {
      this.#unrestorable.add(keyOf(cluster));
      throw new Error(`${identifier} cannot be restored: ${(error as Error).message}`, { cause: error });
    }
  }

  async #delete(server: DatabaseServer, key: string): Promise<void> {
    await this.options.pair.remove(server);
    this.#restored.delete(key);
  }
}

const namesOf = (one: Cluster): string[] => [endpointOf(one), readerEndpointOf(one)];
const keyOf = ({ region, cluster, createdMs }: Cluster): string => `${region}/${cluster}/${createdMs}`;
