import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { realClock } from '../../src/clock/real-clock.ts';
import { componentOf, componentsOf } from '../../src/drill/components.ts';
import { loadTopology } from '../../src/drill/load.ts';
import { type Simulation, simulationSchema } from '../../src/drill/simulation.ts';
import type { Topology } from '../../src/drill/topology.ts';
import { type AnsweredCall, type SimulatorServer, serve } from '../../src/server/serve.ts';
import { endpointOf, readerEndpointOf } from '../../src/simulator/rds/global-database.ts';
import { isAddressOf } from '../../src/simulator/route-53/targets.ts';
import { type SimulatedWorld, simulate } from '../../src/simulator/simulate.ts';
import type { Endpoints } from '../../src/simulator/world.ts';
import { Application } from './application.ts';
import { ClusterController } from './clusters.ts';
import { commandsFor, startControl } from './control.ts';
import type { Controller } from './controller.ts';
import { startDnsServer, type Zone } from './dns-server.ts';
import { APPLICATION_PORT, PASSWORD_VARIABLE, PRIMARY, RECOVERY, writeDrillFiles } from './drill-files.ts';
import { InstanceController } from './instances.ts';
import { type KubernetesApi, type KubernetesTrouble, startKubernetesApi } from './kubernetes-api.ts';
import { answersAt, poolFrom } from './load-balancers.ts';
import { Outage } from './outage.ts';
import { type Authority, certify } from './servers/certificate.ts';
import type { DatabasePair } from './servers/database.ts';
import { engines } from './servers/engines.ts';
import { startTcpProxy, type TcpTrouble } from './tcp-proxy.ts';
import { type Truth, truthOf } from './truth.ts';

export interface LabSettings {
  /** Where the drill files are written; a new folder that goes with the lab by default. */
  folder?: string;
  /** Port of the simulated account; any that is free by default. */
  port?: number;
  seed?: number;
  /** How many times faster than AWS everything goes that takes time there. */
  speed?: number;
  simulation?: Partial<Simulation>;
  /** How long replication is on its way, in milliseconds. */
  replicationDelayMs?: number;
  probeEveryMs?: number;
  heartbeatEveryMs?: number;
  /** Of the shop's name: how long a resolver may send customers where the answer led. */
  ttlSeconds?: number;
  /** The routing policy of the shop's records; failover by default. */
  records?: 'failover' | 'weighted';
  /** Whether they are aliases to load balancers, whose addresses change all the time. */
  aliases?: boolean;
  /** What holds the orders; an RDS instance with a replica by default. An Aurora global database is failed over and restored, and never goes home. */
  store?: 'rds-replica' | 'aurora-global';
  /** What the account calls the engine; PostgreSQL by default. Real MariaDB servers represent Aurora MySQL's, too. */
  engine?: 'postgres' | 'mysql' | 'mariadb';
  /** Whether a managed node group gives each cluster its nodes, as it does by default; otherwise they are made for the pods. */
  nodeGroups?: boolean;
  onCall?: (call: AnsweredCall) => void;
  /** What goes wrong between drills and both Kubernetes APIs. */
  kubernetesTrouble?: KubernetesTrouble;
  /** What goes wrong between drills and the databases; applications are spared. */
  sqlTrouble?: TcpTrouble;
}

export interface Lab {
  world: SimulatedWorld;
  server: SimulatorServer;
  pair: DatabasePair;
  controller: Controller;
  /** Holds the drill files, and what runs leave there. */
  folder: string;
  drills: ReturnType<typeof writeDrillFiles>;
  /** What a process needs in its environment to take the lab for AWS. */
  environment: Record<string, string>;
  /** Where the failure is caused over HTTP: see `control.ts`. */
  control: string;
  outage: Outage;
  /** When the primary region, or its writer, was last killed, in epoch milliseconds; nothing, before. */
  failedMs(): number | undefined;
  truth(): Promise<Truth>;
  /** Gives the drills' role on PostgreSQL what it needs to stop writes: it owns the database, sees every session and may end it. */
  letStopWrites(): Promise<void>;
  /** Fails where two databases of the shop took writes at the same time while it stood, in the account or really. */
  close(): Promise<void>;
}

const SIDES = ['primary', 'recovery'] as const;
/** Where the addresses of the regions' load balancers begin. */
const FIRST = { primary: 11, recovery: 21 };
const PASSWORD = 'known in the lab only';
const MINUTE = 60_000;

let labs = 0;

