import { createHash, getFips } from 'node:crypto';
import { Readable } from 'node:stream';
import type { Service } from '../aws/aws.ts';
import { unreadable } from './sdk-errors.ts';

/** More than any answer that a drill asks for. */
const BODY_MAX = 64 * 1024 * 1024;

interface Answered {
  response?: { statusCode?: number; headers?: Record<string, string>; body?: unknown };
}

/**
 * Middleware that reads a whole answer before the SDK does, and refuses one that cannot be AWS's: the SDK takes a web page or an empty
 * body for an answer in which nothing is set. Rejects with `Unreadable`.
 */
export const wholeAnswer =
  (service: Service, region: string) =>
  (next: (args: object) => Promise<Answered>, { commandName = '' }: { commandName?: string }) =>
  async (args: object): Promise<Answered> => {
    const result = await next(args);
    const { response } = result;
    if (!response) return result;
    const isGood = (response.statusCode ?? 500) < 300;
    const operation = commandName.replace(/Command$/, '');
    const notWhole = () => unreadable({ service, region, operation }, response.statusCode);
    if (service === 's3' && operation === 'GetObject' && isGood) response.body = await wholeObject(response, notWhole);
    // Other answers of these may have no body, or one that is the user's own.
    if (service === 's3' || service === 'lambda') return result;
    const body = await wholeBody(response.body, notWhole);
    response.body = body;
    if (isGood && !isOfAws(body)) throw notWhole();
    return result;
  };

/** The body of an object, which steps read as a stream; its ETag tells one that was cut or changed on the way. */
async function wholeObject(
  { headers = {}, body }: NonNullable<Answered['response']>,
  notWhole: () => Error,
): Promise<unknown> {
  // A machine in FIPS mode has no MD5.
  if (Number(headers['content-length'] ?? 0) > BODY_MAX || getFips() === 1) return body;
  const bytes = await wholeBody(body, notWhole);
  const { etag = '' } = headers;
  const digest = createHash('md5').update(bytes).digest('hex');
  if (isDigest(etag, headers) && etag !== `"${digest}"`) throw notWhole();
  return Readable.from([bytes]);
}

/**
 * An ETag of S3 is the MD5 digest of the object, unless it was uploaded in parts, is encrypted with a key of KMS or of the customer, or is in
 * a directory bucket.
 */
const isDigest = (etag: string, headers: Record<string, string>): boolean =>
  /^"[0-9a-f]{32}"$/.test(etag) &&
  headers['content-range'] === undefined &&
  headers['x-amz-storage-class'] !== 'EXPRESS_ONEZONE' &&
  headers['x-amz-server-side-encryption-customer-algorithm'] === undefined &&
  ['AES256', undefined].includes(headers['x-amz-server-side-encryption']);

async function wholeBody(body: unknown, tooLarge: () => Error): Promise<Uint8Array> {
  if (body instanceof Uint8Array) return body;
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of body as AsyncIterable<Uint8Array>) {
    length += chunk.length;
    // Leaving the loop ends the connection.
    if (length > BODY_MAX) throw tooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** XML, JSON or CBOR, and no web page; that it is whole the SDK sees for itself. */
function isOfAws(body: Uint8Array): boolean {
  const beginning = Buffer.from(body.subarray(0, 512)).toString('utf8').trimStart();
  return beginning !== '' && !/^(<!doctype|<html)/i.test(beginning);
}
