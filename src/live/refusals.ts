import { actionOf } from '../aws/actions.ts';
import { isAwsError } from '../aws/aws.ts';
import { isClockSkew } from '../aws/skew.ts';
import { isAboutSession } from '../aws/told.ts';
import { DrillError, errorFacts, isThrottling, NoSession } from '../errors.ts';
import { networkTrouble } from './network-trouble.ts';

/** What was asked, for the message. */
export interface Asked {
  service: string;
  region: string;
  operation: string;
}

/** What an error of the SDK carries, and what the transport adds: what was asked, and with which session. */
interface AwsTrouble extends Error {
  $metadata?: { httpStatusCode?: number };
  $fault?: 'client' | 'server';
  $response?: { statusCode?: number };
  asked?: Asked;
  session?: { source: string; renewal: string };
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

const EXPIRED = ['ExpiredToken', 'ExpiredTokenException', 'TokenRefreshRequired', 'RequestExpiredToken'];
const DENIED = [
  'AccessDenied',
  'AuthorizationError',
  'UnauthorizedOperation',
  'NotAuthorized',
  'Forbidden',
  'AllAccessDisabled',
  'ForbiddenException',
];
const REGION_OFF = ['OptInRequired', 'RegionDisabledException', 'RegionDisabled', 'SubscriptionRequiredException'];
/** What a service says of an operation that it does not have there. */
const NOT_OFFERED = ['UnknownOperation', 'UnknownOperationException', 'InvalidAction', 'UnsupportedOperation'];

/** Names under which the transport tells that something other than AWS answered, or that AWS failed. */
const NO_ANSWER_OF_AWS = /^(Unreadable|ServiceUnavailable|InternalFailure|InternalError)$/;

/** Whether an error comes from AWS, from what stands before it, or from the network: never a defect of ours. */
export function isOutside(error: unknown): error is AwsTrouble {
  if (!(error instanceof Error)) return false;
  const { $fault, $response, $metadata }: AwsTrouble = error;
  if ($fault !== undefined || $response !== undefined || $metadata?.httpStatusCode !== undefined) return true;
  // The SDK marks what fails before a request leaves as well, such as an input that we made wrong.
  if ($metadata !== undefined && !(error instanceof TypeError || error instanceof RangeError)) return true;
  return NO_ANSWER_OF_AWS.test(error.name) || networkTrouble(error) !== undefined;
}

/**
 * An error of AWS, of the network or of what stands between, in words: service, operation, region, status, and what to do. Any other
 * error is given back as it is.
 * @param asked unless the error itself says it
 */
export function refusal(error: unknown, asked?: Asked): unknown {
  if (!isOutside(error) || error instanceof DrillError) return error;
  const trouble: AwsTrouble = error;
  const { service, region, operation } = trouble.asked ?? asked ?? { service: 'AWS', region: '', operation: '' };
  const place = region ? ` in ${region}` : '';
  const call = `${[service, operation].filter(Boolean).join(' ')}${place}`;
  const status = trouble.$metadata?.httpStatusCode ?? trouble.$response?.statusCode;
  const { name, message } = errorFacts(error);
  const code = `${name}${status === undefined ? '' : `, status ${status}`}`;
  // Under AWS's own name, by which a step knows what it can do something about.
  const say = (code: string, what: string, hint: string) =>
    Object.assign(new DrillError(code, what, { hint, cause: error }), { name });
  const { session } = trouble;
  const whose = session ? ` from ${session.source}` : '';

  if (isAwsError(error, ...EXPIRED)) {
    const hint = session?.renewal ?? 'Log in again, then repeat the command.';
    return new NoSession('credentials-expired', `The AWS credentials${whose} have expired (${call}: ${message}).`, {
      hint,
      cause: error,
    });
  }
  if (isClockSkew(error)) return say('clock-skew', `AWS refused a request because of its time: ${message}`, CLOCK_HINT);
  if (isAwsError(error, ...REGION_OFF)) {
    return say(
      'region-disabled',
      `${region || 'The region'} is not enabled for this account (${call}: ${code}): ${message}`,
      enabling(region),
    );
  }
  if (isAboutSession(error) || isAwsError(error, 'NotSignedUp')) {
    return new NoSession(
      'credentials-refused',
      `AWS does not know these credentials${whose}${place} (${call}: ${code}): ${message}`,
      {
        hint: `Check the credentials. If they work elsewhere, ${region || 'the region'} may not be enabled for the account: aws account get-region-opt-status --region-name ${region}`,
        cause: error,
      },
    );
  }
  if (isAwsError(error, ...DENIED)) {
    return say(
      'permission-missing',
      `${service === 'AWS' ? 'A call' : actionOf(`${service}:${operation}`)} is not allowed${place}: ${message}`,
      '`dr-drill iam-policy <drill>` prints the policy that a run needs.',
    );
  }
  if (isAwsError(error, ...MISSING)) {
    return say(
      'resource-missing',
      `${call}: ${message}`,
      'Correct the topology, or choose the account that it describes.',
    );
  }
  if (isThrottling(error) || status === 429) {
    return say(
      'throttled',
      `${call} was throttled (${code}): ${message}`,
      'Repeat the command in a minute. All tools of the account share the limit.',
    );
  }
  if (status === undefined && NO_ANSWER_OF_AWS.test(name))
    return say('service-failed', message, `${BETWEEN}${endpointHint()}`);
  const network = status === undefined ? networkTrouble(error) : undefined;
  if (network) {
    const mayLack = network.what.includes('ENOTFOUND') && region && service !== 'sts' && !endpointHint();
    const nowhere = mayLack ? ` ${service} may not be offered in ${region}.` : '';
    return say(
      'endpoint-unreachable',
      `${call} cannot be reached: ${network.what}.${nowhere}`,
      `${network.hint}${nowhere ? ` ${OFFERED}` : ''}${endpointHint()}`,
    );
  }
  if (error instanceof SyntaxError || /^Deserialization error/.test(message)) {
    return say(
      'answer-unreadable',
      `${call} was answered with status ${status} by something that AWS’s protocols do not know.`,
      `${BETWEEN}${endpointHint()}`,
    );
  }
  if (trouble.$fault === 'server' || (status ?? 0) >= 500) {
    return say(
      'service-failed',
      `${call} failed on AWS’s side (${code}): ${message}`,
      `Repeat the command, and see the AWS Health Dashboard${place}.`,
    );
  }
  if (/^(Unknown|UnknownError|\d{3}|Error)$/.test(name)) {
    return say(
      'aws-refused',
      `${call} was answered with status ${status} and without AWS’s reason.`,
      `${BETWEEN}${endpointHint()}`,
    );
  }
  if (region && isAwsError(error, ...NOT_OFFERED)) {
    return say(
      'aws-refused',
      `${call} was refused (${code}): ${message.replace(/\.?$/, '.')} ${service}, or this operation of it, is not offered in ${region}.`,
      `${OFFERED}${endpointHint()}`,
    );
  }
  return say(
    'aws-refused',
    `${call} was refused (${code}): ${message}`,
    `Check what the message names.${endpointHint()}`,
  );
}

const OFFERED =
  'See which regions have the service in the AWS Regional Services List, and leave it out of the topology or choose another region.';

const BETWEEN = 'Something between this machine and AWS may have answered: check proxy, VPN and endpoint.';

/** How a region that is off by default is turned on. */
export const enabling = (region: string): string =>
  `Enable the region for the account (takes minutes to hours): aws account enable-region --region-name ${region}; or correct the region.`;

const endpointHint = (): string =>
  Object.keys(process.env).some((name) => name.startsWith('AWS_ENDPOINT_URL'))
    ? ' AWS_ENDPOINT_URL is set: check it.'
    : '';

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
