import { exitCodes } from '../../src/cli/exit-codes.ts';
import { rehearse } from '../../src/cli/rehearse.ts';
import { VirtualClock } from '../../src/clock/virtual-clock.ts';
import { componentsOf } from '../../src/drill/components.ts';
import type { Drill as AnyDrill } from '../../src/drill/drill.ts';
import { type LoadedDrill, loadDrill } from '../../src/drill/load.ts';
import type { Topology } from '../../src/drill/topology.ts';
import type { Entry, EventOf, Outcome, ProbeResult, RunEvent } from '../../src/journal/events.ts';
import { lineHash, memoryJournal } from '../../src/journal/journal.ts';
import { resultsIn } from '../../src/journal/probes.ts';
import { vocabulary } from '../../src/runbook/vocabulary.ts';
import { type SimulatedWorld, simulate } from '../../src/simulator/simulate.ts';
import type { Timeline } from '../../src/simulator/timeline.ts';
import { mustHaveOneWriter } from './one-writer.ts';

export const FAILOVER = 'multi-region-failover';
export const SNAPSHOT = 'snapshot-restore';
export const POINT_IN_TIME = 'point-in-time-restore';
export const PARTITION = 'network-partition';
export const SWITCHOVER = 'planned-switchover';
export type Drill = typeof FAILOVER | typeof PARTITION | typeof SWITCHOVER | typeof SNAPSHOT | typeof POINT_IN_TIME;

export const WRITER = 'ecommerce-db-primary';
export const PRIMARY = 'ap-east-2';
export const REPLICA = 'ecommerce-db-dr-replica';
export const QUARANTINE = 'sg-0a1b2c3d4e5f6000f';

export interface Finished {
  outcome: Outcome | 'unfinished';
  reason: string;
  exitCode: number;
  entries: Entry[];
  world: SimulatedWorld;
  /** What is in the account when the run has ended. */
  standing: Standing;
  /** What stood there before. */
  before: Standing;
  /** The world an hour after the run: what it had set going has come to its end. */
  anHourLater: SimulatedWorld;
  of<T extends RunEvent['type']>(type: T): EventOf<T>[];
  /** The requests of all watched customers. */
  visits(): ProbeResult[];
}

interface Options {
  seed?: number;
  /** A person aborts as soon as this entry has been written. */
  abortAt?: (entry: Entry) => boolean;
  /** What the machine's wall clock says at a steady instant. */
  wall?: (nowMs: number) => number;
}

/** Rehearses a drill that ships, with settings as given to `--set`. */
export const finished = (name: string, overrides: string[] = [], options: Options = {}): Promise<Finished> =>
  rehearsed(shipped(name, overrides), overrides, options);

const read = new Map<string, LoadedDrill>();

/** One database, one cluster in each region and one public name: what most tests are about. */
export const PAIR = 'topology=test/platforms/pair.yaml';
/** Two kinds of databases, a cache that customers can do without, two computes and two names. */
export const THREE_STORES = 'topology=test/platforms/three-stores-two-names.yaml';
/** Its cache, which customers can do without, is then given up a minute after everything else. */
export const SLOW_CACHE = 'simulation.cacheFailover.takes=9 min';
/** Aurora PostgreSQL Global, with a cache, a compute and two names. */
export const AURORA = 'topology=test/platforms/aurora-two-names-and-cache.yaml';
/** Everything that the sample has. */
export const WHOLE = 'topology=drills/topologies/ecommerce-platform.yaml';
const ON_PAIR: readonly string[] = [FAILOVER, PARTITION, `${PARTITION}-failover`];

/** A drill that ships, read once: hundreds of runs in a row are of the same. Those of a whole region are on the pair by default. */
export function shipped(name: string, overrides: string[] = []): LoadedDrill {
  const key = JSON.stringify([name, overrides]);
  const on = ON_PAIR.includes(name) && !overrides.some((one) => one.startsWith('topology=')) ? [PAIR] : [];
  const loaded = read.get(key) ?? loadDrill(`drills/${name}.yaml`, { overrides: [...on, ...overrides], vocabulary });
  read.set(key, loaded);
  return loaded;
}

