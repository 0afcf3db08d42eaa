import { isAwsError } from './aws.ts';

const NAMES = ['RequestTimeTooSkewed', 'RequestExpired', 'RequestInTheFuture'];
/** These have other reasons, too: only the message tells. */
const NAMES_OF_MORE = ['SignatureDoesNotMatch', 'InvalidSignature', 'AuthFailure'];

/** AWS refused a request because of when it was signed, and did nothing else. Each protocol has its own name for that. */
export const isClockSkew = (error: unknown): boolean =>
  isAwsError(error, ...NAMES) ||
  (isAwsError(error, ...NAMES_OF_MORE) && /signature expired|not yet current|skew/i.test((error as Error).message));

/**
 * The same request goes through when it is signed again: the SDK has learnt AWS's time from the answer, although the wall clock of this
 * machine was set. EC2 does not say why it refused, so the SDK's own finding counts, too.
 */
export const isSignedAtWrongTime = (error: unknown): boolean =>
  isClockSkew(error) ||
  (error as { $metadata?: { clockSkewCorrected?: boolean } } | undefined)?.$metadata?.clockSkewCorrected === true;
