import type { DBInstance } from '@aws-sdk/client-rds';
import { arnBeside } from '../../../arn.ts';
import { inWords } from '../../../duration.ts';
import { isAsked } from '../../../ports/sql.ts';
import { blocker, type Finding, warning } from '../../../steps/account/findings.ts';
import { fact, type Look, type LookContext, type LookFor, together, UNSAID } from '../../../steps/account/look.ts';
import { dialects } from '../../../steps/data/dialects/index.ts';
import { replayedWithinMs } from '../../../steps/data/log-position.ts';
import { hasNoLogin } from '../../../steps/data/target.ts';
import type { NeedOf } from '../../../steps/needs.ts';
import { engineNamed } from '../../rds/engine.ts';
import { arnOf, findInstance, INSTANCE_LOOK, instancePermissions } from '../../rds/instance.ts';
import { reportedLagMs } from '../lag.ts';
import { IAM_LOGIN } from '../steps/copy-settings/access.ts';
import { differences, modelOf } from '../steps/like-original.ts';
import { replicaBackupFindings } from './backups.ts';

type ReplicationNeed = NeedOf<'rds-replication'>;

/** A replica that must follow its writer, and closely enough. */
export const replicationLook: LookFor<'rds-replication'> = {
  calls: () => [INSTANCE_LOOK, 'cloudwatch:GetMetricData'],
  permissions: ({ region, instance, writer }, account) => [
    ...[{ region, instance }, ...(writer ? [writer] : [])].flatMap((one) =>
      instancePermissions(one.region, account, one.instance),
    ),
    { action: 'cloudwatch:GetMetricData', resource: '*' },
  ],
  subject: () => 'replication',
  async look(need, context) {
    const replica = await findInstance(context, need.region, need.instance);
    // That it is not there, the look at the instance says.
    if (!replica) return { rows: [], findings: [] };
    const writer = need.writer && (await findInstance(context, need.writer.region, need.writer.instance));
    return lookOf(need, { writer, replica }, context);
  },
};

interface Found {
  writer: DBInstance | undefined;
  replica: DBInstance;
}

async function lookOf(need: ReplicationNeed, found: Found, context: LookContext): Promise<Look> {
  const { instance, region, lagMaxMs, writer } = need;
  const { ReadReplicaSourceDBInstanceIdentifier: named, DBInstanceArn } = found.replica;
  const actual = named && arnBeside(named, DBInstanceArn);
  const source = writer ? arnOf(writer.region, context.account, writer.instance) : undefined;
  const state = found.replica.StatusInfos?.find(({ StatusType }) => StatusType === 'read replication');
  const lagMs = actual ? await reportedLagMs(region, instance, context) : null;
  return together([
    fact({ what: `${instance} source`, topology: source ?? UNSAID, account: actual ?? 'none' }, [
      ...sourceFindings(need, source, actual),
      ...versionFindings(need, found),
      ...(found.writer ? unlikeFindings(need, found.writer, found.replica) : []),
    ]),
    fact(
      { what: `${instance} replication`, topology: 'replicating', account: state?.Status ?? 'not told' },
      actual ? stateFindings(need, state) : [],
    ),
    fact(
      {
        what: `${instance} lag`,
        topology: lagMaxMs === undefined ? UNSAID : `at most ${inWords(lagMaxMs)}`,
        account: lagMs === null ? 'not known' : inWords(lagMs),
      },
      actual ? await lagFindings(need, lagMs, context) : [],
    ),
    fact(
      {
        what: `${instance} backups of its own`,
        topology: UNSAID,
        account: `${found.replica.BackupRetentionPeriod ?? 0} d`,
      },
      replicaBackupFindings({ region, identifier: instance }, found.replica),
    ),
  ]);
}

function sourceFindings(
  { region, instance }: ReplicationNeed,
  source: string | undefined,
  actual: string | undefined,
): Finding[] {
  if (!actual) {
    const what = `${instance} is not a replica of anything`;
    const fix = `Build the replica again, under this name or another: aws rds create-db-instance-read-replica --region ${region} --db-instance-identifier ${instance} --source-db-instance-identifier ${source ?? '<the writer>'}, with the class, groups and key that the topology names`;
    return [blocker(instance, what, 'A promoted replica stays an independent writer, and is out of date.', fix)];
  }
  if (source === undefined || actual === source) return [];
  const what = `${instance} replicates from ${actual}, not from ${source}`;
  const why = 'To promote it would bring up other data than those that are lost.';
  return [blocker(instance, what, why, 'Correct the topology: one of its two databases is another one.')];
}

type State = { Normal?: boolean | undefined; Status?: string | undefined; Message?: string | undefined };

