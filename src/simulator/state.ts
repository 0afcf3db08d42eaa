import type { FisStatus } from '../aws/services/fis-shapes.ts';
import type { Settings } from '../drill/simulated-instance.ts';
import type { KubernetesObject } from '../ports/kubernetes.ts';
import type { DnsAnswer } from '../ports/network.ts';
import type { Engine } from '../ports/sql.ts';
import type { Bucket, Cache, ClusterSnapshot, GlobalDatabase, Messaging, Secret, Table } from './stores-state.ts';
import type { Timeline } from './timeline.ts';
import type { Accelerator, HealthCheck, PutBack, RoutingControl, Zone } from './traffic-state.ts';

/** Everything that changes in the simulated account: plain JSON, brought up to date by looking. */
export interface State {
  startMs: number;
  /** Which regions are lost, over time. */
  down: Record<string, Timeline<boolean>>;
  /** Whether the link between the two regions is cut, over time. */
  partition: Timeline<boolean>;
  /** Services that are down in the primary region, where all else is well. */
  degraded: Timeline<string[]>;
  instances: Instance[];
  /** Those that someone asked for; automated ones follow from the instances. */
  snapshots: Snapshot[];
  clusters: EksCluster[];
  nodeGroups: NodeGroup[];
  reservations: Reservation[];
  deployments: Deployment[];
  autoscalers: Autoscaler[];
  services: EcsService[];
  taskDefinitions: TaskDefinition[];
  scalableTargets: ScalableTarget[];
  namespaces: Namespace[];
  zones: Zone[];
  healthChecks: HealthCheck[];
  routingControls: RoutingControl[];
  /** null where nobody puts anything back, or nobody changed anything. */
  putBack: PutBack | null;
  accelerators: Accelerator[];
  buckets: Bucket[];
  cache: Cache;
  messaging: Messaging;
  tables: Table[];
  aurora: GlobalDatabase[];
  clusterSnapshots: ClusterSnapshot[];
  groups: Groups;
  /** Roles of services that were deleted. */
  rolesGone: string[];
  /** Keys for data that are not enabled, by ARN; `null` for one that is not there. */
  keyStates: Record<string, 'Disabled' | 'PendingDeletion' | null>;
  topics: Topic[];
  secrets: Secret[];
  automations: Automation[];
  experiments: Experiment[];
  /** Service quotas of every region, by quota code. */
  quotas: Record<string, number>;
  /** IAM actions that the caller may not perform, as `rds:PromoteReadReplica`. */
  denied: string[];
  /** People who were asked for their approval, or about an item of a checklist. */
  asked: { step: string; role: string; item?: string; atMs: number }[];
  /** Calls so far by operation: each call has its own draw. */
  calls: Record<string, number>;
  /** Calls refused or left unanswered so far, by the simulation's own list. */
  spent: Record<string, number>;
  /** What clients that ignore the TTL still keep, by public name and customer. */
  keptAnswers: Record<string, { askedMs: number; answer: DnsAnswer }>;
  /** What others have done to the databases, by the simulation's own list. */
  befallen: string[];
  /** How many calls a limit still grants, by limit. */
  budgets: Record<string, { tokens: number; atMs: number }>;
}

/** Something that instances run with, by its name in a region. */
interface Placed {
  region: string;
  name: string;
}

/** The groups that RDS, EC2 and ElastiCache know. */
export interface Groups {
  subnets: (Placed & { vpc: string })[];
  parameters: (Placed & { family: string })[];
  options: (Placed & { engine: string; major: string })[];
  security: { region: string; id: string; vpc: string; letsIn: boolean }[];
  cacheSubnets: (Placed & { vpc: string })[];
  cacheParameters: (Placed & { family: string })[];
}

