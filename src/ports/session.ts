/** The session that calls to AWS are signed with. */
export interface AwsSession {
  /** By the wall clock, in epoch milliseconds; absent where nobody can tell, or it does not end. */
  expiresAtMs?: number;
  /** A new one comes without a person, or it never ends. */
  renewsItself: boolean;
  /** What a person does to get a new one. */
  renewal: string;
}

/** What calls to AWS are signed with. */
export interface Session {
  /** Nothing in a dry run, where no call is signed. */
  now(): Promise<AwsSession | undefined>;
}