function stateFindings({ region, instance: identifier }: ReplicationNeed, state: State | undefined): Finding[] {
  if (state?.Normal !== false && (state === undefined || state.Status === 'replicating')) return [];
  const what = `replication to ${identifier} is ${state?.Status}${state?.Message ? `: ${state.Message}` : ''}`;
  const why = 'What is written since then is lost with the primary region.';
  const fix = `See its events: aws rds describe-events --region ${region} --source-type db-instance --source-identifier ${identifier} --duration 1440`;
  return [blocker(identifier, what, why, fix)];
}

/** A lag above this is more than load explains. */
const LAG_WARNS_MS = 30_000;

/** So long the preflight waits for a replica to replay what the writer has written. */
const REPLAYS_WITHIN_MS = 10_000;

/** The lag that RDS reports also climbs while nothing is written: where someone can log in, the log itself tells. */
async function lagFindings(need: ReplicationNeed, lagMs: number | null, context: LookContext): Promise<Finding[]> {
  const { region, instance: identifier, lagMaxMs, writer } = need;
  const isLate = lagMs === null || (lagMaxMs !== undefined && lagMs > lagMaxMs);
  if (!isLate && (lagMs ?? 0) <= LAG_WARNS_MS) return [];
  const replica = writer && { region, instance: identifier, database: writer.database };
  const withinMs = Math.min(lagMaxMs ?? REPLAYS_WITHIN_MS, REPLAYS_WITHIN_MS);
  if (replica && lagMs !== null && (await replayedWithinMs({ writer, replica, withinMs }, context)) !== null) return [];
  const fix = `aws cloudwatch get-metric-statistics --region ${region} --namespace AWS/RDS --metric-name ReplicaLag --dimensions Name=DBInstanceIdentifier,Value=${identifier} --statistics Average --period 60 --start-time "$(date -u -d '10 minutes ago' +%FT%TZ)" --end-time "$(date -u +%FT%TZ)"`;
  if (lagMs === null) {
    const what = `the lag of ${identifier} is not known`;
    const why = 'RDS reports no lag for a replica that does not follow, so the data loss of a failover is unknown.';
    return [warning(identifier, what, why, `Check whether it recovers: ${fix}`)];
  }
  const behind = `${identifier} is ${inWords(lagMs)} behind`;
  if (!isLate) {
    const why = 'Under load up to 30 s is usual. Promoted now, it would lose that much.';
    return [warning(identifier, behind, why, `See whether it grows: ${fix}`)];
  }
  const allowed = `the drill allows ${inWords(lagMaxMs ?? 0)}`;
  if (writer && hasNoLogin(writer, context)) {
    const why =
      'The metric also climbs, up to 5 min, while nothing is written to the source. Without a login, these cannot be told apart: a promotion now might lose that much.';
    const look = `Write something, and look again, or give the data store a 'login' in the topology: ${fix}`;
    return [warning(identifier, `CloudWatch says that ${behind}; ${allowed}`, why, look)];
  }
  const why =
    'A promotion now would lose that much. The drill asks people whether to continue before it causes the failure.';
  return [warning(identifier, `${behind}; ${allowed}`, why, `Let it catch up first: ${fix}`)];
}

function versionFindings({ region, instance: identifier }: ReplicationNeed, found: Found): Finding[] {
  const [old, fresh] = [found.writer?.EngineVersion, found.replica.EngineVersion];
  if (old === undefined || old === fresh) return [];
  const what = `${identifier} runs ${titleOf(found.replica.Engine)} ${fresh}, the writer ${old}`;
  const why = 'The new writer would run a version that was never used in production.';
  const fix = `aws rds modify-db-instance --region ${region} --db-instance-identifier ${identifier} --engine-version ${old} --apply-immediately`;
  return [warning(identifier, what, why, `Bring the older one up to the newer; the replica first. ${fix}`)];
}

/** What an engine is called; RDS's word for one that no drill asks. */
const titleOf = (name = ''): string => {
  const engine = engineNamed(name);
  return engine && isAsked(engine) ? dialects[engine].title : name;
};

/** Compared with the topology, or by a finding of their own. */
const COMPARED_ELSEWHERE = ['instance class', 'Multi-AZ', 'engine version', 'deletion protection'];

/** What the replica would lack that the writer has, once it takes its place. */
function unlikeFindings(
  { region, writer, iamLogin }: ReplicationNeed,
  original: DBInstance,
  copy: DBInstance,
): Finding[] {
  const model = modelOf({ general: original, iamLogin: false, named: writer?.instance ?? '' });
  const except = iamLogin ? [...COMPARED_ELSEWHERE, IAM_LOGIN] : COMPARED_ELSEWHERE;
  return differences(model, copy, { region, purpose: 'replica', iamLogin: false, except });
}