/** One RDS instance of the simulated account. */
export interface Instance {
  /** The data store that it is of, by its name in the topology. */
  store: string;
  identifier: string;
  region: string;
  /** The name that it was asked to have, and from when on it has it. */
  renamed: { to: string; atMs: number } | null;
  /** The addresses that it had before, and until when. */
  formerAddresses: { address: string; untilMs: number }[];
  /** The host of its endpoint. */
  address: string;
  /** From when on DNS knows that host. */
  namedMs: number;
  class: string;
  storageGib: number;
  multiAz: boolean;
  /** Until when its standby in another zone is still being made. */
  standbyMs: number;
  /** The availability zone that its endpoint's name leads to, and the one that the API tells of. */
  zone: { named: Timeline<string>; told: Timeline<string> };
  /** What RDS has to say of it, oldest first; some of it yet to come. */
  events: { atMs: number; categories: string[]; message: string }[];
  parameterGroup: string;
  subnetGroup: string;
  tags: { Key: string; Value: string }[];
  settings: Settings;
  backupRetentionDays: number;
  /** When its first backup as a writer ended: nothing older can be restored. */
  firstBackupMs: number;
  deletionProtection: boolean;
  engine: Engine;
  engineVersion: string;
  /** The ARN of the key that its storage is encrypted with; `null` where it is not. */
  kmsKey: string | null;
  /** Asked for, not applied. */
  pending: { BackupRetentionPeriod?: number; MultiAZ?: boolean };
  createdMs: number;
  /** The security group that lets nobody in. */
  quarantine: string | null;
  /** As the API tells it; `null` once the instance is gone. */
  status: Timeline<string | null>;
  /** The instance that it replicates from. */
  source: Timeline<string | null>;
  /** Why replication stands still, where it does. */
  replicationError: Timeline<string | null>;
  securityGroups: Timeline<string[]>;
  /** Whether each new session may only read. */
  readOnly: Timeline<boolean>;
  /** Whether PostgreSQL answers, apart from the network. */
  open: Timeline<boolean>;
  /** Whether an experiment cuts its network off. */
  cutOff: Timeline<boolean>;
  /** Until when first reads wait for blocks that are still loaded from a backup. */
  loadedMs: number;
  /** A replica that was just made holds what its source held at `sinceMs`, and has it all once it has caught up. */
  catchUp: { sinceMs: number; fromMs: number; untilMs: number } | null;
  /** Where its first rows come from, once it no longer follows anyone. */
  copy: { of: string; untilMs: number; lostOrders: number; wholeOrders?: number; altered?: number } | null;
  heartbeats: { sequence: number; atMs: number }[];
  /** Orders that it changed, and no replica received. */
  changed?: number;
  /** Schemas that drills made in it, by name: whose they are, and how many rows each table has. */
  schemas: GlobalDatabase['schemas'];
}

/** One snapshot of an instance that someone made or copied. */
export interface Snapshot {
  identifier: string;
  region: string;
  /** The instance that it was taken of. */
  of: string;
  takenMs: number;
  createdMs: number;
  /** The ARN of the snapshot that it was copied from. */
  from: string | null;
  kmsKey: string | null;
  storageGib: number;
  engine: Engine;
  engineVersion: string;
  tags: { Key: string; Value: string }[];
  /** As the API tells it; `null` once it is gone. */
  status: Timeline<'creating' | 'available' | 'failed' | null>;
}

export interface Node {
  name: string;
  /** Registered with the cluster. */
  joinsMs: number;
  readyMs: number;
  goneMs: number | null;
}

export interface Update {
  id: string;
  token: string | null;
  createdMs: number;
  endMs: number;
  /** Nodes that the region could not give. */
  short: number;
  size: Size;
}

export interface Size {
  min: number;
  desired: number;
  max: number;
}

/** A cluster of EKS. */
export interface EksCluster {
  region: string;
  name: string;
  status: 'ACTIVE' | 'UPDATING' | 'FAILED';
  version: string;
  /** Those that Karpenter or Auto Mode makes for pods; `null` where only node groups give nodes. */
  madeForPods: Node[] | null;
}

/** A Capacity Reservation of EC2. */
export interface Reservation {
  id: string;
  region: string;
  zone: string;
  instanceType: string;
  total: number;
  matches: 'open' | 'targeted';
}

export interface NodeGroup {
  region: string;
  cluster: string;
  name: string;
  version: string;
  instanceTypes: string[];
  size: Size;
  status: Timeline<'ACTIVE' | 'UPDATING' | 'DEGRADED'>;
  nodes: Node[];
  updates: Update[];
}

