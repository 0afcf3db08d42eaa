import type { ResourceRecordSet } from '@aws-sdk/client-route-53';
import type { Timeline } from './timeline.ts';

export interface HealthCheck {
  id: string;
  version: number;
  inverted: boolean;
  disabled: boolean;
  endpoint: Endpoint | null;
  /** What it finds, before it is inverted. */
  finds: Timeline<boolean>;
  /** What name servers go by: it follows the configuration after a while. */
  inForce: Timeline<{ inverted: boolean; disabled: boolean }>;
}

/** What a health check asks, and how often; a calculated check of no other check has none. */
export interface Endpoint {
  region: string;
  path: string | null;
  requestIntervalSeconds: number;
  failureThreshold: number;
  /** Up to when it has asked, and how many answers in a row were other than what it has found so far. */
  askedMs: number;
  otherwise: number;
}

export interface Change {
  id: string;
  submittedMs: number;
  inSyncMs: number;
}

export interface Zone {
  id: string;
  /** With the dot of the root. */
  name: string;
  isPrivate: boolean;
  /** The regions of the VPCs in which a private zone answers. */
  vpcs: string[];
  /** The records as the API lists them. */
  records: ResourceRecordSet[];
  /** The records as name servers answer from them. */
  published: Timeline<ResourceRecordSet[]>;
  changes: Change[];
}

/** What another owner of the names puts back, and when. */
export interface PutBack {
  atMs: number;
  stood: Stood;
}

/** Everything that moves customers, as the names' other owner has it on record. */
export interface Stood {
  zones: Pick<Zone, 'id' | 'records'>[];
  healthChecks: Pick<HealthCheck, 'id' | 'inverted' | 'disabled'>[];
  routingControls: Pick<RoutingControl, 'arn' | 'on'>[];
  dials: Pick<EndpointGroup, 'arn' | 'dial'>[];
}

/** One endpoint group of an accelerator, with the one endpoint in it. */
export interface EndpointGroup {
  arn: string;
  region: string;
  endpoint: string;
  /** In percent, as the API tells it, and as edges go by it. */
  dial: number;
  inForce: Timeline<number>;
}

/** An accelerator's listener with a group for each region, the primary one first; what stands of the accelerator is the same for all of its listeners. */
export interface Accelerator {
  arn: string;
  dnsName: string;
  /** Anycast: the same wherever its customers are, and wherever they are sent. */
  addresses: string[];
  groups: EndpointGroup[];
  status: Timeline<'IN_PROGRESS' | 'DEPLOYED'>;
}

/** A routing control of ARC, which turns a health check. */
export interface RoutingControl {
  arn: string;
  name: string;
  healthCheck: string;
  on: boolean;
}
