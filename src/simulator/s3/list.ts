import type { Input } from '../../aws/aws.ts';
import type { ObjectVersion } from '../stores-state.ts';
import type { World } from '../world.ts';
import { bucketIn, byName, versionsIn } from './bucket.ts';
import { modifiedAt, sizeOf } from './read.ts';

const PAGE = 1_000;

export const list = {
  ListObjectsV2(world: World, region: string, input: Input<'s3', 'ListObjectsV2'>) {
    const bucket = bucketIn(world, region, input);
    const { ContinuationToken, StartAfter, Prefix = '', Delimiter, EncodingType } = input;
    const text = written(EncodingType);
    const versions = versionsIn(world, bucket);
    const current = versions.filter(({ key, body }, index) => versions[index - 1]?.key !== key && body !== null);
    const after = ContinuationToken === undefined ? (StartAfter ?? '') : keyOf(ContinuationToken);
    const page = pageOf(current, ({ key }) => byName(key, after) > 0, after, input);
    return {
      Name: bucket.name,
      Prefix: text(Prefix),
      MaxKeys: page.max,
      KeyCount: page.taken.length + page.prefixes.length,
      IsTruncated: page.last !== undefined,
      ...(Delimiter !== undefined && { Delimiter: text(Delimiter) }),
      ...(EncodingType && { EncodingType }),
      ...(StartAfter !== undefined && { StartAfter: text(StartAfter) }),
      ...(ContinuationToken !== undefined && { ContinuationToken }),
      ...(page.last !== undefined && { NextContinuationToken: tokenOf(page.last.key) }),
      ...(page.taken.length > 0 && {
        Contents: page.taken.map((one) => ({
          Key: text(one.key),
          LastModified: modifiedAt(one),
          ETag: one.etag,
          Size: sizeOf(one),
          StorageClass: 'STANDARD' as const,
        })),
      }),
      ...prefixesOf(page.prefixes, text),
    };
  },

  ListObjectVersions(world: World, region: string, input: Input<'s3', 'ListObjectVersions'>) {
    const bucket = bucketIn(world, region, input);
    const { KeyMarker = '', VersionIdMarker, Prefix = '', Delimiter, EncodingType } = input;
    const text = written(EncodingType);
    const versions = versionsIn(world, bucket);
    const marker = versions.findIndex(({ key, versionId }) => key === KeyMarker && versionId === VersionIdMarker);
    const isAfter = ({ key }: ObjectVersion, index: number) =>
      byName(key, KeyMarker) > 0 || (marker >= 0 && key === KeyMarker && index > marker);
    const page = pageOf(versions, isAfter, KeyMarker, input);
    const described = ({ key, versionId, ...rest }: ObjectVersion) => ({
      Key: text(key),
      VersionId: versionId,
      IsLatest: versions.find((one) => one.key === key)?.versionId === versionId,
      LastModified: modifiedAt({ key, versionId, ...rest }),
    });
    const there = page.taken.filter(({ body }) => body !== null);
    const markers = page.taken.filter(({ body }) => body === null);
    return {
      Name: bucket.name,
      Prefix: text(Prefix),
      KeyMarker: text(KeyMarker),
      VersionIdMarker: VersionIdMarker ?? '',
      MaxKeys: page.max,
      IsTruncated: page.last !== undefined,
      ...(Delimiter !== undefined && { Delimiter: text(Delimiter) }),
      ...(EncodingType && { EncodingType }),
      ...(page.last && {
        NextKeyMarker: text(page.last.key),
        ...(page.last.versionId && { NextVersionIdMarker: page.last.versionId }),
      }),
      ...(there.length > 0 && {
        Versions: there.map((one) => ({
          ...described(one),
          ETag: one.etag,
          Size: sizeOf(one),
          StorageClass: 'STANDARD' as const,
        })),
      }),
      ...(markers.length > 0 && { DeleteMarkers: markers.map(described) }),
      ...prefixesOf(page.prefixes, text),
    };
  },
};

interface Asked {
  Prefix?: string | undefined;
  Delimiter?: string | undefined;
  MaxKeys?: number | undefined;
}

interface Page {
  max: number;
  taken: ObjectVersion[];
  prefixes: string[];
  /** Where the page ends, if there is more behind it. */
  last: { key: string; versionId: string } | undefined;
}

/** As many as asked for, of what begins with the prefix; what continues behind a delimiter is folded into one line. */
function pageOf(
  all: ObjectVersion[],
  isAfter: (one: ObjectVersion, index: number) => boolean,
  after: string,
  { Prefix = '', Delimiter = '', MaxKeys = PAGE }: Asked,
): Page {
  const max = Math.min(PAGE, Math.max(0, MaxKeys));
  const page: Page = { max, taken: [], prefixes: [], last: undefined };
  const foldOf = (key: string): string | undefined => {
    const end = Delimiter === '' ? -1 : key.indexOf(Delimiter, Prefix.length);
    return end < 0 ? undefined : key.slice(0, end + Delimiter.length);
  };
  let end: Page['last'];
  for (const [index, one] of all.entries()) {
    if (!one.key.startsWith(Prefix) || !isAfter(one, index)) continue;
    const fold = foldOf(one.key);
    // A page that ended with a folded line goes on behind all that it stands for.
    if (fold !== undefined && (fold === after || page.prefixes.at(-1) === fold)) continue;
    if (page.taken.length + page.prefixes.length === max) {
      page.last = end;
      break;
    }
    if (fold === undefined) page.taken.push(one);
    else page.prefixes.push(fold);
    end = fold === undefined ? one : { key: fold, versionId: '' };
  }
  return page;
}

const prefixesOf = (prefixes: string[], text: (value: string) => string) =>
  prefixes.length > 0 ? { CommonPrefixes: prefixes.map((Prefix) => ({ Prefix: text(Prefix) })) } : {};

/** Keys may hold what XML cannot: the one who asks gets them as in URLs. */
const written =
  (encoding: string | undefined) =>
  (value: string): string =>
    encoding === 'url' ? encodeURIComponent(value).replaceAll('%2F', '/') : value;

const tokenOf = (key: string): string => Buffer.from(key).toString('base64url');
const keyOf = (token: string): string => Buffer.from(token, 'base64url').toString();