export interface Pod {
  name: string;
  createdMs: number;
  /** `null` while no node has room for it, now or to come. */
  scheduledMs: number | null;
  readyMs: number | null;
  goneMs: number | null;
}

/** One template of the pods, and when it replaced the previous one: `null` for a rollout that never ends. */
export interface Rollout {
  fromMs: number;
  untilMs: number | null;
  pods: number;
  environment: Record<string, string>;
}

export interface Deployment {
  region: string;
  cluster: string;
  namespace: string;
  name: string;
  wanted: number;
  pods: Pod[];
  /** Oldest first. */
  rollouts: Rollout[];
}

/** A task of a service of ECS. */
export interface EcsTask {
  id: string;
  /** The deployment that started it. */
  deployment: string;
  createdMs: number;
  /** `null` while there is no capacity for it. */
  placedMs: number | null;
  /** `null` where it will never be healthy, or has no place. */
  runningMs: number | null;
  goneMs: number | null;
}

/** A deployment of a service of ECS. */
export interface EcsDeployment {
  id: string;
  /** `family:revision` */
  taskDefinition: string;
  environment: Record<string, string>;
  createdMs: number;
  /** `null` for one that never ends. */
  completedMs: number | null;
  /** When its circuit breaker ends it. */
  failedMs: number | null;
}

export interface EcsService {
  region: string;
  cluster: string;
  name: string;
  status: 'ACTIVE' | 'DRAINING' | 'INACTIVE';
  desired: number;
  tasks: EcsTask[];
  /** Oldest first. */
  deployments: EcsDeployment[];
}

export interface TaskDefinition {
  region: string;
  family: string;
  revision: number;
  registeredMs: number;
  image: string;
  environment: Record<string, string>;
  /** What is read from Secrets Manager as a task starts, by variable. */
  secrets: Record<string, string>;
  tags: { key: string; value: string }[];
}

/** What Application Auto Scaling keeps a service of ECS between. */
export interface ScalableTarget {
  region: string;
  cluster: string;
  service: string;
  min: number;
  max: number;
  /** Something else keeps the minimum at this. */
  kept: number | null;
  /** When it looks again, after somebody changed something. */
  dueMs: number | null;
}

/** A HorizontalPodAutoscaler. */
export interface Autoscaler {
  region: string;
  cluster: string;
  namespace: string;
  name: string;
  deployment: string;
  min: number;
  max: number;
  minBefore: number | null;
  /** Something else keeps the minimum at this. */
  kept: number | null;
  /** When it looks again, after someone changed something. */
  dueMs: number | null;
}

/** A namespace that was made beside the shop's. */
export interface Namespace {
  region: string;
  cluster: string;
  name: string;
  labels: Record<string, string>;
  /** `null` once it is gone. */
  phase: Timeline<'Active' | 'Terminating' | null>;
  objects: KubernetesObject[];
}

/** An execution of an automation of Systems Manager. */
export interface Automation {
  id: string;
  region: string;
  document: string;
  token: string;
  /** What it was started with, to tell a repetition from another one. */
  asked: string;
  startMs: number;
  status: Timeline<'InProgress' | 'Success' | 'Failed' | 'Cancelling' | 'Cancelled'>;
  failure: string | null;
  outputs: Record<string, string[]>;
}

/** An experiment of FIS. */
export interface Experiment {
  id: string;
  region: string;
  template: string;
  token: string;
  does: 'nothing' | 'writer-loss' | 'region-outage' | 'zone-failure' | 'degradation';
  /** What a degradation takes; `null` for all that is critical. */
  services: string[] | null;
  createdMs: number;
  /** When it begins to do it. */
  startMs: number;
  status: Timeline<FisStatus>;
  reasons: Partial<Record<FisStatus, string>>;
  /** Whose ringing stops it. */
  alarms: string[];
}

/** A topic of SNS, and what was published to it. */
export interface Topic {
  name: string;
  region: string;
  /** Subscriptions. */
  confirmed: number;
  pending: number;
  published: { atMs: number; subject: string | null; message: string }[];
}
