import * as z from 'zod';
import { arnForm, nameIn } from '../arn.ts';
import { isRegion } from '../partition.ts';

const A_REGION = 'expected an AWS region, such as ap-northeast-1';

export const region = z
  .string()
  .regex(/^[a-z]{2,4}(-[a-z]+)+-\d$/, A_REGION)
  .refine(isRegion, A_REGION)
  .describe('An AWS region, such as ap-northeast-1.');

/** A name that AWS gives a resource; its ARN says the same, and becomes the name. */
export const resourceName = z.string().min(1).overwrite(nameIn);

export const securityGroup = resourceName.regex(
  /^sg-([0-9a-f]{8}|[0-9a-f]{17})$/,
  'expected the ID of a security group: sg- and 8 or 17 digits or letters from a to f',
);

export const instanceClass = z
  .string()
  .regex(/^db\.[a-z0-9-]+(\.[a-z0-9]+)*$/, 'expected an instance class of RDS, such as db.r6g.xlarge');

export const nodeType = z
  .string()
  .regex(/^cache\.[a-z0-9-]+\.[a-z0-9]+$/, 'expected a node type of ElastiCache, such as cache.r7g.large');

/** RDS and ElastiCache keep the names of what they hold in lower case, and take them in any. */
export const lowerName = resourceName.toLowerCase();

/** How RDS lets what a person makes be named. */
export const RDS_NAME = /^(?=.{1,63}$)[A-Za-z](-?[A-Za-z0-9])*$/;
export const RDS_NAMES = '1 to 63 letters, digits and hyphens; a letter first, no hyphen last, no two hyphens in a row';

/** The name of an instance, a cluster or a snapshot that a drill makes. */
export const newRdsName = lowerName.refine((name) => RDS_NAME.test(name), `expected ${RDS_NAMES}`);

/** A domain's name as it is compared: DNS tells no case, the root's dot says nothing, and Route 53 escapes what is no letter. */
export const plainDomain = (name = ''): string =>
  name
    .replace(/\\(\d{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)))
    .replace(/\.$/, '')
    .toLowerCase();

export const domainName = z.string().min(1).overwrite(plainDomain);

/** Route 53 puts a path before the id. */
export const hostedZoneId = (id: string): string => nameIn(id).replace(/^\/?hostedzone\//, '');

export const hostedZone = z.string().min(1).overwrite(hostedZoneId);

const KEY_ID = '(mrk-[0-9a-f]{32}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})';

/** A key of KMS in any of its four forms: id, ARN, alias, or the ARN of an alias. */
export const kmsKeyName = z
  .string()
  .regex(
    new RegExp(`^(${arnForm('kms', '(key|alias)/[\\w/-]+')}|alias/[\\w/-]+|${KEY_ID})$`),
    'expected a key of KMS: its id, its ARN, alias/<name> or the ARN of an alias',
  );
