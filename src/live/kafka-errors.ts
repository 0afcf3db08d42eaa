import { DrillError } from '../errors.ts';
import type { KafkaCluster } from '../ports/kafka.ts';
import { withoutSecrets } from '../secrets.ts';

/** What Kafka's own names of errors mean to a drill. Others that pass by themselves the client knows. */
const names: Record<string, string> = {
  UNKNOWN_TOPIC_OR_PARTITION: 'NotFound',
  UNKNOWN_TOPIC_ID: 'NotFound',
  UNKNOWN_MEMBER_ID: 'GroupInUse',
  NON_EMPTY_GROUP: 'GroupInUse',
  GROUP_SUBSCRIBED_TO_TOPIC: 'GroupInUse',
  TOPIC_AUTHORIZATION_FAILED: 'NotAllowed',
  GROUP_AUTHORIZATION_FAILED: 'NotAllowed',
  CLUSTER_AUTHORIZATION_FAILED: 'NotAllowed',
  SASL_AUTHENTICATION_FAILED: 'LoginFailed',
  // Kafka calls these final; a broker that starts or stops says them.
  UNKNOWN_SERVER_ERROR: 'Unavailable',
  BROKER_NOT_AVAILABLE: 'Unavailable',
  // Afterwards the group has members, or none.
  REBALANCE_IN_PROGRESS: 'Unavailable',
};

/** After these a change may have been made all the same. */
const HALFWAY = [
  'REQUEST_TIMED_OUT',
  'NOT_ENOUGH_REPLICAS_AFTER_APPEND',
  'NETWORK_EXCEPTION',
  'KAFKA_STORAGE_ERROR',
  'UNKNOWN_SERVER_ERROR',
];

/** What the client says of the connection; a login that fails because the connection broke is none that was refused. */
const codes: [code: string, name: string][] = [
  ['PLT_KFK_TIMEOUT', 'ConnectionFailed'],
  ['PLT_KFK_NETWORK', 'ConnectionFailed'],
  ['PLT_KFK_AUTHENTICATION', 'LoginFailed'],
  ['PLT_KFK_UNEXPECTED_CORRELATION_ID', 'Unreadable'],
  ['PLT_KFK_OUT_OF_BOUNDS', 'Unreadable'],
];

export const connectionFailed = (message: string): Error =>
  Object.assign(new Error(message), { name: 'ConnectionFailed' });

/** One error out of many: what Kafka said, before what the connection met. */
export function asPortNamesIt(error: unknown, { name: cluster }: KafkaCluster): unknown {
  if (error instanceof DrillError) return error;
  if (['ConnectionFailed', 'NotFound'].includes((error as Error).name)) return error;
  const all = errorsIn(error);
  const ours = all.find((one) => one instanceof DrillError);
  if (ours) return ours;
  const said = all.find(({ apiId = 'NONE' }) => apiId !== 'NONE');
  const [code, atConnection] = codes.find(([one]) => all.some((each) => each.code === one)) ?? [];
  const met = said ?? all.find((one) => one.code === code) ?? (error as Told);
  const isUnknownTopic = all.some(({ message }) => message.startsWith('Unknown topic '));
  const meant = said ? nameOf(said) : (atConnection ?? (isUnknownTopic ? 'NotFound' : 'RequestFailed'));
  const message = withoutSecrets(`${cluster}: ${said?.apiId ? `${said.apiId}: ` : ''}${met.message}`);
  return Object.assign(new Error(message, { cause: error }), { name: meant, ...(said && { apiId: said.apiId }) });
}

const nameOf = ({ apiId = '', canRetry }: Told): string => names[apiId] ?? (canRetry ? 'Unavailable' : 'RequestFailed');

/** Whether the way to the brokers is to be sought again. */
export const isAboutConnection = (error: unknown): boolean =>
  ['ConnectionFailed', 'Unreadable', 'LoginFailed'].includes((error as Error).name);

/** Whether a change may have been made although it failed. */
export const mayHaveBeenMade = (error: unknown): boolean =>
  ['ConnectionFailed', 'Unreadable'].includes((error as Error).name) || HALFWAY.includes((error as Told).apiId ?? '');

interface Told extends Error {
  apiId?: string;
  canRetry?: boolean;
  code?: string;
  errors?: unknown[];
}

/** The client packs errors into errors. */
function errorsIn(error: unknown): Told[] {
  if (!(error instanceof Error)) return [];
  const told = error as Told;
  return [told, ...(told.errors ?? []).flatMap(errorsIn), ...errorsIn(told.cause)];
}
