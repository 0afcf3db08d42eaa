/** The primary endpoint of one replication group. */
export interface RedisEndpoint {
  region: string;
  group: string;
  host: string;
  port: number;
  tls: boolean;
}

interface Limit {
  timeoutMs: number;
  signal?: AbortSignal;
}

/**
 * What a drill needs of a cache. Calls fail with an error named `ReadOnly` where it may only be read, `ConnectionFailed` where nobody
 * is there, `Unavailable` or `Timeout` where someone is and has no answer just now, and otherwise where it is our own doing. Each key is
 * written by its value alone, so that it can safely be written again.
 */
export interface Redis {
  /** Sets a key that goes by itself after so long. */
  write(at: RedisEndpoint, key: string, value: string, limit: Limit & { lastsMs: number }): Promise<void>;
  read(at: RedisEndpoint, key: string, limit: Limit): Promise<string | null>;
}
