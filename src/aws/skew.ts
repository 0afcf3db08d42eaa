import { isAwsError } from './aws.ts';

/** AWS refused a request because of when it was signed, and did nothing. Each protocol has its own name for that. */
export const isClockSkew = (error: unknown): boolean =>
  error instanceof Error &&
  (isAwsError(error, 'RequestTimeTooSkewed', 'RequestExpired', 'RequestInTheFuture') ||
    /signature (expired|not yet current)/i.test(error.message));

/** With another reason where the credentials are wrong; AWS does not say which. */
const NAMES_OF_BOTH = ['AuthFailure', 'SignatureDoesNotMatch', 'InvalidSignature'];

/**
 * The same request succeeds when it is signed again: the SDK has learnt AWS's time from the refusal, although this machine's wall clock
 * was set. The SDK marks every refusal as long as its clock is off, so the mark counts only where the signature was refused.
 */
export const succeedsSignedAgain = (error: unknown): boolean =>
  isClockSkew(error) || (isAwsError(error, ...NAMES_OF_BOTH) && hasLearntTime(error));

const hasLearntTime = (error: unknown): boolean =>
  (error as { $metadata?: { clockSkewCorrected?: boolean } }).$metadata?.clockSkewCorrected === true;