/** Rehearses a drill that was loaded from anywhere. */
export async function rehearsed(
  { drill, topology }: Pick<LoadedDrill, 'drill' | 'topology'>,
  overrides: string[] = [],
  options: Options = {},
): Promise<Finished> {
  const seed = options.seed ?? drill.simulation.seed;
  const person = new AbortController();
  const entries: Entry[] = [];
  const { outcome, reason, world } = await rehearse({
    drill,
    topology,
    overrides,
    seed,
    wall: options.wall,
    openJournal: memoryJournal,
    signal: person.signal,
    onEntry(entry) {
      entries.push(entry);
      if (options.abortAt?.(entry)) person.abort('somebody pressed Ctrl-C');
    },
  });
  return accountOf({ drill, topology, seed, entries, outcome, reason, world });
}

interface Ended {
  drill: AnyDrill;
  topology: Topology;
  seed: number;
  entries: Entry[];
  outcome: Outcome | 'unfinished';
  reason: string;
  world: SimulatedWorld;
}

/** What is asserted of a run, wherever it was run. */
export function accountOf({ drill, topology, seed, entries, outcome, reason, world }: Ended): Finished {
  mustHaveOneWriter(world, entries);
  const endMs = Date.parse(entries.at(-1)?.at ?? '');
  const worldAt = (ms: number, state?: ReturnType<SimulatedWorld['state']>) =>
    simulate({ topology, simulation: drill.simulation, seed, clock: new VirtualClock(ms), state });
  const anHourLater = worldAt(endMs + 3_600_000, world.state());
  // Once nobody watches any more, a person was told of a writer that may come back.
  const isTold = entries.some(
    (entry) => entry.type === 'finding' && entry.what === `${WRITER} is not confirmed to be in quarantine`,
  );
  if (!isTold) mustHaveOneWriter(anHourLater, entries);
  let before: Standing | undefined;
  return {
    outcome,
    reason,
    exitCode: exitCodes[outcome],
    entries,
    world,
    standing: standingIn(world, topology),
    get before() {
      before ??= standingIn(worldAt(Date.parse(entries[0]?.at ?? '')), topology);
      return before;
    },
    anHourLater,
    of: <T extends RunEvent['type']>(type: T) => entries.filter((entry): entry is EventOf<T> => entry.type === type),
    visits: () => entries.flatMap((entry) => (entry.type === 'customers-probed' ? resultsIn(entry) : [])),
  };
}

export type Standing = ReturnType<typeof standingIn>;

/** What of it does not depend on when: how far consumer groups have come does, and each drill proves that none skips a record. */
export const whenever = (standing: Standing) => ({ ...standing, offsets: standing.offsets.map(([of]) => of) });

