import { createHash, getFips } from 'node:crypto';
import type { Readable } from 'node:stream';
import type { Output } from '../aws/aws.ts';
import type { Clock } from '../clock/clock.ts';
import { ANSWER_MOST_BYTES, answerTooLarge } from './answer-limit.ts';
import { unreadable } from './sdk-errors.ts';
import { wholeBody } from './whole-body.ts';

type Answer = Output<'s3', 'GetObject'>;

/**
 * Reads the body of an object that S3 has answered with, which the SDK leaves on the connection. Rejects with `Unreadable` where it was cut
 * or changed on the way: the SDK compares some checksums, and the ETag tells of the rest.
 */
export async function withWholeBody(
  answer: Answer,
  { region, clock, stallMs }: { region: string; clock: Clock; stallMs: number },
): Promise<unknown> {
  if (!answer.Body) return answer;
  const who = `s3 GetObject in ${region}`;
  if ((answer.ContentLength ?? 0) > ANSWER_MOST_BYTES) {
    (answer.Body as Readable).destroy();
    throw answerTooLarge(who);
  }
  const notWhole = (cause?: unknown) => unreadable({ service: 's3', operation: 'GetObject', region }, 200, cause);
  const bytes = await wholeBody(answer.Body as Readable, who, { clock, stallMs }).catch((error: unknown) => {
    throw (error as Error).name === 'Unreadable' ? error : notWhole(error);
  });
  if (digestIn(answer) !== undefined && digestIn(answer) !== md5(bytes)) throw notWhole();
  const Body = {
    transformToByteArray: async () => bytes,
    transformToString: async (encoding: BufferEncoding = 'utf8') => Buffer.from(bytes).toString(encoding),
  };
  return { ...answer, Body };
}

const md5 = (bytes: Uint8Array): string => createHash('md5').update(bytes).digest('hex');

/**
 * The MD5 digest of the whole object, as its ETag is: unless it was uploaded in parts, is encrypted with a key of KMS or of the customer, or
 * is in a directory bucket. A machine in FIPS mode has no MD5.
 */
function digestIn(answer: Answer): string | undefined {
  const { ETag = '', ServerSideEncryption = 'AES256', SSECustomerAlgorithm, StorageClass, ContentRange } = answer;
  const isDigest =
    ServerSideEncryption === 'AES256' &&
    SSECustomerAlgorithm === undefined &&
    StorageClass !== 'EXPRESS_ONEZONE' &&
    ContentRange === undefined &&
    getFips() === 0;
  return isDigest ? /^"([0-9a-f]{32})"$/.exec(ETag)?.[1] : undefined;
}
