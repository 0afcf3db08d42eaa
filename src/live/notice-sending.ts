import type { Aws } from '../aws/aws.ts';
import type { Clock } from '../clock/clock.ts';
import type { Channel } from '../drill/notices.ts';
import type { SecretReference } from '../drill/secret-reference.ts';
import type { Topology } from '../drill/topology.ts';
import type { Message } from '../notices/channels.ts';
import type { Receipt } from '../ports/notices.ts';

/** What the service of a channel is reached with. */
export interface Reaching<K extends Channel['kind'] = Channel['kind']> {
  channel: Extract<Channel, { kind: K }>;
  signal: AbortSignal;
  secret: (reference: SecretReference) => Promise<string>;
}

/** What a message is sent with. */
export interface Sending<K extends Channel['kind'] = Channel['kind']> extends Reaching<K> {
  message: Message<K>;
  id: string;
  receipt: Receipt | undefined;
  clock: Clock;
  topology: Topology;
  aws: () => Promise<Aws>;
}