/** Everything that a drill may change, as it was asked for last. */
function standingIn(world: SimulatedWorld, topology: Topology) {
  const {
    instances,
    snapshots,
    clusterSnapshots,
    nodeGroups,
    deployments,
    namespaces,
    zones,
    healthChecks,
    accelerators,
    buckets,
    cache,
    aurora,
    secrets,
    tables,
    messaging: { commits },
  } = world.state();
  const { regions, witness } = topology;
  const clusters = aurora.flatMap((one) => one.clusters).filter(({ status }) => newest(status) !== null);
  const used = componentsOf(topology, 'eks').flatMap(({ uses }) => Object.values(uses).map(({ variable }) => variable));
  const [kafka] = componentsOf(topology, 'kafka');
  return {
    writers: world.writers().toSorted(),
    // Those that are made side by side come in no set order.
    instances: {
      primary: world.instances(regions.primary).toSorted(),
      recovery: world.instances(regions.recovery).toSorted(),
    },
    schemas: [
      ...instances.map(({ identifier, schemas }) => ({ identifier, schemas })),
      ...aurora.map(({ clusters: [one], schemas }) => ({ identifier: one?.cluster, schemas })),
    ].flatMap(({ identifier, schemas }) => Object.keys(schemas).map((name) => `${identifier} ${name}`)),
    snapshots: [...snapshots, ...clusterSnapshots]
      .filter(({ status }) => newest<string | null>(status) !== null)
      .map(({ identifier }) => identifier),
    securityGroups: instances
      .filter(({ status }) => newest(status) !== null)
      .map(({ identifier, securityGroups }) => [identifier, newest(securityGroups)] as const)
      .toSorted(([one], [other]) => one.localeCompare(other)),
    readOnly: instances
      .filter(({ readOnly }) => newest(readOnly))
      .map(({ identifier }) => identifier)
      .toSorted(),
    nodeGroups: nodeGroups.map(({ name, size }) => [name, size]),
    deployments: deployments.map(({ region, name, wanted, rollouts }) => [
      region,
      name,
      wanted,
      ...used.map((variable) => rollouts.at(-1)?.environment[variable]),
      rollouts.at(-1)?.environment[kafka?.producers.variable ?? ''],
    ]),
    offsets: Object.entries(
      Object.fromEntries(
        commits.map(({ cluster, group, topic, partition, offset }) => [
          `${cluster.split(':')[3]} ${group} ${topic}/${partition}`,
          offset,
        ]),
      ),
    ).filter(([, offset]) => offset !== null),
    namespaces: namespaces.filter(({ phase }) => newest(phase) !== null).map(({ region, name }) => [region, name]),
    // At the witness it counts who holds the right to write, however often it was written.
    objects: buckets
      .filter(({ name }) => name !== witness?.bucket)
      .flatMap(({ name, versions }) => versions.map(({ key, versionId }) => `${name}/${key}#${versionId}`)),
    right: buckets
      .filter(({ name }) => name === witness?.bucket)
      .map(({ versions }) => JSON.parse(Buffer.from(versions.at(-1)?.body ?? '', 'base64').toString()).holder),
    secrets: secrets.map(({ region, name, versions }) => [
      region,
      name,
      versions.map(({ id, stages }) => [id, stages]),
    ]),
    tables: tables.flatMap(({ name, replicas }) =>
      replicas.filter(({ status }) => newest(status) !== null).map(({ region }) => `${name} in ${region}`),
    ),
    cacheGroups: cache.groups.filter(({ status }) => newest(status) !== null).map(({ identifier }) => identifier),
    cacheRoles: cache.datastores.flatMap(({ members }) => members.map(({ group, role }) => [group, newest(role)])),
    auroraWriters: clusters.filter(({ isWriter }) => newest(isWriter)).map(({ cluster }) => cluster),
    auroraGroups: clusters.map(({ cluster, securityGroups }) => [cluster, newest(securityGroups)]),
    healthChecks: healthChecks.map(({ inverted, disabled }) => ({ inverted, disabled })),
    records: zones.flatMap((zone) => zone.records),
    dials: accelerators.flatMap(({ groups }) => groups.map(({ region, dial }) => [region, dial])),
  };
}

const newest = <T>(timeline: Timeline<T>): T | undefined => timeline.at(-1)?.[1];

/** The changes that AWS carried out: those that were answered, and those whose answer was lost. */
export const changesMade = ({ of }: Finished, operation: string): number =>
  of('call').filter((call) => call.operation === operation && call.mutating && call.outcome !== 'failed').length;

/** The numbers of entries that do not follow from the previous one. */
export const brokenLinks = (entries: readonly Entry[]): number[] =>
  entries.flatMap(({ seq, prev }, index) => {
    const before = entries[index - 1];
    return before && (prev !== lineHash(JSON.stringify(before)) || seq !== before.seq + 1) ? [seq] : [];
  });
