import { build, parse, validate } from '@aws-sdk/core/util';
import { partitionOf } from './partition.ts';

/** An ARN in its parts; `region` and `account` are empty where its service has no such part. */
export interface Arn {
  partition: string;
  service: string;
  region: string;
  account: string;
  resource: string;
}

interface Named {
  service: string;
  region: string;
  /** Absent where its service leaves it out, as S3 and Route 53 do. */
  account?: string;
  resource: string;
}

/** The ARN of something in a region. */
export const regionalArn = ({ service, region, account: accountId = '', resource }: Named): string =>
  build({ partition: partitionOf(region).name, service, region, accountId, resource });

/** The ARN of something that no region is part of the name of: the region tells the partition only. */
export const globalArn = ({ service, region, account: accountId = '', resource }: Named): string =>
  build({ partition: partitionOf(region).name, service, region: '', accountId, resource });

/** The parts of an ARN; nothing where the text is none. */
export function parseArn(text: string | undefined): Arn | undefined {
  if (text === undefined || !validate(text)) return undefined;
  const { accountId: account, ...parts } = parse(text);
  return { ...parts, account };
}
