/** What breaks in a drill. */
export type FailureKind = 'region-outage' | 'writer-loss';

export interface Failure {
  kind: FailureKind;
  region: string;
  /** The instance that is lost, for `writer-loss`. */
  instance?: string;
}

/** Brings a failure about and takes it back. */
export interface FailureInjection {
  inject(failure: Failure, signal?: AbortSignal): Promise<void>;
  heal(failure: Failure, signal?: AbortSignal): Promise<void>;
  /** True while the failure is in force. */
  active(failure: Failure, signal?: AbortSignal): Promise<boolean>;
}