/** Starts a simulated account with real parts: databases, HTTP, DNS and Kubernetes APIs, all on loopback. */
export async function startLab(settings: LabSettings = {}): Promise<Lab> {
  const { speed = 20, seed = 1, probeEveryMs = 200, heartbeatEveryMs = 100, ttlSeconds = 1 } = settings;
  const { engine: called = 'postgres' } = settings;
  const engine = called === 'postgres' ? engines.postgres : engines.mariadb;
  labs += 1;
  const network = `127.${100 + (process.pid % 100)}.${(Math.floor(process.pid / 100) + labs) % 250}`;
  const folder = settings.folder ?? mkdtempSync(join(tmpdir(), 'dr-drill-lab-files-'));
  const closing: (() => unknown)[] = settings.folder
    ? [() => {}]
    : [() => rmSync(folder, { recursive: true, force: true })];
  mkdirSync(folder, { recursive: true });
  const close = async () => {
    for (const one of closing.splice(0).reverse()) await one();
  };
  try {
    const ca = join(folder, 'authority.pem');
    // The topology names it, and is read before there is an authority.
    writeFileSync(ca, '');
    let dns: Zone = async () => undefined;
    const names = await startDnsServer((name) => dns(name));
    closing.push(names.close);

    const control = await startControl({
      fail: (kind) => outage.fail(kind),
      heal: (kind) => outage.heal(kind),
      active: (kind) => outage.active(kind),
      truth: () => truth(),
    });
    closing.push(control.close);

    const drills = writeDrillFiles(folder, {
      network,
      resolver: names.address,
      failure: commandsFor(control.url, hasCurl()),
      ca,
      probeEveryMs,
      heartbeatEveryMs,
      ttlSeconds,
      records: settings.records ?? 'failover',
      aliases: settings.aliases ?? false,
      store: settings.store ?? 'rds-replica',
      engine: called,
      nodeGroups: settings.nodeGroups ?? true,
      backupWindow: new Date(Date.now() - MINUTE).toISOString().slice(11, 16),
    });
    const topology = loadTopology(join(folder, 'topology.yaml'));
    const clock = realClock();
    const endpoints: Endpoints = { clusters: {} };
    const simulation = { ...simulationSchema.parse({}), replicationLag: 50, ...settings.simulation };
    const world = simulate({ topology, simulation, seed, clock, speed, endpoints });
    const { writer, replica, database } = storeOf(topology, world);
    const door = componentOf(topology, 'route53');
    const { port } = engine;
    const pair: DatabasePair = await engine.startPair({
      writer: { identifier: writer.identifier, host: `${network}.10`, port, names: writer.names },
      replica: { identifier: replica.identifier, host: `${network}.20`, port, names: replica.names },
      database,
      user: 'dr_drill',
      password: PASSWORD,
      seed,
      tls: true,
      archiveEveryMs: 500,
    });
    closing.push(pair.close);
    const { authority } = pair;
    if (!authority) throw new Error('the lab has no authority of its own');
    writeFileSync(ca, authority.cert);
    pair.replica.setDelay(settings.replicationDelayMs ?? 0);

    let restored = 0;
    const following = {
      world,
      topology,
      pair,
      backup: await pair.backUp(pair.writer),
      newHost: () => {
        restored += 1;
        return `${network}.${100 + restored}`;
      },
      onRegion: async (region: string, lost: boolean) => {
        if (lost) application(region).fail();
        else await application(region).start();
      },
    };
    const controller =
      settings.store === 'aurora-global' ? new ClusterController(following) : new InstanceController(following);
    closing.push(() => controller.stop());

    const balancers = SIDES.map((side) => {
      const { address, target } = door[side];
      return { side, target, pool: address === undefined ? poolFrom(`${network}.${FIRST[side]}`) : [address] };
    });
    dns = async (name) => {
      if (name === door.name) {
        const { addresses, ttlMs } = await world.ports.dns.resolve(name);
        const [first = ''] = addresses;
        const serving = balancers.find(({ side }) => isAddressOf(door[side], first));
        return { addresses: serving ? answersAt(serving.pool, Date.now()) : [], ttlSeconds: ttlMs / 1000 };
      }
      const balancer = balancers.find(({ target }) => target === name);
      if (balancer) return { addresses: answersAt(balancer.pool, Date.now()), ttlSeconds: 0 };
      const address = proxies.get(name) ?? controller.drillsWayTo(name);
      return address === undefined ? undefined : { addresses: [address], ttlSeconds: 5 };
    };

    const proxies = new Map<string, string>();
    for (const [
      place,
      {
        names: [name = ''],
      },
    ] of Object.entries(settings.sqlTrouble ? { 110: writer, 120: replica } : {})) {
      const host = `${network}.${place}`;
      const target = () => ({ host: controller.addressOf(name) ?? '', port });
      const proxy = await startTcpProxy({ at: { host, port }, target, trouble: settings.sqlTrouble });
      closing.push(proxy.close);
      proxies.set(name, host);
    }

    const login = { user: 'shop_app', password: PASSWORD, database, port, ca: authority.cert };
    const applications = balancers.map(({ side, pool }) => {
      const region = topology.regions[side];
      return new Application({
        region,
        hosts: pool,
        port: APPLICATION_PORT,
        path: door.service.path,
        pods: () => controller.pods(region),
        openShop(name, timeoutMs) {
          const address = controller.addressOf(name);
          return address === undefined ? undefined : engine.openShop({ ...login, name, address, timeoutMs });
        },
      });
    });
    const application = (region: string) => applications[region === PRIMARY ? 0 : 1] as Application;
    for (const one of applications) {
      await one.start();
      closing.push(() => one.fail());
    }
    const outage = new Outage({
      failure: world.ports.failure,
      region: PRIMARY,
      application: application(PRIMARY),
      writer: pair.writer,
    });
    const truth = () => truthOf(world, controller, applications, outage.kills);

    for (const api of await kubernetesApis(
      authority,
      world,
      { ...componentOf(topology, 'eks'), trouble: settings.kubernetesTrouble },
      endpoints,
      folder,
    ))
      closing.push(api.close);

    const server = await serve({
      world,
      listen: { host: '127.0.0.1', port: settings.port ?? 0 },
      clock,
      ...(settings.onCall && { onCall: settings.onCall }),
    });
    closing.push(server.close);
    return {
      world,
      server,
      pair,
      controller,
      folder,
      drills,
      environment: environmentFor(server.url),
      control: control.url,
      outage,
      failedMs: () => outage.kills.at(-1)?.atMs,
      truth,
      async letStopWrites() {
        await pair.writer.query('alter database shop owner to dr_drill');
        await pair.writer.query('grant pg_signal_backend, pg_read_all_stats to dr_drill');
      },
      async close() {
        const inAccount = world.twoWriters().map(({ writers }) => writers.join(' and '));
        await close();
        const together = [...new Set([...inAccount, ...controller.twoWriters])];
        if (together.length > 0) throw new Error(`Took writes at the same time: ${together.join('; ')}.`);
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** What holds the orders in the account: the identifiers and the names of both sides. */
function storeOf(topology: Topology, world: SimulatedWorld) {
  const [aurora] = componentsOf(topology, 'aurora-global');
  if (aurora) {
    const { database, primary, recovery } = aurora;
    const { regions } = topology;
    const cluster = (region: string, name: string) => ({
      identifier: name,
      names: [endpointOf, readerEndpointOf].map((nameOf) => nameOf({ region, cluster: name })),
    });
    return {
      database,
      writer: cluster(regions.primary, primary.cluster),
      replica: cluster(regions.recovery, recovery.cluster),
    };
  }
  const { database, writer, replica } = componentOf(topology, 'rds-replica');
  const instance = (identifier: string) => ({
    identifier,
    names: [world.state().instances.find((one) => one.identifier === identifier)?.address ?? ''],
  });
  return { database, writer: instance(writer.identifier), replica: instance(replica.identifier) };
}

const environmentFor = (url: string): Record<string, string> => ({
  AWS_ENDPOINT_URL: url,
  AWS_ACCESS_KEY_ID: 'LABACCESSKEY',
  AWS_SECRET_ACCESS_KEY: 'lab-secret-access-key',
  AWS_REGION: RECOVERY,
  AWS_EC2_METADATA_DISABLED: 'true',
  [PASSWORD_VARIABLE]: PASSWORD,
});

/** Both clusters' APIs; the account names them from then on. */
async function kubernetesApis(
  authority: Authority,
  { ports }: SimulatedWorld,
  kubernetes: Record<'primary' | 'recovery', { cluster: string; nodegroup?: string | undefined }> & {
    trouble: KubernetesTrouble | undefined;
  },
  endpoints: Endpoints,
  folder: string,
): Promise<KubernetesApi[]> {
  await certify(authority, ['127.0.0.1'], folder);
  const tls = {
    key: readFileSync(join(folder, 'server.key'), 'utf8'),
    cert: readFileSync(join(folder, 'server.crt'), 'utf8'),
  };
  const certificateAuthority = Buffer.from(authority.cert).toString('base64');
  const started: KubernetesApi[] = [];
  for (const side of ['primary', 'recovery'] as const) {
    const { cluster, nodegroup = '' } = kubernetes[side];
    const region = side === 'primary' ? PRIMARY : RECOVERY;
    const api = await startKubernetesApi({
      kubernetes: ports.kubernetes,
      cluster: { region, cluster },
      nodegroup,
      tls,
      trouble: kubernetes.trouble,
    });
    endpoints.clusters = { ...endpoints.clusters, [cluster]: { endpoint: api.endpoint, certificateAuthority } };
    started.push(api);
  }
  return started;
}

const hasCurl = (): boolean =>
  (process.env.PATH ?? '').split(delimiter).some((folder) => existsSync(join(folder, 'curl')));
