import { DrillError } from '../errors.ts';

/** One object of a bucket. */
export interface Place {
  bucket: string;
  key: string;
  region: string;
}

/**
 * Where `s3://<bucket>/<prefix>` puts an object of a name. Unless it says otherwise, the bucket is in the recovery region: the other one
 * may be lost.
 * @param what the setting that says so, for the message
 */
export function placeIn(what: string, where: string, name: string, recovery: string): Place {
  const url = URL.canParse(where) ? new URL(where) : undefined;
  if (!url?.hostname || !url.href.startsWith('s3://'))
    throw new DrillError('usage', `${what} is no place in S3: ${where}`, {
      hint: 'Write s3://<bucket>/<prefix>, with ?region=<region> behind it unless the bucket is in the recovery region.',
    });
  const prefix = url.pathname.split('/').filter(Boolean);
  return {
    bucket: url.hostname,
    key: [...prefix, name].map(decodeURIComponent).join('/'),
    region: url.searchParams.get('region') ?? recovery,
  };
}
