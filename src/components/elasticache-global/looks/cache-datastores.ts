import type { GlobalReplicationGroup } from '@aws-sdk/client-elasticache';
import { isAwsError } from '../../../aws/aws.ts';
import { listOf } from '../../../aws/pages.ts';
import { inWords } from '../../../duration.ts';
import { blocker, type Finding, warning } from '../../../steps/account/findings.ts';
import {
  answered,
  fact,
  type Look,
  type LookContext,
  type LookFor,
  looked,
  type Row,
  rootOf,
  together,
} from '../../../steps/account/look.ts';
import type { NeedOf } from '../../../steps/needs.ts';
import { datastorePermissions, isPrimary, primaryOf } from '../steps/datastore.ts';
import { endpointIn, findGroup } from '../steps/group.ts';
import { datastoreLagMs } from '../steps/lag.ts';
import { servingLook } from './cache-groups.ts';

type DatastoreNeed = NeedOf<'cache-datastore'>;
type Side = { region: string; group: string };

const READS = ['elasticache:DescribeGlobalReplicationGroups', 'elasticache:DescribeReplicationGroups'];

/** A global datastore: its members, who takes the writes, how far the other is behind, and whether both can be logged in to. */
export const cacheDatastoreLook: LookFor<'cache-datastore'> = {
  calls: () => [...READS, 'cloudwatch:GetMetricData'],
  permissions: ({ datastore, writer, follower }, account) => [
    ...datastorePermissions(READS, { datastore, ...writer, other: follower }, account),
    { action: 'cloudwatch:GetMetricData', resource: '*' },
  ],
  subject: ({ datastore }) => datastore,
  async look(need, context) {
    const found = await findDatastore(need, context);
    const groups = await Promise.all(
      [need.writer, need.follower].map((side) => looked(side.group, () => groupLook(side, context), context)),
    );
    if (!found) return together([missing(need), ...groups]);
    const lag = await looked('replication', () => lagLook(need, context), context);
    return together([datastoreLook(need, found), ...groups, lag]);
  },
};

async function findDatastore(
  { follower: { region }, datastore }: DatastoreNeed,
  { aws }: LookContext,
): Promise<GlobalReplicationGroup | undefined> {
  try {
    const asked = { GlobalReplicationGroupId: datastore, ShowMemberInfo: true };
    const key = 'GlobalReplicationGroups';
    return (await listOf(aws, 'elasticache', region, 'DescribeGlobalReplicationGroups', key, asked))[0];
  } catch (error) {
    if (isAwsError(rootOf(error), 'GlobalReplicationGroupNotFound')) return undefined;
    throw error;
  }
}

function missing({ follower: { region }, datastore }: DatastoreNeed): Look {
  const row: Row = { what: `${datastore} status`, topology: 'available', account: 'not there' };
  const fix = `Correct 'globalDatastore' in the topology: aws elasticache describe-global-replication-groups --region ${region}`;
  const why = 'Nothing joins the two groups, and nothing could be failed over.';
  return { rows: [row], findings: [blocker(datastore, `there is no global datastore ${datastore}`, why, fix)] };
}

function datastoreLook({ datastore, writer, follower }: DatastoreNeed, found: GlobalReplicationGroup): Look {
  const { Status: status = 'unknown', Members: members = [] } = found;
  const see = `aws elasticache describe-global-replication-groups --region ${follower.region} --global-replication-group-id ${datastore} --show-member-info`;
  const primary = primaryOf(found)?.ReplicationGroupId ?? 'none';
  const findings: Finding[] = [];
  if (!['available', 'primary-only'].includes(status)) {
    findings.push(blocker(datastore, `${datastore} is ${status}`, 'It takes no failover now.', `See it: ${see}`));
  }
  for (const { group, region: where } of [writer, follower]) {
    const member = members.find((one) => one.ReplicationGroupId === group && one.ReplicationGroupRegion === where);
    if (member?.Status === 'associated') continue;
    const what = member ? `${group} is ${member.Status} in ${datastore}` : `${group} is not a member of ${datastore}`;
    findings.push(blocker(datastore, what, 'It could not take over.', `See its members: ${see}`));
  }
  const what = `${primary} takes the writes of ${datastore}, not ${writer.group}`;
  const wrongWay = blocker(datastore, what, 'The drill would start with the roles swapped.', `See its members: ${see}`);
  return together([
    fact({ what: `${datastore} status`, topology: 'available', account: status }, findings),
    fact(
      { what: `${datastore} primary`, topology: writer.group, account: primary },
      isPrimary({ datastore, ...writer, other: follower }, found) ? [] : [wrongWay],
    ),
  ]);
}

/** A key that nobody has written shows that the login works. */
const KEY = 'dr-drill:preflight';
const TIMEOUT_MS = 5_000;

async function groupLook({ region, group }: Side, context: LookContext): Promise<Look> {
  const found = await findGroup(context, region, group);
  const look = servingLook({ region, group }, found?.Status);
  if (!found) return look;
  const endpoint = endpointIn({ region, group }, found);
  if (!endpoint) {
    const fix = 'Use a group without cluster mode: only such a group has a primary endpoint.';
    const why = 'The drill could not prove that it takes writes.';
    return together([look, { rows: [], findings: [blocker(group, `${group} has no primary endpoint`, why, fix)] }]);
  }
  const { redis, signal } = context;
  await answered(() => redis.read(endpoint, KEY, { timeoutMs: TIMEOUT_MS, signal }), context);
  return together([look, { rows: [{ what: `${group} login`, topology: 'works', account: 'works' }], findings: [] }]);
}

async function lagLook({ lagMaxMs, follower: { region, group } }: DatastoreNeed, context: LookContext): Promise<Look> {
  const lagMs = await datastoreLagMs(region, group, context);
  const row = {
    what: `${group} lag`,
    topology: lagMaxMs === undefined ? '–' : `at most ${inWords(lagMaxMs)}`,
    account: lagMs === null ? 'not known' : inWords(lagMs),
  };
  const fix = `Look at GlobalDatastoreReplicationLag of ${group} in CloudWatch, in ${region}.`;
  if (lagMs === null) {
    const why = 'The data loss of a failover would be unknown.';
    return { rows: [row], findings: [warning(group, `the lag of ${group} is not known`, why, fix)] };
  }
  if (lagMaxMs === undefined || lagMs <= lagMaxMs) return { rows: [row], findings: [] };
  const what = `${group} is ${inWords(lagMs)} behind; the drill allows ${inWords(lagMaxMs)}`;
  return { rows: [row], findings: [blocker(group, what, 'A failover would lose that much.', fix)] };
}
