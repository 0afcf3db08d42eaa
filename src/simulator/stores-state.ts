import type { Timeline } from './timeline.ts';

/** One version of an object in a bucket, or a delete marker. */
export interface ObjectVersion {
  key: string;
  versionId: string;
  /** When it was written, in the bucket that it was written to. */
  atMs: number;
  /** In base64; `null` for a delete marker. */
  body: string | null;
  etag: string;
  /** As its client gave it. */
  crc32: string | null;
  contentType: string;
  metadata: Record<string, string>;
  lock: { mode: 'GOVERNANCE' | 'COMPLIANCE'; untilMs: number } | null;
  /** How its replication goes: so long while both regions stand; `null` where it goes nowhere. */
  replicated: { takesMs: number; failed: boolean } | null;
  /** The version of the source bucket that it replicates, and when it arrives. */
  copy: { of: string; sentMs: number; takesMs: number } | null;
}

export interface Bucket {
  name: string;
  region: string;
  createdMs: number;
  objectLock: boolean;
  /** The bucket that gets everything written to this one. */
  replica: string | null;
  /** In the order written. */
  versions: ObjectVersion[];
}

/** One replication group of ElastiCache: one shard, cluster mode disabled. */
export interface CacheGroup {
  identifier: string;
  region: string;
  description: string;
  nodeType: string;
  nodes: number;
  parameterGroup: string;
  subnetGroup: string;
  engine: string;
  engineVersion: string;
  multiAz: boolean;
  snapshotRetentionDays: number;
  /** When the automatic snapshot is taken, UTC. */
  snapshotWindow: string;
  createdMs: number;
  /** As the API tells it; `null` once the group is gone. */
  status: Timeline<string | null>;
  /** Up to when its keys are the shop's, and which share of them it lacks; `null` for one that the shop uses. */
  copy: { untilMs: number; lostShare: number } | null;
}

export interface GlobalDatastore {
  id: string;
  status: Timeline<string>;
  members: {
    region: string;
    group: string;
    role: Timeline<'PRIMARY' | 'SECONDARY'>;
    /** `null` once it has left. */
    status: Timeline<string | null>;
  }[];
}

export interface Cache {
  groups: CacheGroup[];
  /** Those that someone asked for; automatic ones follow from the groups. */
  snapshots: { name: string; group: string; atMs: number }[];
  datastores: GlobalDatastore[];
  /** Keys that a drill has set. */
  written: { group: string; key: string; value: string; atMs: number; untilMs: number }[];
}

/** What a drill did to the clusters of Kafka; everything else follows from consumers, producers and time. */
export interface Messaging {
  /** Offsets that were set from outside, oldest first; null where they were taken away. */
  commits: {
    /** The cluster's ARN. */
    cluster: string;
    group: string;
    topic: string;
    partition: number;
    offset: number | null;
    atMs: number;
  }[];
  /** Records of the drills' own topics, oldest first. */
  markers: { cluster: string; offset: number; key: string; value: string; atMs: number }[];
}

/** An instance of an Aurora cluster. */
export interface ClusterInstance {
  identifier: string;
  class: string;
  tags: { Key: string; Value: string }[];
  /** As the API tells it; `null` once it is gone. */
  status: Timeline<string | null>;
  /** Whether the database in it answers, apart from the network. */
  open: Timeline<boolean>;
}

/** A cluster of an Aurora global database. */
export interface AuroraCluster {
  region: string;
  cluster: string;
  engineVersion: string;
  /** None in a headless cluster: storage without anyone who could take over. */
  instances: ClusterInstance[];
  /** The instance that leads it since a failover inside of the cluster; before, the first that is open. */
  leader: Timeline<string | null>;
  isWriter: Timeline<boolean>;
  /** Whether what the writer writes comes to it. */
  follows: Timeline<boolean>;
  securityGroups: Timeline<string[]>;
  /** The security group that lets nobody in. */
  quarantine: string | null;
  /** Whether each new session may only read. */
  readOnly: Timeline<boolean>;
  /** As the API tells it; `null` once it is gone. */
  status: Timeline<string | null>;
  createdMs: number;
  parameterGroup: string;
  subnetGroup: string;
  iamLogin: boolean;
  deletionProtection: boolean;
  backupRetentionDays: number;
  /** The ARN of the key that its storage is encrypted with. */
  kmsKey: string;
  tags: { Key: string; Value: string }[];
}

