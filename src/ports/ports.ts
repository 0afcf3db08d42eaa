import type { FailureInjection } from './failure.ts';
import type { Kafka } from './kafka.ts';
import type { Kubernetes } from './kubernetes.ts';
import type { Dns, Http } from './network.ts';
import type { Channels } from './notices.ts';
import type { People } from './people.ts';
import type { Redis } from './redis.ts';
import type { Session } from './session.ts';
import type { Sql } from './sql.ts';

/** Everything outside AWS's own APIs that a drill touches. Simulated in a dry run. */
export interface Ports {
  kubernetes: Kubernetes;
  sql: Sql;
  redis: Redis;
  kafka: Kafka;
  dns: Dns;
  http: Http;
  failure: FailureInjection;
  people: People;
  /** Absent in a dry run, which tells nobody anything. */
  channels?: Channels;
  /** Absent where no call is signed. */
  session?: Session;
}
