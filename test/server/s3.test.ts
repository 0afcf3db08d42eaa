import { request } from 'node:http';
import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { EVIDENCE, MEDIA, PRIMARY } from '../simulator/world.ts';
import { clientOf, send, served } from './server.ts';

const PICTURE = { Bucket: MEDIA, Key: 'pictures/1.webp' };
const at = (url: string, more: object = {}) => clientOf('s3', url, { region: PRIMARY, ...more });
const credential = `AKID/20261123/${PRIMARY}/s3/aws4_request`;
const signed = () => ({
  'x-amz-date': new Date().toISOString().replace(/[-:]|\.\d+/g, ''),
  authorization: `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=host, Signature=0`,
});

/** A request whose host is another than the one that it is sent to, which fetch does not allow. */
function asked(url: string, method: string, path: string, headers: object = {}, body = '') {
  return new Promise<{ status: number | undefined; text: string }>((resolve, reject) => {
    const sent = request(`${url}${path}`, { method, headers: { ...signed(), ...headers } }, (response) => {
      let text = '';
      response.on('data', (chunk) => {
        text += chunk;
      });
      response.on('end', () => resolve({ status: response.statusCode, text }));
    });
    sent.on('error', reject).end(body);
  });
}

test('a stream goes in, in pieces and with its checksum behind it, and comes out byte for byte', async () => {
  const { url } = await served();
  const bytes = new Uint8Array(300_000).map((_, index) => (index * 31) % 256);
  const pieces = Array.from({ length: 10 }, (_, index) =>
    Buffer.from(bytes.subarray(index * 30_000, (index + 1) * 30_000)),
  );
  const put = { ...PICTURE, Body: Readable.from(pieces), ContentLength: bytes.length };
  const answer = await send(at(url), 's3', 'PutObject', put);
  expect(answer).toMatchObject({ ChecksumCRC32: expect.stringMatching(/^[\w+/]{6}==$/) });
  expect(await send(at(url), 's3', 'GetObject', PICTURE)).toMatchObject({ Body: bytes });
  expect(await send(at(url), 's3', 'HeadObject', PICTURE)).toMatchObject({ ContentLength: bytes.length });
});

test('a bucket is named by the path, or by the host', async () => {
  const { url } = await served();
  const { port } = new URL(url);
  const hosts = [`${MEDIA}.localhost:${port}`, `${MEDIA}.s3.${PRIMARY}.amazonaws.com`, `${MEDIA}.s3.amazonaws.com`];
  for (const [index, host] of hosts.entries()) {
    const put = await asked(url, 'PUT', `/by-host/${index}%20%2B`, { host }, `written ${index}`);
    expect(put.status).toBe(200);
    const Key = `by-host/${index} +`;
    expect(await send(at(url), 's3', 'GetObject', { Bucket: MEDIA, Key })).toMatchObject({
      Body: new Uint8Array(Buffer.from(`written ${index}`)),
    });
  }
  const listed = await asked(url, 'GET', '/?list-type=2&prefix=by-host/', { host: hosts[0] });
  expect(listed.text).toMatch(/<KeyCount>3<\/KeyCount>/);
  expect((await asked(url, 'GET', `/${MEDIA}?list-type=2&prefix=by-host/`)).text).toBe(listed.text);
});

test('an error has the form of S3, with no answer around it; to HEAD it has none', async () => {
  const { url } = await served();
  const missing = await asked(url, 'GET', `/${MEDIA}/none`);
  expect(missing.status).toBe(404);
  expect(missing.text).toMatch(
    /^<\?xml [^>]+>\n<Error><Code>NoSuchKey<\/Code><Message>[^<]+<\/Message><RequestId>[\w-]+<\/RequestId><HostId>\w+<\/HostId><\/Error>$/,
  );
  expect(await asked(url, 'HEAD', `/${MEDIA}/none`)).toEqual({ status: 404, text: '' });
});

test.each<[operation: string, input: object, name: string, status: number]>([
  ['PutObject', { ...PICTURE, Key: 'products/1001.json', Body: 'x', IfNoneMatch: '*' }, 'PreconditionFailed', 412],
  ['GetObject', PICTURE, 'NoSuchKey', 404],
  ['HeadObject', PICTURE, 'NotFound', 404],
  ['GetObject', { ...PICTURE, Bucket: 'none' }, 'NoSuchBucket', 404],
  ['GetObject', { Bucket: EVIDENCE, Key: 'a' }, 'PermanentRedirect', 301],
  ['PutObject', { ...PICTURE, Body: 'x', ContentMD5: 'bm90IHRoYXQ=' }, 'BadDigest', 400],
  ['GetBucketVersioning', { Bucket: MEDIA, ExpectedBucketOwner: '444455556666' }, 'AccessDenied', 403],
])('%s is refused by the name and the status that S3 has for it', async (operation, input, name, status) => {
  const { url } = await served();
  const error = await send(at(url), 's3', operation, input).catch((thrown: Error) => thrown);
  expect(error).toMatchObject({ name, $metadata: { httpStatusCode: status, requestId: expect.stringMatching(/-/) } });
});

test('what the simulator lacks is no other operation that looks like it', async () => {
  const { url } = await served();
  const lacking: [method: string, path: string][] = [
    ['PUT', `/${MEDIA}/big?partNumber=1&uploadId=x`],
    ['PUT', `/${MEDIA}/products/1001.json?tagging`],
    ['GET', `/${MEDIA}/products/1001.json?acl`],
    ['GET', `/${MEDIA}?policy`],
    ['GET', `/${MEDIA}?prefix=a`],
    ['DELETE', `/${MEDIA}`],
    ['PUT', '/'],
  ];
  for (const [method, path] of lacking) {
    const { status, text } = await asked(url, method, path);
    expect([path, status, text]).toEqual([path, 405, expect.stringContaining('<Code>MethodNotAllowed</Code>')]);
  }
  const kept = await send(at(url), 's3', 'HeadObject', { Bucket: MEDIA, Key: 'products/1001.json' });
  expect(kept).toMatchObject({ ContentType: 'application/json' });
});

test('chunks that do not add up are refused', async () => {
  const { url } = await served();
  const headers = { 'x-amz-content-sha256': 'STREAMING-UNSIGNED-PAYLOAD-TRAILER' };
  for (const body of ['', 'hello', '5\r\nhel', '5\r\nhello\r\n', '-1\r\nhello']) {
    const { status, text } = await asked(url, 'PUT', `/${MEDIA}/x`, headers, body);
    expect([body, status, text]).toEqual([body, 400, expect.stringContaining('<Code>MalformedXML</Code>')]);
  }
});
