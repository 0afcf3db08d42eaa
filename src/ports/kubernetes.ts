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
}

export interface Node {
  name: string;
  ready: boolean;
}

/** What a drill needs of a Kubernetes API. Calls fail with an error named as the API's reason (`NotFound`, `Timeout`). */
export interface Kubernetes {
  deployment(cluster: Cluster, name: string, signal?: AbortSignal): Promise<Deployment>;
  scale(cluster: Cluster, name: string, replicas: number, signal?: AbortSignal): Promise<void>;
  /** Merges into the pods' environment and so starts a rolling update. */
  setEnvironment(cluster: Cluster, name: string, values: Record<string, string>, signal?: AbortSignal): Promise<void>;
  nodes(cluster: Cluster, nodegroup: string, signal?: AbortSignal): Promise<Node[]>;
}
