import { isThrottling, NoSession } from '../errors.ts';
import { isAwsError } from './aws.ts';
import { isClockSkew } from './skew.ts';

/**
 * What an error tells about the call that met it.
 * - `refused`: AWS's own well-formed refusal; nothing was done.
 * - `standing`: a refusal because of the resource's state: perhaps what was asked for is done or in progress.
 * - `throttled`, `not-sent`: nothing was done, and the same call may succeed later.
 * - `session`: the credentials are missing, expired or not accepted; nothing was done.
 * - `unanswered`: no answer, no valid answer, or a server error; whether the call was carried out is unknown.
 */
export type Told = 'refused' | 'standing' | 'throttled' | 'not-sent' | 'session' | 'unanswered';

export function toldBy(error: unknown): Told {
  if (!(error instanceof Error)) return 'unanswered';
  if (error.name === 'Unreachable') return 'not-sent';
  if (isAboutSession(error)) return 'session';
  // A server error by its status, but S3's way to throttle.
  if (error.name === 'SlowDown') return 'throttled';
  if (!isRefusal(error)) return 'unanswered';
  if (isThrottling(error)) return 'throttled';
  return STANDING.test(error.name) ? 'standing' : 'refused';
}

interface AwsError extends Error {
  $fault?: string;
  $metadata?: { httpStatusCode?: number };
}

/** A status of 400 to 499 with an error code of AWS's. The SDK names what it cannot read `Unknown` or `UnknownError`, or by its status. */
function isRefusal(error: AwsError): boolean {
  const { name, $fault, $metadata } = error;
  const status = $metadata?.httpStatusCode ?? 0;
  return (
    $fault !== undefined &&
    status >= 400 &&
    status < 500 &&
    /^(?!Unknown(Error)?$)[A-Za-z][\w.]*$/.test(name) &&
    name !== 'Error'
  );
}

const STANDING =
  /State|Status|Exists|AlreadyIn|InProgress|InUse|Conflict|Mismatch|PreconditionFailed|OperationAborted|Duplicate|InvalidParameterCombination|NotComplete|NotStable|ConcurrentUpdate/;

/** AWS's names for a change that is under way, a state on the way to another, or a lack that may pass. A network, subnet or parameter group stays as it is. */
const TRANSITION =
  /^(Invalid(DBInstance|DBCluster|DBSnapshot|DBClusterSnapshot|GlobalCluster|ReplicationGroup|GlobalReplicationGroup|CacheCluster|Snapshot)State|(DBInstance|Resource)NotReady|ResourceInUse|ResourceConflict|Conflict|TransactionInProgress|OperationAborted|AutomationExecutionLimitExceeded|ConcurrentUpdate|InsufficientDBInstanceCapacity)(Fault|Exception)?$/;

/** Whether a refusal passes by itself: the same request may be accepted later. */
export const isTransition = (error: unknown): error is Error =>
  error instanceof Error && isRefusal(error) && TRANSITION.test(error.name);

/** Whether a journalled refusal was because of the resource's state. */
export const isAboutState = (error: { name: string } | undefined): boolean =>
  error !== undefined && STANDING.test(error.name);

/** AWS's names for credentials that it does not accept, or not any more. */
const SESSION = [
  'AuthFailure',
  'ExpiredToken',
  'IncompleteSignature',
  'InvalidAccessKeyId',
  'InvalidClientTokenId',
  'InvalidSignature',
  'InvalidToken',
  'MissingAuthenticationToken',
  'RequestExpiredToken',
  'SignatureDoesNotMatch',
  'TokenRefreshRequired',
  'UnrecognizedClient',
];

/** Whether the session itself was refused, and not the call: there are no credentials, or AWS does not accept them. */
export const isAboutSession = (error: unknown): boolean =>
  error instanceof NoSession ||
  (error instanceof Error && /^(Credentials|Token)ProviderError$/.test(error.name)) ||
  (isAwsError(error, ...SESSION) && !isClockSkew(error));
