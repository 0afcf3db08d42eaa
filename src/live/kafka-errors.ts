import { Aborted, DrillError } from '../errors.ts';
import type { KafkaCluster } from '../ports/kafka.ts';
import { withoutSecrets } from '../secrets.ts';

/** What Kafka's own names of errors mean to a drill. */
const names: Record<string, string> = {
  UNKNOWN_TOPIC_OR_PARTITION: 'NotFound',
  UNKNOWN_TOPIC_ID: 'NotFound',
  UNKNOWN_MEMBER_ID: 'GroupInUse',
  NON_EMPTY_GROUP: 'GroupInUse',
  GROUP_SUBSCRIBED_TO_TOPIC: 'GroupInUse',
  REBALANCE_IN_PROGRESS: 'GroupInUse',
  TOPIC_AUTHORIZATION_FAILED: 'NotAllowed',
  GROUP_AUTHORIZATION_FAILED: 'NotAllowed',
  CLUSTER_AUTHORIZATION_FAILED: 'NotAllowed',
};

const codes: Record<string, string> = {
  PLT_KFK_AUTHENTICATION: 'NotAllowed',
  PLT_KFK_NETWORK: 'ConnectionFailed',
  PLT_KFK_TIMEOUT: 'ConnectionFailed',
};

export const connectionFailed = (message: string): Error =>
  Object.assign(new Error(message), { name: 'ConnectionFailed' });

/** One error out of many: what Kafka said, before what the connection met. */
export function asPortNamesIt(error: unknown, { name: cluster }: KafkaCluster): unknown {
  const { name } = error as Error;
  if (error instanceof Aborted || error instanceof DrillError) return error;
  if (['ConnectionFailed', 'NotFound'].includes(name)) return error;
  const all = errorsIn(error);
  const secret = all.find((one) => one instanceof DrillError);
  if (secret) return secret;
  const said = all.find(({ apiId }) => typeof apiId === 'string' && apiId in names);
  const met = said ?? all.find(({ code }) => typeof code === 'string' && code in codes) ?? (error as Told);
  const isUnknownTopic = all.some(({ message }) => message.startsWith('Unknown topic '));
  const meant = names[said?.apiId ?? ''] ?? codes[met.code ?? ''] ?? (isUnknownTopic ? 'NotFound' : 'RequestFailed');
  const message = withoutSecrets(`${cluster}: ${said?.apiId ? `${said.apiId}: ` : ''}${met.message}`);
  return Object.assign(new Error(message, { cause: error }), { name: meant });
}

interface Told extends Error {
  apiId?: string;
  code?: string;
  errors?: unknown[];
}

/** The client packs errors into errors. */
function errorsIn(error: unknown): Told[] {
  if (!(error instanceof Error)) return [];
  const told = error as Told;
  return [told, ...(told.errors ?? []).flatMap(errorsIn), ...errorsIn(told.cause)];
}
