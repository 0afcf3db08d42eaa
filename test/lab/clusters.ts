import { endpointOf, readerEndpointOf } from '../../src/simulator/rds/global-database.ts';
import type { State } from '../../src/simulator/state.ts';
import { at } from '../../src/simulator/timeline.ts';
import { Controller } from './controller.ts';
import type { DatabaseServer } from './servers/database.ts';

type Cluster = State['aurora'][number]['clusters'][number];

/** What RDS says of a cluster of a global database becomes true of a server. A region that was lost stays so: its server is not started again. */
export class ClusterController extends Controller {
  readonly #promoted = new Set<string>();

  servers(): DatabaseServer[] {
    const { writer, replica } = this.options.pair;
    return [writer, replica];
  }

  server(identifier: string): DatabaseServer | undefined {
    return this.servers().find((one) => one.identifier === identifier);
  }

  protected serverAt(host: string): DatabaseServer | undefined {
    const cluster = this.#clusters().find((one) => [endpointOf(one), readerEndpointOf(one)].includes(host));
    return cluster && this.server(cluster.cluster);
  }

  protected follow(): void {
    for (const one of this.#clusters()) this.work(one.cluster, () => this.#follow(one));
  }

  protected takingWrites(): string[] {
    return this.servers()
      .filter((one) => one.running && (!one.source || this.#promoted.has(one.identifier)))
      .map(({ identifier }) => identifier);
  }

  #clusters(): Cluster[] {
    return this.state.aurora.flatMap(({ clusters }) => clusters);
  }

  #follow({ region, cluster, isWriter }: Cluster): Promise<unknown> | undefined {
    const server = this.server(cluster);
    if (!server?.running) return undefined;
    if (at(this.state.down[region] ?? [[0, false]], Date.now())) return server.kill();
    if (!server.source || this.#promoted.has(cluster) || !at(isWriter, Date.now())) return undefined;
    this.#promoted.add(cluster);
    return server.promote();
  }
}
