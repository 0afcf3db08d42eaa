/**
 * A number in [0, 1) that depends on the seed and the key alone: one draw never shifts another.
 * With `nth`, the key is `key#nth`.
 */
export type Draw = (key: string, nth?: number) => number;

export function drawWith(seed: number): Draw {
  const seeded = absorb(NOTHING, `${seed}/`);
  const hashes = new Map<string, number>();
  return (key, nth) => {
    const hash = hashes.get(key) ?? absorb(seeded, key);
    // The same keys come again and again with another number; one without is drawn once or twice.
    if (nth !== undefined) hashes.set(key, hash);
    return finish(nth === undefined ? hash : absorb(hash, `#${nth}`)) / 2 ** 32;
  };
}

/** FNV-1a with the finishing of murmur3: a world asks hundreds of times a run, and a cryptographic hash would be most of its time. */
export const hash32 = (text: string): number => finish(absorb(NOTHING, text));

/** A UUID that follows from a text. */
export function uuidOf(key: string): string {
  const word = (part: number) => hash32(`${key}.${part}`).toString(16).padStart(8, '0');
  return `${word(1)}-${word(2).slice(4)}-4${word(2).slice(1, 4)}-a${word(3).slice(5)}-${word(4)}${word(5).slice(4)}`;
}

const NOTHING = 0x811c9dc5;

function absorb(hash: number, text: string): number {
  let mixed = hash;
  for (let index = 0; index < text.length; index += 1) mixed = Math.imul(mixed ^ text.charCodeAt(index), 0x01000193);
  return mixed;
}

function finish(hash: number): number {
  let mixed = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}

export const between = (low: number, high: number, drawn: number): number => low + (high - low) * drawn;

/** A lognormal duration about its median; `sigma` 0.25 puts the 95th percentile half above the median. */
export function lognormal(median: number, sigma: number, drawn: number): number {
  return median * Math.exp(sigma * normal(drawn));
}

/** The inverse of the normal distribution, by the logistic approximation: within 2 % of the mark up to the 99th percentile. */
function normal(drawn: number): number {
  const p = Math.min(0.995, Math.max(0.005, drawn));
  return Math.log(p / (1 - p)) / 1.702;
}

const MILLISECOND = 1;
const SECOND = 1_000;
const MINUTE = 60_000;

/**
 * How long things take in the simulated world, in milliseconds. Where AWS publishes no figure the source says so:
 * these are assumptions to rehearse with, never evidence.
 */
