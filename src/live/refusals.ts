import { actionOf } from '../aws/actions.ts';
import { isAwsError } from '../aws/aws.ts';
import { DrillError, errorFacts } from '../errors.ts';

/** What was asked, for the message. */
interface Asked {
  service: string;
  region: string;
  operation: string;
}

const CLOCK_HINT =
  'Set this machine’s clock, for instance with NTP: AWS refuses requests that are minutes early or late.';

/** What AWS says of a thing that the topology names and the account lacks. */
const MISSING = [
  'ResourceNotFound',
  'NoSuchHostedZone',
  'NoSuchHealthCheck',
  'AcceleratorNotFound',
  'EndpointGroupNotFound',
  'NoSuchBucket',
  'ReplicationGroupNotFound',
];

/** An error of AWS with which no drill can begin, in words that say what to do; any other as it is. */
export function refusal(error: unknown, { service, region, operation }: Asked): unknown {
  if (!(error instanceof Error) || error instanceof DrillError) return error;
  const { name, message } = errorFacts(error);
  const say = (code: string, what: string, hint: string) => new DrillError(code, what, { hint, cause: error });
  if (name === 'CredentialsProviderError' || /could not load credentials/i.test(message)) {
    return say(
      'no-credentials',
      'No AWS credentials were found.',
      'Set AWS_PROFILE, log in with `aws sso login`, or give the machine a role: the SDK’s usual places are looked at.',
    );
  }
  if (isAwsError(error, 'ExpiredToken', 'ExpiredTokenException', 'TokenRefreshRequired')) {
    return say('credentials-expired', 'The AWS credentials have expired.', 'Log in again, then repeat the command.');
  }
  if (tellsOfTime(error)) {
    return say('clock-skew', `AWS refused a request because of its time: ${message}`, CLOCK_HINT);
  }
  if (isAwsError(error, 'InvalidClientTokenId', 'UnrecognizedClient', 'SignatureDoesNotMatch', 'InvalidSignature')) {
    return say(
      'credentials-refused',
      `AWS does not know these credentials in ${region}: ${message}`,
      `Check the profile, and that ${region} is the right region and is enabled for the account.`,
    );
  }
  if (isAwsError(error, 'AccessDenied', 'AuthorizationError', 'UnauthorizedOperation', 'NotAuthorized')) {
    return say(
      'permission-missing',
      `${actionOf(`${service}:${operation}`)} is not allowed: ${message}`,
      '`dr-drill iam-policy <drill>` prints the policy that a run needs.',
    );
  }
  if (isAwsError(error, ...MISSING)) {
    return say(
      'resource-missing',
      `${service} in ${region}: ${message}`,
      'Correct the topology, or choose the account that it describes.',
    );
  }
  if (isAwsError(error, 'Unreachable', 'TimeoutError', 'NetworkingError')) {
    return say(
      'endpoint-unreachable',
      `${service} in ${region} does not answer: ${message}`,
      'Check the network, the region in the topology, and AWS_ENDPOINT_URL if it is set.',
    );
  }
  return error;
}

/** Each protocol has its own name for a signature that is too old or too new. */
const tellsOfTime = (error: Error): boolean =>
  isAwsError(error, 'RequestTimeTooSkewed', 'RequestExpired') ||
  /signature (expired|not yet current)/i.test(error.message);

/** How far this machine's clock may be off: less than what any figure of a drill could be wrong by unnoticed. */
const OFF_AT_MOST_MS = 5_000;

/** Fails where this machine's clock disagrees with AWS's: times in evidence would be false. */
export function mustAgreeOnTime(offsetMs: number | undefined): void {
  if (offsetMs === undefined || Math.abs(offsetMs) <= OFF_AT_MOST_MS) return;
  const seconds = Math.round(Math.abs(offsetMs) / 1000);
  throw new DrillError(
    'clock-skew',
    `This machine’s clock is ${seconds} s ${offsetMs > 0 ? 'behind' : 'ahead of'} AWS’s.`,
    { hint: CLOCK_HINT },
  );
}
