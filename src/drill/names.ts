import * as z from 'zod';
import { arnForm, nameIn, parseArn } from '../arn.ts';
import { isRegion } from '../partition.ts';

const A_REGION = 'expected an AWS region, such as ap-northeast-1';

export const region = z
  .string()
  .regex(/^[a-z]{2,4}(-[a-z]+)+-\d$/, A_REGION)
  .refine(isRegion, A_REGION)
  .describe('An AWS region, such as ap-northeast-1.');

/** What an ARN must be of: its service, and with what the resource in it begins. */
interface Of {
  service: string;
  types?: readonly string[];
  /** In words. */
  of: string;
}

/** A name that AWS gives a resource of a kind, or its ARN. An ARN that is none at all is reported elsewhere. */
export const nameOrArn = ({ service, types = [''], of }: Of) =>
  z
    .string()
    .min(1)
    .refine(
      (given) => {
        const arn = parseArn(given);
        if (!arn || arn.resource === '') return true;
        return arn.service === service && types.some((type) => arn.resource.startsWith(type));
      },
      { error: `expected the name or the ARN of ${of} (arn:…:${service}:…:${types[0]}…)`, abort: true },
    );

/** The ARN says the same as the name, and becomes it. */
const resourceName = (of: Of) => nameOrArn(of).overwrite(nameIn);

/** RDS and ElastiCache keep the names of what they hold in lower case, and take them in any. */
const lowerName = (service: 'rds' | 'elasticache', types: readonly string[], of: string) =>
  resourceName({ service, types, of }).toLowerCase();

export const instanceName = lowerName('rds', ['db:'], 'an RDS instance');
export const dbClusterName = lowerName('rds', ['cluster:'], 'an Aurora cluster');
export const databaseName = lowerName('rds', ['db:', 'cluster:'], 'an RDS instance or an Aurora cluster');
export const globalClusterName = lowerName('rds', ['global-cluster:'], 'an Aurora global database');
export const snapshotName = lowerName('rds', ['snapshot:', 'cluster-snapshot:'], 'a snapshot of RDS');
export const dbParameterGroupName = lowerName('rds', ['pg:'], 'a parameter group of RDS');
export const dbSubnetGroupName = lowerName('rds', ['subgrp:'], 'a subnet group of RDS');
export const replicationGroupName = lowerName(
  'elasticache',
  ['replicationgroup:'],
  'a replication group of ElastiCache',
);
export const globalDatastoreName = lowerName(
  'elasticache',
  ['globalreplicationgroup:'],
  'a global datastore of ElastiCache',
);
export const cacheParameterGroupName = lowerName(
  'elasticache',
  ['parametergroup:'],
  'a parameter group of ElastiCache',
);
export const cacheSubnetGroupName = lowerName('elasticache', ['subnetgroup:'], 'a subnet group of ElastiCache');

export const tableName = resourceName({ service: 'dynamodb', types: ['table/'], of: 'a DynamoDB table' });
export const alarmName = resourceName({ service: 'cloudwatch', types: ['alarm:'], of: 'a CloudWatch alarm' });
export const nameOfBucket = resourceName({ service: 's3', of: 'a bucket' });
export const ecsClusterName = resourceName({ service: 'ecs', types: ['cluster/'], of: 'an ECS cluster' });
export const ecsServiceName = resourceName({ service: 'ecs', types: ['service/'], of: 'a service of ECS' });
export const eksClusterName = resourceName({ service: 'eks', types: ['cluster/'], of: 'an EKS cluster' });
export const healthCheckId = resourceName({ service: 'route53', types: ['healthcheck/'], of: 'a health check' });
export const nodegroupName = resourceName({ service: 'eks', types: ['nodegroup/'], of: 'a node group of EKS' });
export const capacityReservationId = resourceName({
  service: 'ec2',
  types: ['capacity-reservation/'],
  of: 'a Capacity Reservation',
});
const SECRET = { service: 'secretsmanager', types: ['secret:'], of: 'a secret' };
export const secretName = resourceName(SECRET);
/** A secret of another account has no name here. */
export const secretNameOrArn = nameOrArn(SECRET);
export const topicName = resourceName({ service: 'sns', of: 'an SNS topic' });

export const securityGroup = resourceName({
  service: 'ec2',
  types: ['security-group/'],
  of: 'a security group',
}).regex(
  /^sg-([0-9a-f]{8}|[0-9a-f]{17})$/,
  'expected the ID of a security group: sg- and 8 or 17 digits or letters from a to f',
);

export const instanceClass = z
  .string()
  .regex(/^db\.[a-z0-9-]+(\.[a-z0-9]+)*$/, 'expected an instance class of RDS, such as db.r6g.xlarge');

export const nodeType = z
  .string()
  .regex(/^cache\.[a-z0-9-]+\.[a-z0-9]+$/, 'expected a node type of ElastiCache, such as cache.r7g.large');

/** How RDS lets what a person makes be named. */
export const RDS_NAME = /^(?=.{1,63}$)[A-Za-z](-?[A-Za-z0-9])*$/;
export const RDS_NAMES = '1 to 63 letters, digits and hyphens; a letter first, no hyphen last, no two hyphens in a row';

/** The name of an instance, a cluster or a snapshot that a drill makes. */
export const newRdsName = lowerName(
  'rds',
  ['db:', 'cluster:', 'snapshot:', 'cluster-snapshot:'],
  'an instance, a cluster or a snapshot of RDS',
).refine((name) => RDS_NAME.test(name), `expected ${RDS_NAMES}`);

/** A domain's name as it is compared: DNS tells no case, the root's dot says nothing, and Route 53 escapes what is no letter. */
export const plainDomain = (name = ''): string =>
  name
    .replace(/\\(\d{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)))
    .replace(/\.$/, '')
    .toLowerCase();

export const domainName = z.string().min(1).overwrite(plainDomain);

/** Route 53 puts a path before the id. */
export const hostedZoneId = (id: string): string => nameIn(id).replace(/^\/?hostedzone\//, '');

export const hostedZone = nameOrArn({
  service: 'route53',
  types: ['hostedzone/'],
  of: 'a hosted zone',
}).overwrite(hostedZoneId);

const KEY_ID = '(mrk-[0-9a-f]{32}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})';

/** A key of KMS in any of its four forms: id, ARN, alias, or the ARN of an alias. */
export const kmsKeyName = z
  .string()
  .regex(
    new RegExp(`^(${arnForm('kms', '(key|alias)/[\\w/-]+')}|alias/[\\w/-]+|${KEY_ID})$`),
    'expected a key of KMS: its id, its ARN, alias/<name> or the ARN of an alias',
  );