const durations = {
  /** Assumption: time for one API call as seen from a neighbouring region. */
  apiCall: (drawn: number) => between(40, 140, drawn),
  /** The SDK's own request time-out as the tool sets it. */
  apiTimeout: 5 * SECOND,
  /** Assumption: AWS says "several minutes, or longer, depending on size"; small databases are reported at about two. */
  promotion: (drawn: number) => lognormal(110 * SECOND, 0.25, drawn),
  /** Assumption: AWS publishes no figure; over forty minutes were seen for large ones. */
  replicaCreation: (drawn: number) => lognormal(12 * MINUTE, 0.25, drawn),
  /** Assumption: a replica that is available follows what was written while it was made. */
  replicaCatchUp: (drawn: number) => between(60 * SECOND, 240 * SECOND, drawn),
  /** Assumption: of what has changed since the last copy. */
  snapshotCopy: (drawn: number) => lognormal(4 * MINUTE, 0.25, drawn),
  /** Assumption: AWS publishes no figure; the first copy to a region copies all, and hours are reported for large ones. */
  firstCopyPerGib: (drawn: number) => lognormal(12 * SECOND, 0.25, drawn),
  /** Assumption: how long a describe may still show the state before a promotion. */
  staleStatus: (drawn: number) => between(2 * SECOND, 6 * SECOND, drawn),
  /** Assumption: AWS publishes no figure for restores; 10 to 30 minutes are usual for large ones. */
  restore: (drawn: number) => lognormal(7 * MINUTE, 0.2, drawn),
  /** Assumption: AWS publishes no figure; the storage of a restored cluster of Aurora, without an instance yet. */
  clusterRestore: (drawn: number) => lognormal(4 * MINUTE, 0.2, drawn),
  /** Assumption: a restored instance loads its first blocks lazily. */
  firstAnswer: (drawn: number) => between(5 * SECOND, 20 * SECOND, drawn),
  /** Assumption: AWS says that a new name comes within ten minutes; small instances are reported to take about one. */
  renaming: (drawn: number) => between(40 * SECOND, 90 * SECOND, drawn),
  /** Assumption: AWS gives ten minutes for the new name in all; DNS has it shortly after RDS. */
  renamed: (drawn: number) => between(5 * SECOND, 60 * SECOND, drawn),
  /** Assumption: a test instance without a final snapshot. */
  deletion: (drawn: number) => between(60 * SECOND, 180 * SECOND, drawn),
  /** AWS: a reboot's outage is usually under two minutes; small databases are back in half of one. */
  reboot: (drawn: number) => between(20 * SECOND, 60 * SECOND, drawn),
  /** AWS: 60 to 120 seconds as a rule, from the request until the standby serves. */
  /** Inside of an Aurora cluster: its storage is there already. */
  clusterFailover: (drawn: number) => between(20 * SECOND, 50 * SECOND, drawn),
  zoneFailover: (drawn: number) => between(60 * SECOND, 110 * SECOND, drawn),
  /** Assumption: the endpoint's name leads to the standby when this share of that time has passed. */
  zoneNamedShare: (drawn: number) => between(0.3, 0.55, drawn),
  /** Assumption: AWS says only that what its API tells of zones may be old for minutes. */
  zoneTold: (drawn: number) => between(30 * SECOND, 180 * SECOND, drawn),
  /** Assumption: a changed security group reaches the instance within seconds. */
  securityGroup: (drawn: number) => between(2 * SECOND, 6 * SECOND, drawn),
  /** PostgreSQL replays its log before it opens after a crash. */
  crashRecovery: (drawn: number) => between(30 * SECOND, 90 * SECOND, drawn),
  /** RDS uploads transaction logs every five minutes (its documentation). */
  logUploadEvery: 5 * MINUTE,
  /** Assumption: how long an uploaded log takes to count. */
  logUploadTakes: (drawn: number) => between(5 * SECOND, 60 * SECOND, drawn),
  /** Assumption: the first backup after a promotion. */
  backup: (drawn: number) => between(60 * SECOND, 180 * SECOND, drawn),
  /** Assumption: a small change of an instance's settings. */
  modification: (drawn: number) => between(15 * SECOND, 45 * SECOND, drawn),
  /** Assumption: making an instance Multi-AZ, while it serves. */
  multiAz: (drawn: number) => lognormal(8 * MINUTE, 0.2, drawn),
  /** Assumption: how long a transaction that is writing goes on. */
  openTransaction: (drawn: number) => between(200 * MILLISECOND, 3 * SECOND, drawn),
  /** Assumption: a query by its key over a warm connection. */
  query: (drawn: number) => between(4 * MILLISECOND, 20 * MILLISECOND, drawn),
  /** Assumption: EKS accepts a new size within seconds; the nodes come later. */
  nodegroupUpdate: (drawn: number) => between(5 * SECOND, 15 * SECOND, drawn),
  /** Assumption: from launch to Ready of a managed node. */
  node: (drawn: number) => between(55 * SECOND, 110 * SECOND, drawn),
  /** Assumption: a node is registered, and not ready yet, for this long. */
  nodeJoining: 15 * SECOND,
  /** Assumption: a drained node is gone after this long. */
  nodeDraining: 60 * SECOND,
  /** Assumption: image pull, start and readiness probe. */
  pod: (drawn: number) => between(15 * SECOND, 40 * SECOND, drawn),
  /** Assumption: a task of Fargate: its network, image pull, start and first health checks. */
  task: (drawn: number) => between(25 * SECOND, 60 * SECOND, drawn),
  /** Assumption: connections to a task that is replaced are drained for a little. */
  taskDraining: 10 * SECOND,
  /** Assumption: from the last task that is healthy until ECS calls its deployment complete. */
  deploymentEnd: 5 * SECOND,
  /** Assumption: a rolling update of a small deployment. */
  rollout: (drawn: number) => between(15 * SECOND, 35 * SECOND, drawn),
  /** Assumption: an inverted check shows in DNS answers within one checking interval of 10 s and a little. */
  healthCheck: (drawn: number) => between(5 * SECOND, 15 * SECOND, drawn),
  /** Assumption: AWS says that edges react instantly to a change, and gives no figure. */
  dialChange: (drawn: number) => between(10 * SECOND, 30 * SECOND, drawn),
  /** AWS: about 30 seconds until an accelerator sends anyone to an endpoint that is well again; assumption: as long until it notices that one is dead. */
  endpointHealth: 30 * SECOND,
  /** AWS: a record change reaches all name servers within 60 seconds as a rule. */
  recordChange: (drawn: number) => between(20 * SECOND, 60 * SECOND, drawn),
  /** Route 53 works on one change of a zone at a time; assumption: for about this long. */
  recordChangeBusy: 1 * SECOND,
  /** Assumption: AWS publishes no figure; a small group is reported to be created and deleted within ten minutes. */
  cacheCreation: (drawn: number) => lognormal(4.5 * MINUTE, 0.2, drawn),
  /** Assumption: as above. */
  cacheDeletion: (drawn: number) => between(2 * MINUTE, 4 * MINUTE, drawn),
  /** Assumption: the role of a global database moves in one or two minutes. */
  globalClusterChange: (drawn: number) => lognormal(75 * SECOND, 0.2, drawn),
  /** Assumption: for this share of a switchover the old writer still takes writes. */
  switchoverWritesShare: 0.4,
  /** Assumption: AWS publishes no figure for how long an old primary cluster takes to follow the new one. */
  clusterRejoin: (drawn: number) => between(60 * SECOND, 150 * SECOND, drawn),
  /** Assumption: an instance of Aurora needs no copy of the storage. */
  clusterInstance: (drawn: number) => lognormal(7 * MINUTE, 0.2, drawn),
  /** AWS: a secondary of a global datastore is promoted in less than a minute, as a rule. */
  cacheFailover: (drawn: number) => lognormal(40 * SECOND, 0.2, drawn),
  /** Assumption: one command over a connection of its own, inside the region or across. */
  cacheCommand: (drawn: number) => between(5 * MILLISECOND, 60 * MILLISECOND, drawn),
  /** Assumption: AWS publishes no figure; an experiment resolves its targets first. */
  experimentStart: (drawn: number) => between(4 * SECOND, 15 * SECOND, drawn),
  /** Assumption: AWS publishes no figure; up to half a minute was seen until what was broken is fixed. */
  experimentStop: (drawn: number) => between(5 * SECOND, 30 * SECOND, drawn),
  /** Assumption: one request to a Kafka cluster over a warm connection, inside the region or across. */
  kafkaRequest: (drawn: number) => between(3 * MILLISECOND, 50 * MILLISECOND, drawn),
  /** Assumption: nobody publishes a figure; a second or two between near regions, as long as nothing holds it up. */
  mirrorLag: (drawn: number) => lognormal(1_200 * MILLISECOND, 0.3, drawn),
  /** Assumption: what a consumer that is stopped still has to finish before it leaves its group. */
  consumerLeaves: (drawn: number) => between(1 * SECOND, 8 * SECOND, drawn),
  /** Assumption: AWS publishes no figure. */
  cacheDisassociation: (drawn: number) => between(60 * SECOND, 180 * SECOND, drawn),
  /** Assumption: seconds for small objects; S3 promises 15 minutes, and that only with Replication Time Control. */
  objectReplication: (drawn: number) => lognormal(12 * SECOND, 0.4, drawn),
  /** AWS: a write to a global table is in the other regions within a second as a rule; assumption: seldom later. */
  tableReplication: (drawn: number) => lognormal(600 * MILLISECOND, 0.4, drawn),
  /** AWS: the latest restorable time is five minutes back as a rule. */
  tableRestorableAgo: 5 * MINUTE,
  /** Assumption: AWS publishes no figure; small tables are reported to be restored within five to twelve minutes. */
  tableRestore: (drawn: number) => lognormal(7 * MINUTE, 0.2, drawn),
  /** Assumption: AWS publishes no figure; a replica of a small table is reported to be there after some minutes. */
  tableReplica: (drawn: number) => lognormal(4 * MINUTE, 0.25, drawn),
  /** Assumption: a table of a drill's own. */
  tableDeletion: (drawn: number) => between(5 * SECOND, 20 * SECOND, drawn),
  /** Assumption: one request of the Kubernetes API. */
  kubernetesCall: (drawn: number) => between(15 * MILLISECOND, 60 * MILLISECOND, drawn),
  /** Assumption: a namespace of a few objects without pods. */
  namespaceDeletion: (drawn: number) => between(5 * SECOND, 15 * SECOND, drawn),
  /** The Kubernetes client's own time-out. */
  kubernetesTimeout: 5 * SECOND,
  /** Assumption: one customer's request when there is capacity enough. */
  request: (drawn: number) => between(60 * MILLISECOND, 200 * MILLISECOND, drawn),
  /** Assumption: a recursive resolver's answer from a name server. */
  resolve: (drawn: number) => between(5 * MILLISECOND, 30 * MILLISECOND, drawn),
  /** Assumption: how long after a minute has ended its metrics can be read. */
  metricDelay: 5 * SECOND,
  /** Assumption: a replica replays what it missed ten times as fast as it was written. */
  catchUp: (missedMs: number) => Math.max(3 * SECOND, missedMs / 10),
  /** PostgreSQL tries to connect again every five seconds (wal_retrieve_retry_interval). */
  reconnection: 5 * SECOND,
  /** Assumption: how long a guard takes to stop writes or to allow them, its sessions ended. */
  guard: 1 * SECOND,
  /** Assumption: how long a person takes to read, think and answer. */
  approval: (drawn: number) => lognormal(60 * SECOND, 0.5, drawn),
  /** Assumption: how soon after a promotion its first backup begins. */
  firstBackup: 5 * SECOND,
} satisfies Record<string, number | ((drawn: number) => number)>;

export type Durations = typeof durations;

/** Customers and the clients' own time-outs stay as they are, however fast the world. */
const unhastened: readonly string[] = [
  'apiTimeout',
  'kubernetesTimeout',
  'request',
  'resolve',
  'query',
  'zoneNamedShare',
];

/** The durations of a world in which everything that takes time takes so many times less; clocks go on as always. */
export function hastened(speed: number): Durations {
  if (speed === 1) return durations;
  const faster = Object.entries(durations).map(([name, duration]) => {
    if (unhastened.includes(name)) return [name, duration];
    return [name, typeof duration === 'number' ? duration / speed : (drawn: number) => duration(drawn) / speed];
  });
  return Object.fromEntries(faster) as Durations;
}
