/** One cluster, one namespace in it. */
export interface Cluster {
  region: string;
  cluster: string;
  namespace: string;
}

export interface Deployment {
  name: string;
  /** Replicas asked for. */
  wanted: number;
  /** Replicas that run the newest template. */
  updated: number;
  /** Replicas whose readiness probe passes. */
  ready: number;
  /** Replicas ready for long enough to count. */
  available: number;
  /** What the pods read their database address from; a variable on which their containers disagree is left out. */
  environment: Record<string, string>;
  /** Variables that pods may have read before a drill changed what they refer to: the pods are still to start again. */
  unread: string[];
}

/** A HorizontalPodAutoscaler of a deployment. */
export interface Autoscaler {
  name: string;
  deployment: string;
  min: number;
  max: number;
  /** What `min` was before a drill raised it; `null` where none did. */
  minBefore: number | null;
}

export interface Node {
  name: string;
  ready: boolean;
}

/** An object as a Kubernetes API has it; its values may be secret. */
export interface KubernetesObject {
  apiVersion: string;
  kind: string;
  metadata: Metadata;
  [part: string]: unknown;
}

export interface Metadata {
  name: string;
  namespace?: string;
  labels?: Record<string, string>;
  [part: string]: unknown;
}

export type Kind = Pick<KubernetesObject, 'apiVersion' | 'kind'>;

export interface Namespace {
  labels: Record<string, string>;
  /** It is being deleted, and takes nothing new; its name is free again when it is gone. */
  deleting: boolean;
}

/** What a cluster says of a permission. */
export interface Access {
  allowed: boolean;
  reason: string;
}

/** Why something does not become ready, as the cluster says it. */
export interface Trouble {
  /** Such as `Deployment order-service` or `3 pods of order-service`. */
  about: string;
  /** Such as `FailedCreate` or `ImagePullBackOff`. */
  reason: string;
  message: string;
}

/**
 * What a drill needs of a Kubernetes API. Calls fail with an error named as the API's reason (`NotFound`, `Forbidden`); with `Timeout`,
 * `Unreachable`, `Unavailable` or `Throttled` where it gave no valid answer; changes with `UnknownOutcome` where they may have been made.
 */
export interface Kubernetes {
  deployment(cluster: Cluster, name: string, signal?: AbortSignal): Promise<Deployment>;
  /** Why pods of a deployment are not ready; nothing where all are. */
  troubles(cluster: Cluster, name: string, signal?: AbortSignal): Promise<Trouble[]>;
  scale(cluster: Cluster, name: string, replicas: number, signal?: AbortSignal): Promise<void>;
  /** Those of all deployments in the namespace. */
  autoscalers(cluster: Cluster, signal?: AbortSignal): Promise<Autoscaler[]>;
  /** Sets the least number of replicas that an autoscaler keeps, and what it was before a drill raised it. */
  setMinimum(
    cluster: Cluster,
    autoscaler: string,
    bounds: Pick<Autoscaler, 'min' | 'minBefore'>,
    signal?: AbortSignal,
  ): Promise<void>;
  /** Merges into the pods' environment and so starts a rolling update. */
  setEnvironment(cluster: Cluster, name: string, values: Record<string, string>, signal?: AbortSignal): Promise<void>;
  /** Whether the caller may do something in the namespace, such as `patch deployments.apps/scale`; changes nothing. */
  may(cluster: Cluster, access: string, signal?: AbortSignal): Promise<Access>;
  nodes(cluster: Cluster, nodegroup: string, signal?: AbortSignal): Promise<Node[]>;
  /** The namespace; `undefined` where there is none of that name. */
  namespace(cluster: Cluster, signal?: AbortSignal): Promise<Namespace | undefined>;
  createNamespace(cluster: Cluster, labels: Record<string, string>, signal?: AbortSignal): Promise<void>;
  /** Deletes it with everything in it, which takes a while after this has come back. */
  deleteNamespace(cluster: Cluster, signal?: AbortSignal): Promise<void>;
  /** All objects of some kinds in the namespace. */
  objects(cluster: Cluster, kinds: readonly Kind[], signal?: AbortSignal): Promise<KubernetesObject[]>;
  /** Makes an object in the namespace, or makes the one of that name be so. */
  apply(cluster: Cluster, object: KubernetesObject, signal?: AbortSignal): Promise<void>;
}