/** A snapshot of a cluster that someone copied. */
export interface ClusterSnapshot {
  identifier: string;
  region: string;
  /** The cluster that it was taken of. */
  of: string;
  takenMs: number;
  createdMs: number;
  /** The ARN of the snapshot that it was copied from. */
  from: string;
  kmsKey: string;
  tags: { Key: string; Value: string }[];
  status: Timeline<'creating' | 'available' | 'failed' | null>;
}

/** An Aurora global database: one cluster takes the writes, and the others follow it. */
export interface GlobalDatabase {
  /** Empty for a cluster that was restored: it is in no global database. */
  id: string;
  /** Of a restored cluster: up to when it holds what its original held, and how many of the newest orders it lacks. */
  copy: { untilMs: number; lostOrders: number; wholeOrders?: number; altered?: number } | null;
  /** Schemas that drills made in it, by name: whose they are, and how many rows each table has. */
  schemas: Record<string, { mark: string; tables: Record<string, number>; pages: string[] }>;
  /** The data store that it is, by its name in the topology. */
  store: string;
  engine: 'postgres' | 'mysql';
  /** The database inside its clusters. */
  database: string;
  status: Timeline<'available' | 'switching-over' | 'failing-over'>;
  /** Where its role moves to, or moved to last. */
  target: string | null;
  clusters: AuroraCluster[];
  /** Whether the writer takes writes: while its role moves, it stops. */
  open: Timeline<boolean>;
  /** Heartbeat rows, each with the region that acknowledged it. */
  rows: { sequence: number; region: string; atMs: number }[];
  /** What a region acknowledged from then on, and up to the change of roles, never came over. */
  losses: { region: string; fromMs: number; untilMs: number }[];
}

/** A table of DynamoDB, with its replicas. */
export interface Table {
  name: string;
  createdMs: number;
  consistency: 'EVENTUAL' | 'STRONG';
  /** The region that keeps a third copy of every write and no items, of a table with strong consistency. */
  witness: string | null;
  partitionKey: string;
  /** `null` where there is none. */
  sortKey: { name: string; type: 'N' | 'S' } | null;
  replicas: {
    region: string;
    /** As the API tells it; `null` once it is gone. */
    status: Timeline<string | null>;
    /** Since when point-in-time recovery is on; `null` where it is off. */
    recoverableMs: number | null;
    /** Of a provisioned table; `null` where each request is paid for. */
    readCapacity: number | null;
    tags: { Key?: string | undefined; Value?: string | undefined }[];
  }[];
  /** Every write that a region took, oldest first. */
  writes: {
    /** The key, as one text. */
    key: string;
    /** As the API has it. */
    item: Record<string, unknown>;
    region: string;
    atMs: number;
    /** Until it is in the other regions, while both stand; `null` for one that never comes there. */
    takesMs: number | null;
  }[];
  /** Of a restored table: the table that it was restored from, and what time its data is of. */
  restored: { from: string; atMs: number } | null;
}

/** A secret, or the replica of one, in a region. */
export interface Secret {
  name: string;
  region: string;
  createdMs: number;
  tags: { Key?: string | undefined; Value?: string | undefined }[];
  kmsKey: string | null;
  /** Where its replica is; `null` for one without, and for a replica. */
  replica: { region: string; failed: boolean } | null;
  /** The region of what it is a replica of. */
  replicaOf: string | null;
  versions: {
    id: string;
    /** A text; bytes in base64. */
    value: { text: string } | { bytes: string };
    /** Staging labels, such as AWSCURRENT. */
    stages: string[];
    atMs: number;
  }[];
}
