import type { Operation, ServedService } from '../catalogue.ts';
import { header, type Received } from '../exchange.ts';
import { Refusal } from '../refusal.ts';
import { bindingsOf } from './rest.ts';
import { decoded } from './rest-uri.ts';

/** Hosts that begin with the name of a bucket; at any other, the path does. */
const VIRTUAL_HOST = /^(.+)\.(?:s3[.-][a-z0-9.-]+|localhost)(?::\d+)?$/i;

/** Which bucket and key a request means; a key may hold slashes, also at its end. */
export function addressOf(request: Received): { Bucket: string; Key: string } {
  const path = request.path.replace(/^\//, '');
  const virtual = VIRTUAL_HOST.exec(header(request, 'host') ?? '')?.[1];
  const [bucket = '', ...key] = virtual === undefined ? path.split('/') : [virtual, ...path.split('/')];
  return { Bucket: decoded(bucket) ?? bucket, Key: decoded(key.join('/')) ?? key.join('/') };
}

/** S3's operations differ in what the query and the headers hold: what an operation does not know belongs to another. */
export const operationOf = (request: Received, served: ServedService | undefined): Operation | undefined =>
  [...(served?.operations.values() ?? [])].find((one) => means(one, request));

function means({ http, input }: Operation, request: Received): boolean {
  const [method, uri = ''] = http ?? [];
  const [path = '', fixed = ''] = uri.split('?');
  const { Bucket, Key } = addressOf(request);
  if (
    method !== request.method ||
    'Bucket' in input.getMemberSchemas() !== (Bucket !== '') ||
    path.includes('{Key+}') !== (Key !== '')
  )
    return false;
  const { queries, headers } = bindingsOf(input);
  // The SDK names the operation in the query; other clients do not.
  const wanted = [...new URLSearchParams(fixed)].filter(([name]) => name !== 'x-id');
  if (wanted.some(([name, value]) => request.query.get(name) !== value)) return false;
  const known = [...queries, ...wanted.map(([name]) => name), 'x-id'];
  const strange = [...request.query.keys()].some((name) => !known.includes(name) && !/^x-amz-/i.test(name));
  return !strange && headers.includes(COPY_SOURCE) === (header(request, COPY_SOURCE) !== undefined);
}

const COPY_SOURCE = 'x-amz-copy-source';

/** The request without the framing in which clients send streams: chunks with a size, and checksums behind the last. */
export function unframed(request: Received): Received {
  if (!header(request, 'x-amz-content-sha256')?.startsWith('STREAMING-')) return request;
  const body = Buffer.from(request.body);
  const chunks: Buffer[] = [];
  let at = 0;
  for (;;) {
    const end = body.indexOf('\r\n', at);
    const size = Number.parseInt(body.subarray(at, end).toString(), 16);
    const from = end + 2;
    if (end < 0 || Number.isNaN(size) || from + size > body.length) {
      throw new Refusal('unreadable', 'The body does not end where its chunks say.');
    }
    if (size === 0)
      return { ...request, body: Buffer.concat(chunks), headers: withTrailers(request, body.subarray(from)) };
    chunks.push(body.subarray(from, from + size));
    at = from + size + 2;
  }
}

function withTrailers({ headers }: Received, trailers: Buffer): Received['headers'] {
  const lines = trailers.toString().split('\r\n');
  const given = lines.flatMap((line) => {
    const [, name = '', value = ''] = /^([\w-]+):\s*(.*)$/.exec(line) ?? [];
    return name === '' ? [] : [[name.toLowerCase(), value]];
  });
  const { 'content-encoding': encoding = '', ...others } = headers;
  const left = encoding.split(',').filter((one) => one.trim() !== 'aws-chunked');
  return {
    ...others,
    ...(left.join('') !== '' && { 'content-encoding': left.join(',') }),
    ...Object.fromEntries(given),
  };
}
