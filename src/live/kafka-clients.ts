import type { Admin, Consumer, Producer } from '@platformatic/kafka';

export type KafkaCredentials =
  | { by: 'token'; token: (region: string) => Promise<string> }
  | { by: 'scram'; user: string; password: (region: string, options?: { anew?: boolean }) => Promise<string> };

/** One of each for a cluster. */
export interface Clients {
  admin: Admin;
  producer: Producer<string, string, string, string>;
  consumer: Consumer;
}

export async function newClients(
  bootstrapBrokers: string[],
  region: string,
  { login, tls }: { login?: KafkaCredentials | undefined; tls: boolean },
): Promise<Clients> {
  // Loaded only when a drill asks a cluster something.
  const kafka = await import('@platformatic/kafka');
  const options = {
    clientId: 'dr-drill',
    bootstrapBrokers,
    retries: 1,
    retryDelay: 250,
    // One broker of several that is silent must leave time to ask the next.
    connectTimeout: 2_000,
    // What was found must be true now: leaders move.
    metadataMaxAge: 1_000,
    ...(tls && { tls: {}, tlsServerName: true }),
    ...(login && { sasl: saslOf(login, region) }),
  };
  return {
    admin: new kafka.Admin(options),
    // A record whose answer was lost would be written twice.
    producer: new kafka.Producer({ ...options, retries: 0, serializers: kafka.stringSerializers }),
    // It joins no group: it only fetches.
    consumer: new kafka.Consumer({ ...options, groupId: 'dr-drill' }),
  };
}

const saslOf = (login: KafkaCredentials, region: string) =>
  login.by === 'token'
    ? { mechanism: 'OAUTHBEARER' as const, token: () => login.token(region) }
    : { mechanism: 'SCRAM-SHA-512' as const, username: login.user, password: () => login.password(region) };
