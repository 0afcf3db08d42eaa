/** What breaks in a drill. */
export type FailureKind = 'region-outage' | 'writer-loss' | 'degradation' | 'network-partition';

export interface Failure {
  kind: FailureKind;
  region: string;
  /** The region that it no longer sees, for `network-partition`: each lives on. */
  otherRegion?: string | undefined;
  /** The instance that is lost, for `writer-loss`. */
  instance?: string;
  /** The services that are down, for `degradation`: the region answers otherwise. */
  services?: string[] | undefined;
}

/** Something without which a failure could not be caused, and how to get it. */
export interface Lacking {
  what: string;
  fix: string;
}

/** Brings a failure about and takes it back. */
export interface FailureInjection {
  /** What is missing for that. */
  lacks(): Promise<Lacking[]>;
  /** Gives when it happened, in epoch milliseconds, where that is known better than by when this came back. */
  inject(failure: Failure, signal?: AbortSignal): Promise<number | undefined>;
  heal(failure: Failure, signal?: AbortSignal): Promise<void>;
  /** True while the failure is in force. */
  active(failure: Failure, signal?: AbortSignal): Promise<boolean>;
}
