import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import type { Input } from '../../aws/aws.ts';
import { awsError } from '../faults.ts';

type Given = Pick<Input<'s3', 'PutObject'>, 'Body' | 'ContentMD5' | 'ChecksumAlgorithm' | 'ChecksumCRC32'>;

/** The bytes of a request's body, compared with the checksums that came with them. */
export function bodyOf({ Body, ContentMD5, ChecksumAlgorithm, ChecksumCRC32 }: Given) {
  const bytes = bytesOf(Body);
  const sum = checksum(bytes);
  if (ContentMD5 !== undefined && ContentMD5 !== md5(bytes, 'base64')) {
    throw awsError('BadDigest', 'The Content-MD5 you specified did not match what we received.');
  }
  if (ChecksumCRC32 !== undefined && ChecksumCRC32 !== sum) {
    throw awsError('BadDigest', 'The CRC32 you specified did not match the calculated checksum.');
  }
  // S3 keeps the checksum that its client chose.
  return { bytes, crc32: ChecksumCRC32 !== undefined || ChecksumAlgorithm === 'CRC32' ? sum : null };
}

/** The one who calls from outside has sent a stream; here it has come to its end. */
function bytesOf(body: Given['Body']): Buffer {
  if (body === undefined) return Buffer.alloc(0);
  if (typeof body === 'string') return Buffer.from(body);
  if (body instanceof Uint8Array) return Buffer.from(body);
  throw awsError('InvalidRequest', 'The simulator takes the body of an object as text or bytes.');
}

export const etagOf = (bytes: Uint8Array): string => `"${md5(bytes, 'hex')}"`;

const md5 = (bytes: Uint8Array, encoding: 'hex' | 'base64'): string => createHash('md5').update(bytes).digest(encoding);

function checksum(bytes: Uint8Array): string {
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc32(bytes));
  return sum.toString('base64');
}
